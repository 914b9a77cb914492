"""Figures of answers whose truth is known."""

import json

import numpy as np
import pytest

from pipelines.study import report
from pipelines.study.answers import Answer
from pipelines.study.plan import Study, StudyError, Trial
from pipelines.study.questions import QUESTION_NAMES, VERDICTS, Verdict
from pipelines.study.report import make_report

TRUTH = (0.55, 0.25, 0.20)
"""How likely a, a tie and b are."""


def study(pairs: int = 12, catch: int = 2) -> Study:
    trials = [
        Trial(
            id=f"{index:012x}",
            clip=f"{index}",
            a=f"{index:010x}aa.mp4",
            b=f"{index:010x}{'aa' if index >= pairs else 'bb'}.mp4",
            left="a" if index % 2 else "b",
        )
        for index in range(pairs + catch)
    ]
    return Study(format=1, seed=0, a="x", b="y", trials=tuple(trials))


def answer(code: str, trial: Trial, *verdicts: Verdict) -> Answer:
    given = dict(zip(QUESTION_NAMES, verdicts * 5 if len(verdicts) == 1 else verdicts, strict=True))
    return Answer(participant=code, trial=trial.id, left=trial.left, seconds=20, verdicts=given)


def simulated(seed: int, people: int = 30, spread: float = 6.0) -> list[Answer]:
    """Each participant has a taste of their own around TRUTH: answers of one person cluster."""
    generator = np.random.default_rng(seed)
    answers: list[Answer] = []
    for person in range(people):
        taste = generator.dirichlet(np.array(TRUTH) * spread)
        for trial in study().trials:
            drawn = [VERDICTS[i] for i in generator.choice(3, len(QUESTION_NAMES), p=taste)]
            said: list[Verdict] = ["tie"] if trial.catch else drawn
            answers.append(answer(f"P{person}", trial, *said))
    return answers


def test_intervals_cover_the_truth_as_often_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESAMPLES", 1000)
    covered: list[bool] = []
    for seed in range(60):
        finding = make_report(study(), simulated(seed)).findings["overall"]
        for share, truth in zip(finding.shares, TRUTH, strict=True):
            assert share.low is not None
            assert share.high is not None
            assert share.low <= share.share <= share.high
            covered.append(share.low <= truth <= share.high)
    assert 0.88 <= np.mean(covered) <= 0.99


def test_a_known_preference_is_found() -> None:
    summary = make_report(study(), simulated(1))
    assert (summary.participants, summary.finished, summary.catch_answers) == (30, 30, 60)
    assert summary.catch_failures == 0
    assert summary.left_share is not None
    assert 0.45 < summary.left_share < 0.55
    for finding in summary.findings.values():
        assert finding.answers == 360
        assert sum(share.share for share in finding.shares) == pytest.approx(1)
        assert finding.sign_p is not None
        assert finding.sign_p < 1e-6
        assert finding.sign_p_participants is not None
        assert finding.sign_p < finding.sign_p_participants < 0.05


def test_whole_participants_are_drawn() -> None:
    """Ten people who always say one thing are ten observations, however many pairs they saw."""
    trials = study(pairs=40, catch=0)
    answers = [
        answer(f"P{person}", trial, "a" if person < 6 else "b")
        for person in range(10)
        for trial in trials.trials
    ]
    share = make_report(trials, answers).findings["overall"].shares[0]
    assert share.share == pytest.approx(0.6)
    assert share.low is not None
    assert share.high is not None
    assert share.low == pytest.approx(0.3, abs=0.05)
    assert share.high == pytest.approx(0.9, abs=0.05)
    finding = make_report(trials, answers).findings["overall"]
    assert finding.sign_p_participants == pytest.approx(0.754, abs=0.001)


def test_ties_are_a_share_but_no_sign() -> None:
    trials = study(catch=0)
    answers = [answer("P1", t, "a" if i < 2 else "tie") for i, t in enumerate(trials.trials)]
    answers += [answer("P2", t, "tie") for t in trials.trials]
    finding = make_report(trials, answers).findings["reactiveness"]
    assert finding.shares[1].share == pytest.approx(22 / 24)
    assert finding.sign_p == pytest.approx(0.5)
    assert finding.sign_p_participants == pytest.approx(1)
    ties = make_report(trials, [answer("P1", t, "tie") for t in trials.trials])
    assert ties.findings["overall"].sign_p is None
    assert ties.left_share is None
    assert ties.findings["overall"].shares[1].low is None


def test_failed_catch_trials_are_counted_and_their_people_left_out_on_demand() -> None:
    trials = study(pairs=2, catch=2)
    answers = [
        answer(code, trial, "a" if trial.catch and code == "P1" else "b")
        if not trial.catch or code == "P1"
        else answer(code, trial, "tie")
        for code in ("P1", "P2")
        for trial in trials.trials
    ]
    summary = make_report(trials, answers)
    assert (summary.catch_answers, summary.catch_failures, summary.left_out) == (4, 2, 0)
    assert summary.findings["overall"].answers == 4
    strict = make_report(trials, answers, most_failures=1)
    assert (strict.participants, strict.left_out) == (1, 1)
    assert strict.findings["overall"].answers == 2
    assert make_report(trials, answers, most_failures=2).left_out == 0


def test_json_is_plain_and_the_same_each_time() -> None:
    shown = [
        json.dumps(make_report(study(), simulated(4)).as_json(study()), allow_nan=False)
        for _ in range(2)
    ]
    assert shown[0] == shown[1]
    figures = json.loads(shown[0])
    assert figures["a"] == "x"
    assert set(figures["questions"]) == set(QUESTION_NAMES)
    assert set(figures["questions"]["overall"]["tie"]) == {"share", "low", "high"}


def test_answers_of_another_study_and_none_are_refused() -> None:
    strange = study(pairs=20).trials[19]
    with pytest.raises(StudyError, match="no pair of this study"):
        make_report(study(), [answer("P1", strange, "a")])
    with pytest.raises(StudyError, match="no answers"):
        make_report(study(), [])
