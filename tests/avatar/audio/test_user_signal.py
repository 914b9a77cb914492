import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.audio.user_signal import LONGEST_GAP, MOST_WAITING, UserSignal
from avatar.clock import TICK


def counted(start: int, samples: int) -> np.ndarray:
    return (np.arange(start, start + samples) % 1000 / 1000).astype(np.float32)


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=40))
def test_sound_in_odd_pieces_is_laid_without_loss(sizes: list[int]) -> None:
    signal, at, heard = UserSignal(), 0, list[np.ndarray]()
    for size in sizes:
        signal.push(counted(at, size))
        at += size
        while signal._waiting:
            tick = signal.next()
            assert tick is not None
            heard.append(tick)
    joined = np.concatenate([np.zeros(0, np.float32), *heard])
    assert (joined == counted(0, at)[: len(joined)]).all()
    assert at - len(joined) < TICK


def test_a_slow_clock_repeats_and_a_fast_one_drops() -> None:
    slow, fast = UserSignal(), UserSignal()
    for i in range(1000):
        if i % 10:
            slow.push(counted(i * TICK, TICK))
        fast.push(counted(i * TICK, TICK * (2 if i % 50 == 0 else 1)))
        assert slow.next() is not None or i == 0
        assert fast.next() is not None
    assert slow.repeated == 99
    assert fast.dropped == pytest.approx(20, abs=4)
    assert len(fast._waiting) <= 4


@pytest.mark.parametrize("ticks", [1, 2, 5])
def test_sound_in_long_pieces_comes_through_whole(ticks: int) -> None:
    signal, heard = UserSignal(), list[np.ndarray]()
    for i in range(200):
        if i % ticks == 0:
            signal.push(counted(i * TICK, ticks * TICK))
        tick = signal.next()
        assert tick is not None
        heard.append(tick)
    assert (signal.dropped, signal.repeated) == (0, 0)
    assert (np.concatenate(heard) == counted(0, 200 * TICK)).all()


def test_a_flood_keeps_the_newest() -> None:
    signal = UserSignal()
    signal.push(counted(0, 100 * TICK))
    assert signal.dropped == 100 - MOST_WAITING
    assert signal.next() is not None


def test_what_was_left_of_before_a_gap_is_not_glued_to_new_sound() -> None:
    signal = UserSignal()
    signal.push(np.full(TICK + 60, 0.9, np.float32))
    for _ in range(30):
        signal.next()
    signal.push(np.full(TICK, 0.1, np.float32))
    tick = signal.next()
    assert tick is not None
    assert tick.max() == np.float32(0.1)


def test_loud_sound_is_clipped() -> None:
    signal = UserSignal()
    signal.push(np.full(TICK, 1e25, np.float32))
    tick = signal.next()
    assert tick is not None
    assert tick.max() == 1.0


def test_nothing_for_200_ms_is_absence() -> None:
    signal = UserSignal()
    signal.push(counted(0, TICK))
    ticks = [signal.next() is not None for _ in range(LONGEST_GAP + 3)]
    assert ticks == [True] * (1 + LONGEST_GAP) + [False, False]


def test_sound_that_is_not_finite_is_refused() -> None:
    signal = UserSignal()
    with pytest.raises(ValueError, match="not finite"):
        signal.push(np.array([0.0, np.nan], np.float32))
    assert signal.next() is None
