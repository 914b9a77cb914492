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
    for i in range(100):
        if i % 10:
            slow.push(counted(i * TICK, TICK))
        fast.push(counted(i * TICK, TICK * (2 if i % 10 == 0 else 1)))
        assert slow.next() is not None or i == 0
        assert fast.next() is not None
    assert slow.repeated == 9
    assert fast.dropped == 10 - MOST_WAITING + 1


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
