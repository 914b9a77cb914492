"""What a study found: shares, their intervals, and whether chance explains them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64
from scipy.stats import binomtest

from pipelines.study.answers import Answer
from pipelines.study.plan import Study, StudyError
from pipelines.study.questions import QUESTION_NAMES, VERDICTS

RESAMPLES = 10_000
CONFIDENCE = 0.95
FEWEST_FOR_AN_INTERVAL = 2


@dataclass(frozen=True, slots=True)
class Share:
    """A share of all answers and its interval, which a single participant does not give."""

    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One question.

    `shares` are those of method a, ties, and method b, in this order. `sign_p` is the two-sided
    binomial sign test over answers that are no ties; answers of one person resemble each other,
    so it is too sure of itself. `sign_p_participants` counts each person once, for the method that
    the person chose more often, and is the one to trust.
    """

    answers: int
    shares: tuple[Share, Share, Share]
    sign_p: float | None
    sign_p_participants: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole study.

    `finished` participants answered all pairs. A catch trial has failed when any question about
    twice the same clip was not answered with "about equal". `left_share` is how often the left
    side won where a side did, over all questions: one half without a bias.
    """

    participants: int
    finished: int
    left_out: int
    catch_answers: int
    catch_failures: int
    left_share: float | None
    findings: dict[str, Finding]

    def as_json(self, study: Study) -> dict[str, Any]:
        """Plain values by name; what cannot be said is null."""
        return {
            "a": study.a,
            "b": study.b,
            "participants": self.participants,
            "finished": self.finished,
            "left_out": self.left_out,
            "catch": {"answers": self.catch_answers, "failures": self.catch_failures},
            "left_share": self.left_share,
            "confidence": CONFIDENCE,
            "questions": {name: _plain(finding) for name, finding in self.findings.items()},
        }


def _plain(finding: Finding) -> dict[str, Any]:
    shares = {
        verdict: {"share": share.share, "low": share.low, "high": share.high}
        for verdict, share in zip(VERDICTS, finding.shares, strict=True)
    }
    return {
        "answers": finding.answers,
        **shares,
        "sign_p": finding.sign_p,
        "sign_p_participants": finding.sign_p_participants,
    }


def make_report(
    study: Study, answers: list[Answer], *, most_failures: int | None = None, seed: int = 0
) -> Report:
    """Sum a study up.

    Participants who failed more than `most_failures` catch trials are left out, when that is
    given. The catch trials of all are counted. Raises StudyError when answers belong to no pair of
    the study or nothing is left to report.
    """
    caught = {trial.id: trial.catch for trial in study.trials}
    strange = next((answer.trial for answer in answers if answer.trial not in caught), None)
    if strange is not None:
        raise StudyError(f"an answer is about {strange!r}, which is no pair of this study")
    catches = [answer for answer in answers if caught[answer.trial]]
    failures = [answer for answer in catches if _failed(answer)]
    out = _left_out(failures, most_failures)
    kept = [answer for answer in answers if answer.participant not in out]
    real = [answer for answer in kept if not caught[answer.trial]]
    if not real:
        raise StudyError("no answers to report; let people answer with: visavis study serve")
    given: defaultdict[str, int] = defaultdict(int)
    for answer in kept:
        given[answer.participant] += 1
    return Report(
        participants=len({answer.participant for answer in real}),
        finished=sum(count == len(study.trials) for count in given.values()),
        left_out=len(out),
        catch_answers=len(catches),
        catch_failures=len(failures),
        left_share=_left_share(real),
        findings={name: _finding(_counts(real, name), seed) for name in QUESTION_NAMES},
    )


def _failed(answer: Answer) -> bool:
    return any(verdict != "tie" for verdict in answer.verdicts.values())


def _left_out(failures: list[Answer], most: int | None) -> set[str]:
    failed: defaultdict[str, int] = defaultdict(int)
    for answer in failures:
        failed[answer.participant] += 1
    return set() if most is None else {code for code, count in failed.items() if count > most}


def _left_share(answers: list[Answer]) -> float | None:
    won = [
        verdict == answer.left
        for answer in answers
        for verdict in answer.verdicts.values()
        if verdict != "tie"
    ]
    return sum(won) / len(won) if won else None


def _counts(answers: list[Answer], question: str) -> Int64[np.ndarray, "participants 3"]:
    """How often each participant gave each verdict."""
    codes = sorted({answer.participant for answer in answers})
    rows = {code: row for row, code in enumerate(codes)}
    counts = np.zeros((len(codes), len(VERDICTS)), np.int64)
    for answer in answers:
        counts[rows[answer.participant], VERDICTS.index(answer.verdicts[question])] += 1
    return counts


def _finding(counts: Int64[np.ndarray, "participants 3"], seed: int) -> Finding:
    total = counts.sum(axis=0)
    shares = total / total.sum()
    interval = _interval(counts, seed)
    of_a, of_tie, of_b = (
        Share(float(share), *(None, None) if interval is None else _ends(interval, index))
        for index, share in enumerate(shares)
    )
    preferred = np.sign(counts[:, 0] - counts[:, 2])
    return Finding(
        answers=int(total.sum()),
        shares=(of_a, of_tie, of_b),
        sign_p=_sign_test(int(total[0]), int(total[2])),
        sign_p_participants=_sign_test(int((preferred > 0).sum()), int((preferred < 0).sum())),
    )


def _interval(
    counts: Int64[np.ndarray, "participants 3"], seed: int
) -> Float64[np.ndarray, "2 3"] | None:
    """Percentile bootstrap that draws whole participants: their answers belong together."""
    people = len(counts)
    if people < FEWEST_FOR_AN_INTERVAL:
        return None
    generator = np.random.default_rng([seed, 0])
    drawn = generator.multinomial(people, np.full(people, 1 / people), size=RESAMPLES) @ counts
    shares = drawn / drawn.sum(axis=1, keepdims=True)
    tail = 50 * (1 - CONFIDENCE)
    return np.percentile(shares, [tail, 100 - tail], axis=0)


def _ends(interval: Float64[np.ndarray, "2 3"], index: int) -> tuple[float, float]:
    return float(interval[0, index]), float(interval[1, index])


def _sign_test(wins: int, losses: int) -> float | None:
    if wins + losses == 0:
        return None
    return float(binomtest(wins, wins + losses).pvalue)
