"""Figures of networks that are simple enough to know the answer."""

from collections.abc import Iterator

import numpy as np
import pytest

from avatar.clock import TICK
from avatar.errors import DataError
from avatar.metrics import seen

RNG = np.random.default_rng(0)


def film(levels: np.ndarray) -> list[np.ndarray]:
    """Pictures of one colour each."""
    return [np.full((4, 6, 3), level, np.uint8) for level in levels]


def mean_colour(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1, 3).mean(axis=1)


def first_and_last(clips: np.ndarray) -> np.ndarray:
    return clips[:, [0, -1], 0, 0, 0].astype(np.float64)


def test_fid_of_pictures_that_are_a_little_lighter() -> None:
    levels = RNG.integers(0, 200, 40)
    found = seen.fid(film(levels), film(levels + 5), mean_colour)
    assert abs(found - 3 * 5**2) < 1e-9, "the means differ by 5 in each of three colours"


def test_fvd_of_a_clip_that_is_shifted_in_time() -> None:
    """A ramp of one level a tick that begins three ticks later is 3 away in either feature."""
    ramp = np.arange(100)
    assert seen.fvd(film(ramp), film(ramp), first_and_last) < 1e-9
    assert abs(seen.fvd(film(ramp), film(ramp + 3), first_and_last) - 2 * 3**2) < 1e-9


def test_fvd_tells_order_where_fid_does_not() -> None:
    levels = np.arange(120)
    forth, back = film(levels), film(levels[::-1])
    assert seen.fid(forth, back, mean_colour) < 1e-9
    assert seen.fvd(forth, back, first_and_last) > 50


def test_csim_of_the_same_and_of_other_identities() -> None:
    def who(pictures: np.ndarray) -> np.ndarray:
        return np.eye(3)[pictures[:, 0, 0, 0] % 3]

    same = film(np.array([0, 3, 6, 9]))
    assert seen.csim(same, same[:1], who) == 1.0
    assert seen.csim(same, film(np.array([0, 1, 3, 2])), who) == 0.5
    assert seen.csim(same, film(np.array([1])), who) == 0.0


class Level:
    """Lips by the level of their third picture, the voice by that of its first sample."""

    def lips(self, clips: np.ndarray) -> np.ndarray:
        return np.eye(256)[clips[:, 2, 0, 0, 0]]

    def voice(self, samples: np.ndarray) -> np.ndarray:
        return np.eye(256)[np.round(samples[::TICK]).astype(int)]


def test_lse_finds_by_how_much_the_voice_is_ahead() -> None:
    levels = RNG.integers(0, 256, 80)
    sound = np.repeat(np.roll(levels, -4), TICK).astype(np.float32)
    found = seen.lse(film(levels), sound, Level())
    assert found.offset == 2, "four ticks ahead of pictures, of which a clip shows the third"
    assert found.distance < 1e-12


def test_windows_are_whole_and_in_step() -> None:
    starts = [int(window[0, 0, 0, 0]) for window in seen.windows(film(np.arange(33)), 16, 8)]
    assert starts == [0, 8, 16]
    shown = list(seen.batches(range(7), 3))
    assert shown == [[0, 1, 2], [3, 4, 5], [6]]


def test_too_few_pictures_for_a_clip_are_refused() -> None:
    few: Iterator[np.ndarray] = iter(film(np.arange(15)))
    with pytest.raises(DataError, match="16 make a clip"):
        seen.fvd(few, film(np.arange(40)), first_and_last)
