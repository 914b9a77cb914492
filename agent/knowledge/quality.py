"""How well a folder answers questions in other words, misheard ones, and unanswerable ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.files import TEST_FILE
from agent.knowledge.folder import Knowledge
from agent.knowledge.languages import DEFAULT_LANGUAGE
from agent.knowledge.page import Entry
from agent.knowledge.responder import ChatTurn, ReplyKind, Responder
from agent.knowledge.table import TableError, rows
from agent.knowledge.words import tokens, utterance

WORD_ERRORS = (0.0, 0.1, 0.2)
"""Shares of words that were misheard."""

REPEATS = 3
"""Draws of the words that are misheard."""

FOLDS = 5
"""Parts of a folder of which one at a time is taken away, to ask what is not there."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the question of the entry that answers it; None when none does."""

    text: str
    entry: str | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a question: the entry that came first, and whether it was the answer."""

    question: Question
    first: str | None
    answered: bool

    @property
    def right(self) -> bool:
        """Whether the right entry came first."""
        return self.first == self.question.entry

    @property
    def wrong(self) -> bool:
        """Whether something untrue was said."""
        return self.answered and not self.right


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares of 1, None where nothing was asked.

    `right_first` and `answered` are of the questions that have an answer, `right_of_answered` of
    those answered, `false_answers` of the questions without an answer.
    """

    right_first: float | None
    answered: float | None
    right_of_answered: float | None
    false_answers: float | None


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions for a responder that does not know their wording."""

    responder: Responder
    questions: tuple[Question, ...]


def exams(knowledge: Knowledge, language: str, folder: Path) -> list[Exam]:
    """Those of the folder's `test.csv`, or those that its own wordings make.

    Without a `test.csv`, one wording of each entry at a time is taken away and asked, and then a
    fifth of the entries at a time, of which none may be answered.

    Raises:
        KnowledgeError: `test.csv` cannot be used.
    """
    file = folder / TEST_FILE
    if not file.exists():
        return [*_left_out(knowledge, language), *_taken_away(knowledge, language)]
    questions = _expected(knowledge, language, read_test(file))
    return [Exam(Responder(knowledge, language), questions)] if questions else []


def check_test(knowledge: Knowledge, folder: Path) -> None:
    """See whether the folder's `test.csv`, if there is one, can be used.

    Raises:
        KnowledgeError: It cannot.
    """
    file = folder / TEST_FILE
    asked = read_test(file) if file.exists() else []
    for language in dict.fromkeys(language for language, _ in asked):
        _expected(knowledge, language, asked)


def read_test(file: Path) -> list[tuple[str, Question]]:
    """Languages and questions of a `test.csv`: question, expected (or empty), language.

    Raises:
        KnowledgeError: It cannot be read.
    """
    try:
        text = file.read_text("utf-8-sig")
        table = rows(
            text, file.name, ("question", "expected"), ("question", "expected", "language")
        )
        return [
            (
                row.get("language") or DEFAULT_LANGUAGE,
                Question(row["question"], row.get("expected") or None, f"{file.name}:{number}"),
            )
            for number, row in table
        ]
    except (OSError, TableError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"expected a table of questions in {file}, found: {error}") from error


def _expected(
    knowledge: Knowledge, language: str, asked: Sequence[tuple[str, Question]]
) -> tuple[Question, ...]:
    """The questions in a language, with the entries that they expect as these are written."""
    known = {utterance(entry.question): entry.question for entry in knowledge.within(language)}
    found: list[Question] = []
    for spoken, question in asked:
        if spoken != language:
            continue
        entry = None if question.entry is None else known.get(utterance(question.entry))
        if question.entry is not None and entry is None:
            raise KnowledgeError(
                f"{question.source}: expected a question of this folder in {language!r}, found "
                f"{question.entry!r}; write it as in its heading, or leave the cell empty"
            )
        found.append(replace(question, entry=entry))
    return tuple(found)


def attempt(held: Sequence[Exam], share: float, seed: int = 0) -> list[Trial]:
    """Ask all of them, with a share of their words misheard."""
    return [
        _asked(exam.responder, question)
        for exam in held
        for question in with_word_errors(exam.questions, share, _vocabulary(held), seed)
    ]


def quality(trials: Sequence[Trial]) -> Quality:
    """What trials amount to."""
    known = [trial for trial in trials if trial.question.entry is not None]
    outside = [trial for trial in trials if trial.question.entry is None]
    answered = [trial for trial in known if trial.answered]
    return Quality(
        right_first=_share(sum(trial.right for trial in known), len(known)),
        answered=_share(len(answered), len(known)),
        right_of_answered=_share(sum(trial.right for trial in answered), len(answered)),
        false_answers=_share(sum(trial.answered for trial in outside), len(outside)),
    )


def worst(trials: Sequence[Trial]) -> list[Trial]:
    """What was answered wrongly, and then what was not answered although it is known."""
    missed = [t for t in trials if not t.answered and t.question.entry is not None]
    return [trial for trial in trials if trial.wrong] + sorted(missed, key=lambda t: t.right)


def with_word_errors(
    questions: Sequence[Question],
    share: float,
    vocabulary: Sequence[str],
    seed: int = 0,
    repeats: int = REPEATS,
) -> list[Question]:
    """Each word is dropped or replaced by another one with a probability of half of `share`."""
    chance = np.random.default_rng(seed)

    def damaged(text: str) -> str:
        words: list[str] = []
        for word in text.split():
            drawn = chance.random()
            if drawn >= share:
                words.append(word)
            elif drawn >= share / 2:
                words.append(vocabulary[int(chance.integers(len(vocabulary)))])
        return " ".join(words)

    return [
        replace(question, text=damaged(question.text))
        for _ in range(repeats if share else 1)
        for question in questions
    ]


def _left_out(knowledge: Knowledge, language: str) -> Iterator[Exam]:
    entries = knowledge.within(language)
    wordings = [[(entry, asked) for asked in entry.phrasings] for entry in entries]
    for turn in zip_longest(*wordings):
        asked: Mapping[str, str] = {pair[0].question: pair[1] for pair in turn if pair is not None}
        kept = tuple(_without(entry, asked.get(entry.question)) for entry in entries)
        questions = tuple(
            Question(asked[entry.question], entry.question, entry.source)
            for entry in entries
            if entry.question in asked
        )
        yield Exam(Responder(replace(knowledge, entries=kept), language), questions)


def _taken_away(knowledge: Knowledge, language: str) -> Iterator[Exam]:
    entries = knowledge.within(language)
    for fold in range(FOLDS):
        kept = tuple(entry for at, entry in enumerate(entries) if at % FOLDS != fold)
        gone = entries[fold::FOLDS]
        if kept and gone:
            questions = tuple(Question(entry.question, None, entry.source) for entry in gone)
            yield Exam(Responder(replace(knowledge, entries=kept), language), questions)


def _without(entry: Entry, asked: str | None) -> Entry:
    return replace(entry, phrasings=tuple(one for one in entry.phrasings if one != asked))


def _asked(responder: Responder, question: Question) -> Trial:
    reply = responder.reply([ChatTurn("user", question.text)])
    if reply.kind is ReplyKind.ANSWER:
        return Trial(question, reply.entries[0], answered=True)
    near = responder.search(question.text, 1)
    return Trial(question, near[0].entry.question if near else None, answered=False)


def _vocabulary(held: Sequence[Exam]) -> list[str]:
    asked = (question.text for exam in held for question in exam.questions)
    return sorted({word for text in asked for word in tokens(text)})


def _share(count: int, of: int) -> float | None:
    return count / of if of else None
