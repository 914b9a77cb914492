"""Framings: what is cut is cut out of the square, what is added goes on from it."""

from pathlib import Path

import numpy as np
import pytest

from avatar.errors import BundleError
from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle, scaled
from avatar.rendering.framing import Framing, canvas_of, continued_person
from avatar.rendering.sheet import LAUGH
from avatar.rendering.warp import WarpRenderer

FACE = ARKIT58.vector({**LAUGH, "headYaw": 0.1, "headRoll": 0.05})


@pytest.mark.parametrize(
    ("framing", "size"),
    [("square", (512, 512)), ("portrait", (384, 512)), ("landscape", (912, 512))],
)
def test_a_framing_shows_the_same_face(
    ana: Bundle, cache: Path, framing: Framing, size: tuple[int, int]
) -> None:
    renderer = WarpRenderer.of(ana, cache, framing=framing)
    square, _ = WarpRenderer.of(ana, cache).render(FACE, None)
    picture, _ = renderer.render(FACE, renderer.start())
    assert renderer.size == size
    assert picture.shape == (size[1], size[0], 3)
    beside = (size[0] - 512) // 2
    shown = square[:, max(-beside, 0) : 512 - max(-beside, 0)]
    left = max(beside, 0)
    assert np.abs(picture[:, left : left + shown.shape[1]].astype(int) - shown).max() <= 2


def test_no_seam_shows_where_the_portrait_ends(ana: Bundle, cache: Path) -> None:
    renderer = WarpRenderer.of(ana, cache, framing="landscape")
    picture, _ = renderer.render(FACE, renderer.start())
    steps = np.abs(np.diff(picture.astype(int), axis=1)).mean(axis=(0, 2))
    left = canvas_of("landscape", 512).beside
    for seam in (left - 1, left + 511):
        assert steps[seam] <= steps[[seam - 3, seam - 2, seam + 2, seam + 3]].max() + 1.5


def test_a_cut_shoulder_goes_on_and_falls() -> None:
    person = np.zeros((256, 256, 4), np.uint8)
    tops = np.linspace(200, 180, 256).astype(int)
    for column, top in enumerate(tops[::-1]):
        person[top:, column] = (90, 60, 30, 255)
    wide = continued_person(person, 80)
    begins = (wide[..., 3] > 127).argmax(axis=0)
    assert begins[80 + 255] == tops[0]
    assert (np.diff(begins[80 + 255 :][:40]) >= 0).all()
    assert begins[80 + 255 + 30] > tops[0] + 6
    assert wide[255, 80 + 255 + 5].tolist() == [90, 60, 30, 255]


@pytest.mark.parametrize("size", [256, 1024])
def test_an_avatar_of_another_size_is_the_same_person(ana: Bundle, cache: Path, size: int) -> None:
    renderer = WarpRenderer.of(scaled(ana, size), cache)
    picture, _ = renderer.render(FACE, renderer.start())
    whole, _ = WarpRenderer.of(ana, cache).render(FACE, None)
    assert renderer.size == (size, size)
    small = picture.reshape(128, size // 128, 128, size // 128, 3).mean(axis=(1, 3))
    same = whole.reshape(128, 4, 128, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - same).mean() < 1.5


def test_a_size_that_is_none_is_refused(ana: Bundle) -> None:
    with pytest.raises(BundleError, match="not 500"):
        scaled(ana, 500)
