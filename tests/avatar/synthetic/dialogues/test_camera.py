from math import degrees

import numpy as np
import pytest

from avatar.clock import FPS, TICK_S
from avatar.data.clip import NOTHING_NEW
from avatar.motion import ARKIT58, POSE, Motions
from avatar.synthetic.dialogues.camera import (
    LEAKS,
    Sight,
    Tracked,
    Tracker,
    drawn_tracker,
    nothing,
    sight,
    track,
    tracked,
)

TICKS = 1500
ALL = np.ones(ARKIT58.dim, bool)
JAW, YAW, PITCH = (ARKIT58.index(name) for name in ("jawOpen", "headYaw", "headPitch"))


def moving(ticks: int = TICKS) -> Motions:
    """Every channel swings between 0.1 and 0.6, each at a speed of its own below 1.3 Hz."""
    time = np.arange(ticks)[:, None] * TICK_S
    hertz = np.linspace(0.3, 1.3, ARKIT58.dim)
    return (0.35 + 0.25 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def still(value: float = 0.4) -> Motions:
    return np.full((TICKS, ARKIT58.dim), value, np.float32)


def told(tracker: Tracker, motion: Motions, seed: int = 0) -> Tracked:
    return tracked(tracker, np.random.default_rng(seed), motion)


def held(result: Tracked) -> Motions:
    """The last observation in every tick."""
    motion, _, age = result
    last = np.maximum.accumulate(np.where(age != NOTHING_NEW, np.arange(len(age)), 0))
    return motion[last]


def lateness_s(of: Motions, motion: Motions, channel: int) -> float:
    """By how much a channel is late, to a fraction of a tick."""
    shifts = np.linspace(0, 8, 161)
    ticks = np.arange(100, len(motion) - 10, dtype=float)
    errors = [
        np.square(
            np.interp(ticks - shift, np.arange(len(motion)), motion[:, channel])
            - of[100 : len(motion) - 10, channel]
        ).mean()
        for shift in shifts
    ]
    return float(shifts[np.argmin(errors)] * TICK_S)


def test_exact_is_the_motion_itself() -> None:
    motion = moving()
    result, seen, age = told(Tracker(ALL), motion)
    np.testing.assert_allclose(result, motion, atol=1e-6)
    assert seen.all()
    assert (age == 0).all()


def test_exact_and_a_tick_late() -> None:
    motion = moving()
    result, _, age = told(Tracker(ALL, late_s=TICK_S), motion)
    np.testing.assert_allclose(result[1:], motion[:-1], atol=1e-6)
    assert age[0] == NOTHING_NEW
    assert (age[1:] == 1).all()


@pytest.mark.parametrize("late", [0.025, 0.05, 0.08])
def test_lateness_is_what_it_says(late: float) -> None:
    motion = moving()
    result = told(Tracker(ALL, late_s=late, rate_hz=29.0), motion)
    for channel in (JAW, PITCH):
        waits = 0.5 * (TICK_S - 1 / 29.0)
        assert lateness_s(held(result), motion, channel) == pytest.approx(late + waits, abs=0.01)
    age = result[2][result[2] != NOTHING_NEW]
    assert age.mean() * TICK_S == pytest.approx(late, abs=0.012)
    assert set(age.tolist()) <= {0, 1, 2}


def test_nothing_is_told_before_it_happens() -> None:
    motion = moving()
    other = motion.copy()
    other[700:] = 0.0
    for seed in range(60):
        first = track(np.random.default_rng(seed), motion)
        second = track(np.random.default_rng(seed), other)
        for mine, theirs in zip(first, second, strict=True):
            assert (mine[:700] == theirs[:700]).all()


@pytest.mark.parametrize("rate", [12.0, 18.0, 22.0])
def test_observations_come_at_the_rate_of_the_camera(rate: float) -> None:
    _, _, age = told(Tracker(ALL, late_s=0.05, rate_hz=rate, jitter_s=0.004), moving())
    assert (age != NOTHING_NEW).mean() * FPS == pytest.approx(rate, abs=0.3)


def test_a_fast_camera_fills_every_tick() -> None:
    _, _, age = told(Tracker(ALL, late_s=0.05, rate_hz=30.0), moving())
    assert (age[3:] != NOTHING_NEW).all()


def test_smoothing_is_late_and_calm() -> None:
    rough, _, _ = told(Tracker(ALL, noise=0.03), still())
    calm, _, _ = told(Tracker(ALL, noise=0.03, cutoff_hz=3.0), still())
    assert rough.std() == pytest.approx(0.03, rel=0.02)
    assert calm[FPS:].std() < 0.75 * 0.03
    motion = moving()
    assert 0.01 < lateness_s(told(Tracker(ALL, cutoff_hz=3.0), motion)[0], motion, JAW) < 0.06


def test_smoothing_gives_way_to_quick_movement() -> None:
    step = still(0.0)
    step[500:] = 1.0
    small, _, _ = told(Tracker(ALL, cutoff_hz=0.5), np.float32(0.02) * step)
    large, _, _ = told(Tracker(ALL, cutoff_hz=0.5), step)
    assert small[501, JAW] < 0.5 * 0.02
    assert large[501, JAW] > 0.98


def test_gain_offset_and_noise_are_as_given() -> None:
    motion = moving()
    tracker = Tracker(ALL, gain=0.8, offset=0.1, noise=0.02)
    result, _, _ = told(tracker, motion)
    slope, offset = np.polyfit(motion[:, JAW], result[:, JAW], 1)
    assert slope == pytest.approx(0.8, abs=0.02)
    assert offset == pytest.approx(0.1, abs=0.01)
    assert (result - 0.8 * motion - 0.1).std() == pytest.approx(0.02, rel=0.02)


def test_channels_leak_as_the_table_says() -> None:
    source, target, share = LEAKS[0]
    leak = np.eye(ARKIT58.dim)
    leak[ARKIT58.index(source), ARKIT58.index(target)] = share
    motion = still(0.0)
    motion[:, ARKIT58.index(source)] = 0.5
    result, _, _ = told(Tracker(ALL, leak=leak), motion)
    assert result[0, ARKIT58.index(target)] == pytest.approx(0.5 * share)
    assert result[0, ARKIT58.index(source)] == pytest.approx(0.5)
    assert np.count_nonzero(result[0]) == 2


@pytest.mark.parametrize(("kind", "count"), [("all", 58), ("pose", 6), ("eyes and mouth", 47)])
def test_what_is_not_seen_rests(kind: Sight, count: int) -> None:
    seen = sight(kind)
    assert seen.sum() == count
    assert all(seen[ARKIT58.index(name)] for name in POSE)
    result, told_seen, _ = told(Tracker(seen, noise=0.05), moving())
    assert (told_seen == seen).all()
    assert (result[:, ~seen] == 0).all()
    assert (result[:, seen].std(axis=0) > 0.1).all()


def test_in_a_gap_nothing_comes() -> None:
    result, seen, age = told(Tracker(ALL, late_s=TICK_S, gaps=((10.0, 12.0),)), moving())
    lost = slice(251, 301)
    assert (age[lost] == NOTHING_NEW).all()
    assert not seen[lost].any()
    assert (result[lost] == 0).all()
    assert (age[301:] == 1).all()
    assert (age[1:251] == 1).all()


def test_a_frozen_tracker_goes_on_with_one_face() -> None:
    result, _, age = told(Tracker(ALL, frozen_s=20.0), moving())
    assert (age == 0).all()
    assert (result[501:] == result[500]).all()
    assert np.ptp(result[:500, JAW]) > 0.4


def test_a_jumping_tracker_is_wrong_now_and_then() -> None:
    motion = still()
    result, _, _ = told(Tracker(ALL, jumps=True), motion)
    wrong = np.abs(result - motion).max(axis=1) > 0.2
    assert 0.008 < wrong.mean() < 0.04
    assert degrees(np.abs(result - motion)[:, YAW].max()) > 8


def test_values_stay_in_the_space() -> None:
    for seed in range(60):
        result, seen, age = track(np.random.default_rng(seed), 1.3 * moving(300))
        assert (result >= ARKIT58.low).all()
        assert (result <= ARKIT58.high).all()
        assert not seen[age == NOTHING_NEW].any()
        assert np.isfinite(result).all()


def test_trackers_differ_as_in_life() -> None:
    drawn = [drawn_tracker(np.random.default_rng([seed, 4]), 60.0) for seed in range(2000)]
    there = [tracker for tracker in drawn if tracker is not None]
    assert 1 - len(there) / len(drawn) == pytest.approx(0.15, abs=0.025)
    exact = [tracker for tracker in there if tracker.leak is None]
    assert len(exact) / len(drawn) == pytest.approx(0.25, abs=0.03)
    real = [tracker for tracker in there if tracker.leak is not None]
    assert all(0.025 <= t.late_s <= 0.08 and 12 <= t.rate_hz <= 30 for t in real)
    noises = np.array([t.noise for t in real])
    turns = np.degrees(noises[:, YAW])
    assert 0.3 <= turns.min() < 0.35
    assert 0.95 < turns.max() <= 1.0
    assert noises[:, JAW].min() >= 0.01
    assert noises[:, JAW].max() <= 0.05
    counts = np.array([int(t.seen.sum()) for t in there])
    assert {int(count) for count in counts} == {6, 47, 58}
    assert (counts == 58).mean() == pytest.approx(0.55, abs=0.04)
    assert np.mean([bool(t.gaps) for t in real]) == pytest.approx(0.3, abs=0.06)
    assert 0.005 < np.mean([np.isfinite(t.frozen_s) for t in real]) < 0.04
    assert 0.01 < np.mean([t.jumps for t in real]) < 0.06
    lengths = [end - begin for t in real for begin, end in t.gaps if begin > 0 and end < 60]
    assert min(lengths) >= 0.3
    assert max(lengths) <= 5


def test_the_same_seed_sees_the_same() -> None:
    motion = moving(200)
    for seed in range(20):
        first = track(np.random.default_rng(seed), motion)
        second = track(np.random.default_rng(seed), motion)
        assert all((a == b).all() for a, b in zip(first, second, strict=True))


def test_no_camera_tells_nothing() -> None:
    motion, seen, age = nothing(10)
    assert motion.shape == seen.shape == (10, 58)
    assert not seen.any()
    assert (age == NOTHING_NEW).all()
