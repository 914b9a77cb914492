"""What is played when, and what is not played any more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.client.playback import Playback

RATE = 24_000


def piece(value: int, samples: int = 960) -> np.ndarray:
    return np.full(samples, value, np.int16)


def test_a_turn_begins_with_a_cushion_and_is_played_to_its_end() -> None:
    playback = Playback(RATE)
    playback.add(1, piece(100))
    assert not playback.take(240).any()
    playback.add(1, piece(200))
    played = np.concatenate([playback.take(240) for _ in range(9)])
    assert (played[:960] == 100).all()
    assert (played[960:1920] == 200).all()
    assert not played[1920:].any()


def test_what_is_dropped_fades_and_never_comes() -> None:
    playback = Playback(RATE)
    for value in (1000, 1000, 1000):
        playback.add(1, piece(value))
    playback.add(0, piece(7))
    playback.add(2, piece(500))
    assert (playback.take(240) == 1000).all()
    playback.drop(1)
    faded = playback.take(240)
    assert faded[0] == 1000
    assert faded[-1] == 0
    assert (np.diff(faded) <= 0).all()
    rest = playback.take(1920)
    assert (rest[:960] == 7).all()
    assert (rest[960:] == 500).all()


def test_a_drop_before_anything_was_played_is_silent() -> None:
    playback = Playback(RATE)
    playback.add(1, piece(1000))
    playback.drop(3)
    assert playback.waiting_s == 0
    assert not playback.take(960).any()


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 2000)), max_size=12), st.integers(1, 900)
)
def test_every_sample_is_played_once(pieces: list[tuple[int, int]], step: int) -> None:
    playback = Playback(RATE)
    samples = sum(length for _, length in pieces)
    values = np.arange(1, samples + 1, dtype=np.int16)
    at = 0
    for turn, length in pieces:
        playback.add(turn, values[at : at + length])
        at += length
    playback.add(0, piece(0, 1920))
    played = np.concatenate([playback.take(step) for _ in range((samples + 1920) // step + 1)])
    assert (played[:samples] == values).all()
    assert playback.waiting_s == pytest.approx(0)
