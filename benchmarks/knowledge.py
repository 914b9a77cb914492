"""How often the knowledge base answers, how often rightly, and what it says to what it cannot know.

python benchmarks/knowledge.py [--fit]

The English questions in agent/knowledge/reception/test.csv are in no page. Every other one of each
group sets the threshold (and with --fit the calibration), the rest is reported.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from jaxtyping import Float64

from agent.knowledge.files import TEST_FILE
from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.index import Calibration, Evidence, KnowledgeIndex
from agent.knowledge.languages import LANGUAGES
from agent.knowledge.quality import Question, read_test
from agent.knowledge.quality import with_word_errors as misheard
from agent.knowledge.responder import ANSWER_FROM, SUGGEST_FROM
from agent.knowledge.words import tokens

LANGUAGE = "en"
WORD_ERRORS = (0.0, 0.1, 0.2, 0.3)
USUAL_WORD_ERRORS = (0.0, 0.1)
REPEATS = 10
FITTING_STEPS, PRIOR = 50, 1e-3


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one question."""

    known: bool
    right: bool
    suggested: bool
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of 1. `top_1`, `answered` and `suggested` are of the questions that have an answer.

    `suggested` counts those not answered whose entry is offered in "Did you mean". `precision` is
    the share of right ones among the answered; `outside` of questions without an answer that get
    one nevertheless, `outside_suggested` of those that get "Did you mean".
    """

    top_1: float
    answered: float
    precision: float
    suggested: float
    outside: float
    outside_suggested: float


def held_out() -> tuple[list[Question], list[Question]]:
    """The questions that set the threshold and those that are reported."""
    groups: dict[str | None, list[Question]] = {}
    for language, question in read_test(RECEPTION / TEST_FILE):
        if language == LANGUAGE:
            groups.setdefault(question.entry, []).append(question)
    halves: tuple[list[Question], list[Question]] = ([], [])
    for questions in groups.values():
        for at, question in enumerate(questions):
            halves[at % 2].append(question)
    return halves


def with_word_errors(questions: Sequence[Question], share: float, seed: int = 0) -> list[Question]:
    """Each word is dropped or replaced by one of the questions' or the answers'."""
    everything = (word for question in questions for word in tokens(question.text))
    vocabulary = sorted({*everything, *_answer_words()})
    return misheard(questions, share, vocabulary, seed, REPEATS)


def attempt(index: KnowledgeIndex, questions: Sequence[Question]) -> list[Trial]:
    """Ask all of them."""
    trials: list[Trial] = []
    for question in questions:
        matches = index.rank(question.text).matches
        names = [match.entry.question for match in matches[:2]]
        trials.append(
            Trial(
                known=question.entry is not None,
                right=bool(matches) and matches[0].entry.question == question.entry,
                suggested=bool(matches)
                and matches[0].confidence >= SUGGEST_FROM
                and question.entry in names,
                confidence=matches[0].confidence if matches else 0.0,
                evidence=matches[0].evidence if matches else Evidence(0.0, 0.0, 0.0),
            )
        )
    return trials


def figures(trials: Sequence[Trial], threshold: float) -> Figures:
    """What a threshold makes of trials."""
    known = [trial for trial in trials if trial.known]
    answered = [trial for trial in known if trial.confidence >= threshold]
    outside = [trial.confidence for trial in trials if not trial.known]
    unanswered = [trial for trial in known if trial.confidence < threshold]
    return Figures(
        top_1=sum(trial.right for trial in known) / len(known),
        answered=len(answered) / len(known),
        precision=sum(trial.right for trial in answered) / max(1, len(answered)),
        suggested=sum(trial.suggested for trial in unanswered) / len(known),
        outside=sum(one >= threshold for one in outside) / len(outside),
        outside_suggested=sum(SUGGEST_FROM <= one < threshold for one in outside) / len(outside),
    )


def threshold_for(trials: Sequence[Trial]) -> float:
    """The lowest at which 90 % of the answers are right and 10 % of the outside gets one."""
    for threshold in np.arange(0.3, 0.96, 0.01):
        found = figures(trials, float(threshold))
        if found.precision >= 0.9 and found.outside <= 0.1:
            return round(float(threshold), 2)
    return 0.95


def fit(trials: Sequence[Trial]) -> Calibration:
    """Logistic regression by Newton's method."""
    X: Float64[np.ndarray, "trials 4"] = np.array([(*trial.evidence, 1.0) for trial in trials])
    y = np.array([float(trial.right) for trial in trials])
    weights = np.zeros(X.shape[1])
    prior = PRIOR * len(trials) * np.eye(X.shape[1])
    for _ in range(FITTING_STEPS):
        p = 1 / (1 + np.exp(-X @ weights))
        hessian = (X * (p * (1 - p))[:, None]).T @ X + prior
        weights = weights + np.linalg.solve(hessian, X.T @ (y - p) - prior @ weights)
    share, score, margin, offset = (round(float(weight), 2) for weight in weights)
    return Calibration(Evidence(share, score, margin), offset)


def main() -> None:
    """Print the figures."""
    knowledge = load_knowledge(RECEPTION)
    entries = knowledge.within(LANGUAGE)
    index = KnowledgeIndex(entries, LANGUAGES[LANGUAGE])
    setting, reported = held_out()
    tuning = {
        share: attempt(index, with_word_errors(setting, share, seed))
        for seed, share in enumerate(WORD_ERRORS)
    }
    if "--fit" in sys.argv:
        print(fit([trial for trials in tuning.values() for trial in trials]))
    print(f"{len(entries)} entries, {len(reported)} questions reported")
    usual = [trial for share in USUAL_WORD_ERRORS for trial in tuning[share]]
    print(f"answers from a confidence of {ANSWER_FROM}; set anew: {threshold_for(usual)}")
    print("word errors   top-1  answered  precision  did-you-mean  outside answered  asked")
    for share in WORD_ERRORS:
        found = figures(attempt(index, with_word_errors(reported, share, 100)), ANSWER_FROM)
        print(
            f"{share:11.0%}   {found.top_1:5.0%}  {found.answered:8.0%}  {found.precision:9.0%}"
            f"  {found.suggested:12.0%}  {found.outside:16.0%}  {found.outside_suggested:5.0%}"
        )
    started = perf_counter()
    attempt(index, reported)
    print(f"{(perf_counter() - started) / len(reported) * 1000:.2f} ms per question")


def _answer_words() -> list[str]:
    entries = load_knowledge(RECEPTION).within(LANGUAGE)
    return [word for entry in entries for word in tokens(entry.answer)]


if __name__ == "__main__":
    main()
