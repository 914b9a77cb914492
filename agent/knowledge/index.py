"""Which entry answers a question, and how sure that is.

Two BM25 scores are added: one over stemmed words, and one over pieces of four letters of them,
which survives misspelt and misheard words.
"""

import logging
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import bm25s
import numpy as np
import Stemmer
from jaxtyping import Float32

from agent.knowledge.languages import Language
from agent.knowledge.page import Entry
from agent.knowledge.words import tokens

SATURATION, LENGTH = 1.2, 0.5
"""BM25's k1 and b."""

PIECE = 4
"""Letters in a piece of a word; a word's edges count as one each."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How often each part of an entry is counted, and how much pieces count beside words.

    Keywords are chosen for finding, an answer is not.
    """

    question: int = 4
    keywords: int = 6
    answer: int = 1
    pieces: float = 0.2


class Evidence(NamedTuple):
    """What a match looks like.

    `share` is how much of the question is in the entry, from 0 to 1, rare words counting more and
    pieces as much as words;
    `score` the logarithm of one plus the score, in words that only one entry has; `margin` the lead
    over the best other entry, from -1 to 1.
    """

    share: float
    score: float
    margin: float


LISTED_CONFIDENCE = 0.95
"""For a question that an author wrote, but for words that say nothing."""

FITTED = Evidence(share=0.7, score=3.2, margin=1.6)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regression from evidence to how likely a match is right.

    Fitted on half of the held-out questions with 0 to 30 % of their words replaced or dropped;
    `python benchmarks/knowledge.py --fit` does it again.
    """

    weights: Evidence = FITTED
    offset: float = -4.0

    def confidence(self, evidence: Evidence) -> float:
        """From 0 to 1."""
        total = sum(weight * value for weight, value in zip(self.weights, evidence, strict=True))
        return 1 / (1 + math.exp(-(self.offset + total)))


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and how likely it is the right one, from 0 to 1."""

    entry: Entry
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Ranking:
    """All entries that share anything with a question, the best first."""

    matches: tuple[Match, ...] = ()

    @property
    def confidence(self) -> float:
        """That of the best match; 0 when there is none."""
        return self.matches[0].confidence if self.matches else 0.0

    @property
    def margin(self) -> float:
        """How far the best leads over the next: 0 equal, 1 alone."""
        return self.matches[0].evidence.margin if self.matches else 0.0


class KnowledgeIndex:
    """Finds entries; it is built once and never changes."""

    def __init__(
        self,
        entries: Sequence[Entry],
        language: Language,
        weights: Weights = Weights(),
        calibration: Calibration = Calibration(),
    ) -> None:
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._entries = tuple(entries)
        self._language, self._weights, self._calibration = language, weights, calibration
        documents = [self._document(entry) for entry in entries]
        self._words = _Bm25([words for words, _ in documents])
        self._pieces = _Bm25([pieces for _, pieces in documents])
        self._listed = self._listed_questions()

    def words(self, text: str) -> list[str]:
        """Stems of the words that say what a text is about."""
        stemmer = Stemmer.Stemmer(self._language.stemmer)
        stop_words = self._language.stop_words
        return stemmer.stemWords([word for word in tokens(text) if word not in stop_words])

    def rank(self, text: str) -> Ranking:
        """The entries that may answer a question."""
        stems = self.words(text)
        words, pieces = frozenset(stems), set(_pieces(stems))
        if not words or not self._entries:
            return Ranking()
        scores = self._words.scores(words) + self._weights.pieces * self._pieces.scores(pieces)
        order = [int(at) for at in np.argsort(-scores, kind="stable") if scores[at] > 0]
        if not order:
            return Ranking()
        listed = self._listed.get(words)
        if listed is not None:
            order.sort(key=lambda at: at != listed)
        best = float(max(scores))
        second = float(scores[order[1]]) if len(order) > 1 else 0.0
        shares = (self._words.shares(words) + self._pieces.shares(pieces)) / 2
        matches: list[Match] = []
        for at in order:
            score = float(scores[at])
            rival = second if at == order[0] else best
            evidence = Evidence(
                share=float(shares[at]),
                score=math.log1p(score / self._words.rarest),
                margin=(score - rival) / best,
            )
            confidence = self._calibration.confidence(evidence)
            if at == listed:
                confidence = max(confidence, LISTED_CONFIDENCE)
            matches.append(Match(self._entries[at], confidence, evidence))
        return Ranking(tuple(matches))

    def _listed_questions(self) -> dict[frozenset[str], int]:
        """The entry of each set of words that the author wrote as a question for one entry only."""
        owners: dict[frozenset[str], set[int]] = {}
        for at, entry in enumerate(self._entries):
            for asked in (entry.question, *entry.phrasings):
                owners.setdefault(frozenset(self.words(asked)), set()).add(at)
        return {words: min(entries) for words, entries in owners.items() if len(entries) == 1}

    def _document(self, entry: Entry) -> tuple[list[str], list[str]]:
        """The words of an entry, and their pieces, each as often as it counts."""
        weights = self._weights
        asked = self.words(" . ".join((entry.question, *entry.phrasings)))
        listed = self.words(" . ".join(entry.keywords))
        said = self.words(entry.answer)
        parts = ((asked, weights.question), (listed, weights.keywords), (said, weights.answer))
        words = [word for stems, count in parts for word in stems * count]
        return words, [piece for stems, count in parts for piece in _pieces(stems) * count]


def _pieces(stems: Iterable[str]) -> list[str]:
    edged = (f"_{stem}_" for stem in stems)
    return [word[at : at + PIECE] for word in edged for at in range(max(1, len(word) - PIECE + 1))]


class _Bm25:
    """BM25 over bags of parts, and how much of a question is in each bag."""

    def __init__(self, documents: Sequence[list[str]]) -> None:
        self._bags = [frozenset(document) for document in documents]
        self._holding = Counter(part for bag in self._bags for part in bag)
        self._scorer = bm25s.BM25(k1=SATURATION, b=LENGTH)
        self._scorer.index([document or [""] for document in documents], show_progress=False)

    def scores(self, parts: Iterable[str]) -> Float32[np.ndarray, " entries"]:
        return self._scorer.get_scores(sorted(parts))

    def shares(self, parts: Iterable[str]) -> Float32[np.ndarray, " entries"]:
        rarity = {part: self._rarity(part) for part in sorted(parts)}
        found = [sum(rarity[part] for part in rarity if part in bag) for bag in self._bags]
        return np.array(found, np.float32) / np.float32(sum(rarity.values()))

    @property
    def rarest(self) -> float:
        """The rarity of a part that only one bag holds: it grows with the number of bags."""
        return _rarity(1, len(self._bags))

    def _rarity(self, part: str) -> float:
        return _rarity(self._holding[part], len(self._bags))


def _rarity(holding: int, bags: int) -> float:
    """BM25's inverse document frequency."""
    return math.log1p((bags - holding + 0.5) / (holding + 0.5))
