import numpy as np
import pytest

from avatar.clock import FPS, TICK
from avatar.metrics.signals import (
    channel,
    correlation,
    loudness,
    near,
    nod_band,
    require_finite,
    swinging,
    trailing_mean,
)
from avatar.motion import ARKIT58


def sine(hertz: float, seconds: float = 20.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * FPS)) / FPS)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_named_with_its_place(value: float) -> None:
    motion = np.zeros((30, 58), np.float32)
    motion[17, ARKIT58.index("jawOpen")] = value
    with pytest.raises(ValueError, match="the motion: tick 17, jawOpen is"):
        require_finite(motion, "the motion")


def test_a_name_without_a_side_is_the_mean_of_both() -> None:
    motion = np.zeros((2, 58), np.float32)
    motion[:, ARKIT58.index("mouthSmileLeft")] = 0.4
    assert channel(motion, "mouthSmile").tolist() == pytest.approx([0.2, 0.2])


def test_correlation_is_exact_and_undefined_for_a_constant() -> None:
    one = sine(1.0)
    assert correlation(one, -3 * one + 5) == pytest.approx(-1)
    assert correlation(one, np.ones_like(one)) is None


@pytest.mark.parametrize(
    ("hertz", "least", "most"), [(0.1, 0.0, 0.05), (1.8, 0.97, 1.01), (8.0, 0.0, 0.05)]
)
def test_nods_pass_and_sway_and_jitter_do_not(hertz: float, least: float, most: float) -> None:
    middle = slice(100, 400)
    kept = nod_band(sine(hertz))[middle].std() / sine(hertz)[middle].std()
    assert least <= kept <= most


def test_the_swing_knows_nothing_of_later_ticks() -> None:
    one = sine(1.8)
    other = one.copy()
    other[300:] = 0
    assert np.array_equal(swinging(one)[:300], swinging(other)[:300])
    assert swinging(one)[250] == pytest.approx(np.sqrt(0.5), rel=0.25)


def test_near_and_trailing_mean() -> None:
    marks = np.zeros(20, bool)
    marks[10] = True
    assert np.flatnonzero(near(marks, 2)).tolist() == [8, 9, 10, 11, 12]
    assert trailing_mean(np.array([0.0, 0.0, 3.0, 3.0]), 2).tolist() == [0, 0, 1.5, 3]


def test_loudness_runs_from_silence_to_a_loud_voice() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, TICK * 3).astype(np.float32)
    levels = loudness(np.concatenate([0 * noise[:TICK], 0.01 * noise[:TICK], 0.32 * noise[:TICK]]))
    assert levels.tolist() == pytest.approx([0.0, 0.4, 1.0], abs=0.03)
