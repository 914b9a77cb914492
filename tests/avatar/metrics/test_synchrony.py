"""Lips and a voice of a known offset."""

import numpy as np
import pytest

from avatar.metrics.synchrony import synchrony

RNG = np.random.default_rng(0)
SAID = RNG.normal(size=(120, 8))


@pytest.mark.parametrize("offset", [-15, -4, 0, 7, 15])
def test_a_known_offset_is_found(offset: int) -> None:
    """The voice of a tick is that of the lips `offset` ticks later."""
    lips, voice = SAID[20:90], SAID[20 + offset : 90 + offset]
    found = synchrony(lips, voice)
    assert found.offset == offset
    assert found.distance < 1e-12
    assert 3.5 < found.confidence < 4.5, "two normal points of 8 dimensions are about 4 apart"


def test_noise_adds_its_length_to_the_distance() -> None:
    noise = RNG.normal(size=(70, 8))
    found = synchrony(SAID[:70], SAID[:70] + noise)
    assert found.offset == 0
    assert abs(found.distance - np.linalg.norm(noise, axis=1).mean()) < 1e-12


def test_a_face_that_does_not_move_is_sure_of_nothing() -> None:
    still = np.ones((40, 8))
    found = synchrony(still, 3 * still)
    assert abs(found.confidence) < 1e-12
    assert abs(found.distance - 2 * np.sqrt(8)) < 1e-12


def test_unrelated_lips_are_less_sure_than_those_that_fit() -> None:
    strange = RNG.normal(size=(100, 8))
    assert synchrony(SAID[:100], strange).confidence < 0.5


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 15 ticks of both are needed, got 15 of lips"):
        synchrony(SAID[:15], SAID[:15])
    with pytest.raises(ValueError, match="got 40 of lips and 41 of voice"):
        synchrony(SAID[:40], SAID[:41])
    bad = SAID[:40].copy()
    bad[3, 3] = np.inf
    with pytest.raises(ValueError, match="finite embeddings"):
        synchrony(SAID[:40], bad)
