import numpy as np
import pytest

from avatar.behaviour.events import MotionEvent
from avatar.clock import FPS, TICK
from avatar.data.clip import Utterance
from avatar.metrics import reactivity
from avatar.metrics.signals import Levels


def pulses(onsets: list[int], ticks: int = 1000, width: int = 30) -> Levels:
    """Smooth bumps that reach their top half a width after the onset."""
    levels = np.zeros(ticks)
    for onset in onsets:
        levels[onset : onset + width] += np.hanning(width)
    return levels


def utterance(start: int, ticks: int) -> Utterance:
    return Utterance(start, np.zeros(ticks * TICK, np.float32), (), ends_turn=True)


def test_a_copy_has_no_residual_and_the_opposite_has_all() -> None:
    rng = np.random.default_rng(0)
    user, truth = rng.normal(0, 1, (300, 6)), rng.normal(0, 1, (300, 6))
    assert reactivity.residual_correlation(truth, truth, user) == 0
    assert reactivity.residual_correlation(-user, user, user) == pytest.approx(2)
    assert reactivity.residual_correlation(truth, user, user) == pytest.approx(1, abs=0.1)
    assert reactivity.residual_correlation(0 * truth, truth, user) is None


@pytest.mark.parametrize("lag", [0, 7, 25, 50])
def test_a_delayed_copy_has_its_delay(lag: int) -> None:
    user = pulses([100, 210, 400, 640])
    response = reactivity.smile_response([user], [0.4 * np.roll(user, lag) + 0.2])
    assert response is not None
    assert response.lag_ticks == lag
    assert response.correlation == pytest.approx(1)


def test_smiles_of_several_conversations_are_pooled() -> None:
    one, other = pulses([100, 400]), pulses([200, 700])
    response = reactivity.smile_response([one, other], [np.roll(one, 12), np.roll(other, 12)])
    assert response is not None
    assert response.lag_ticks == 12
    mixed = reactivity.smile_response([one, other], [np.roll(one, 12), pulses([500])])
    assert mixed is not None
    assert 0.4 < mixed.correlation < 0.9


def test_a_face_that_never_smiles_has_no_response() -> None:
    user = pulses([100, 400])
    assert reactivity.smile_response([user], [0 * user]) is None
    assert reactivity.smile_response([user[:80]], [user[:80]]) is None


def test_only_silent_smiles_count() -> None:
    sounding = np.zeros(500, bool)
    sounding[90:95] = True
    events = [
        MotionEvent("smile", 100, 0.5),
        MotionEvent("smile", 200, 0.5),
        MotionEvent("nod", 250, 0.5),
        MotionEvent("smile", 300, 0.5),
        MotionEvent("laugh", 310, 0.9),
        MotionEvent("smile", 480, 0.5),
    ]
    assert reactivity.silent_smiles(events, sounding) == (200,)


@pytest.mark.parametrize(
    ("start", "height", "answered"),
    [(12, 0.5, 1), (25, 0.12, 1), (12, 0.08, 0), (45, 0.5, 0), (-20, 0.5, 0)],
)
def test_an_answer_rises_enough_and_in_time(start: int, height: float, answered: int) -> None:
    smile = height * pulses([100 + start], ticks=300, width=24)
    assert reactivity.answered_smiles(smile, [100]) == answered


def test_chance_is_how_often_one_smiles_anyway() -> None:
    smile = pulses(list(range(0, 950, 100)), ticks=1000)
    assert reactivity.smiles_by_chance(smile, [100, 300]) == pytest.approx(1.0, abs=0.5)
    assert reactivity.smiles_by_chance(0 * smile, [100, 300]) == 0


def nodding(ends: list[int]) -> Levels:
    pitch = 0.004 * np.sin(2 * np.pi * 1.8 * np.arange(1000) / FPS)
    for end in ends:
        pitch[end + 5 : end + 30] -= 0.08 * np.sin(2 * np.pi * 1.8 * np.arange(25) / FPS)
    return pitch


def test_nods_after_utterances_show_and_even_ones_do_not() -> None:
    said = [utterance(start, 100) for start in (100, 400, 700)]
    silent = np.zeros(1000, bool)
    answering = reactivity.nod_power(nodding([200, 500, 800]), said, silent)
    even = reactivity.nod_power(nodding([]), said, silent)
    assert (len(answering.after), len(answering.inside)) == (3, 9)
    ratio = reactivity.nod_ratio([answering])
    assert ratio is not None
    assert ratio > 20
    assert reactivity.nod_ratio([even]) == pytest.approx(1, rel=0.15)


def test_windows_in_own_speech_or_past_the_end_do_not_count() -> None:
    speaking = np.arange(1000) < 300
    said = [utterance(100, 100), utterance(400, 100), utterance(900, 90)]
    power = reactivity.nod_power(nodding([]), said, speaking)
    assert (len(power.after), len(power.inside)) == (1, 6)
    assert reactivity.nod_ratio([reactivity.nod_power(nodding([]), [], speaking)]) is None


def test_what_is_not_finite_is_refused() -> None:
    smile = pulses([100])
    broken = smile.copy()
    broken[77] = np.nan
    silent = np.zeros(1000, bool)
    for measure in (
        lambda: reactivity.smile_response([broken], [smile]),
        lambda: reactivity.answered_smiles(broken, [100]),
        lambda: reactivity.nod_power(broken, [], silent),
    ):
        with pytest.raises(ValueError, match="nan at 77"):
            measure()
    with pytest.raises(ValueError, match="user: tick 77, signal 0 is nan"):
        reactivity.residual_correlation(smile[:, None], smile[:, None], broken[:, None])
