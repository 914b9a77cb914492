import numpy as np
import pytest

from avatar.clock import FPS
from avatar.metrics.dynamics import MINUTE, blinks, count_rises, drift, jerk
from avatar.motion import ARKIT58

ONES = np.ones(58)


def test_the_jerk_of_a_sine_is_what_analysis_says() -> None:
    pulse, amplitude, deviation = 2 * np.pi * 1.5 / FPS, 0.1, 0.05
    pose = amplitude * np.sin(pulse * np.arange(2503))[:, None]
    expected = (amplitude / deviation) ** 2 * (2 * np.sin(pulse / 2)) ** 6 / 2
    assert jerk(pose, np.array([deviation])) == pytest.approx(expected, rel=0.01)


def test_a_steady_turn_has_no_jerk_and_noise_has_much() -> None:
    turn = np.linspace(0, 1, 200)[:, None] ** 2
    assert jerk(turn, np.ones(1)) == pytest.approx(0, abs=1e-12)
    noise = np.random.default_rng(0).normal(0, 1, (20_000, 1))
    assert jerk(noise, np.ones(1)) == pytest.approx(20, rel=0.05)


def test_channels_that_are_still_in_truth_are_left_out() -> None:
    noise = np.random.default_rng(0).normal(0, 1, (100, 2))
    alone = jerk(noise[:, :1], np.ones(1))
    assert jerk(noise, np.array([1.0, 0.0])) == alone
    assert jerk(noise, np.zeros(2)) is None


def test_blinks_are_counted_once_each() -> None:
    motion = np.zeros((1500, 58), np.float32)
    for side in ("Left", "Right"):
        for start in range(100, 1500, 100):
            motion[start : start + 8, ARKIT58.index("eyeBlink" + side)] = 0.9
    assert blinks(motion) == 14
    motion[:, ARKIT58.index("eyeBlinkLeft")] = 0
    assert blinks(motion) == 0


def test_a_flutter_at_the_threshold_is_one_rise() -> None:
    levels = np.array([0, 0.6, 0.4, 0.6, 0.4, 0, 0, 0, 0.6, 0.0])
    assert count_rises(levels, 0.5, 5) == 2


def test_a_motion_that_repeats_does_not_drift() -> None:
    minute = np.random.default_rng(0).normal(0, 1, (MINUTE, 58)).astype(np.float32)
    table = drift(np.tile(minute, (3, 1)), ONES)
    assert [row.offset for row in table] == pytest.approx([0, 0, 0], abs=1e-6)
    assert [row.amplitude for row in table] == pytest.approx([1, 1, 1])


def test_drift_shows_as_offset_and_as_amplitude() -> None:
    minute = np.random.default_rng(0).normal(0, 0.5, (MINUTE, 58)).astype(np.float32)
    table = drift(np.concatenate([minute, minute + 0.3, 2 * minute, minute[:100]]), ONES / 2)
    assert len(table) == 3
    assert table[1].offset == pytest.approx(0.6, abs=1e-3)
    assert table[2].amplitude == pytest.approx(2, abs=1e-3)


def test_less_than_a_minute_says_nothing() -> None:
    assert drift(np.zeros((100, 58), np.float32), ONES) == ()


def test_motions_that_are_not_finite_are_refused() -> None:
    broken = np.zeros((100, 58), np.float32)
    broken[9, 53] = np.inf
    for measure in (
        lambda: jerk(broken, ONES),
        lambda: blinks(broken),
        lambda: drift(broken, ONES),
    ):
        with pytest.raises(ValueError, match="tick 9, headPitch is inf"):
            measure()
