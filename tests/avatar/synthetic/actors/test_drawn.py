"""Drawn people: where a motion takes their landmarks is where the picture shows them."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.actors.drawn import varied
from avatar.synthetic.actors.moving import moved, moved_places
from avatar.synthetic.characters.cast import CAST
from avatar.tracking.places import group

MARKED = {"nose": (2,), "jaw": (5,), "cheek": (0, 3), "forehead": (1,)}


@pytest.fixture(scope="module")
def marked(ana: Bundle, cache: Path) -> WarpRenderer:
    """Ana with green dots on some of her landmarks."""
    portrait = ana.portrait.copy()
    for name, points in MARKED.items():
        for index in points:
            x, y = ana.landmarks[name][index]
            at = (round(float(x) * 16), round(float(y) * 16))
            cv2.circle(portrait, at, 5 * 16, (0, 255, 0), -1, cv2.LINE_AA, 4)
    return WarpRenderer.of(replace(ana, portrait=portrait, digest="marked" * 8), cache)


@pytest.mark.parametrize(
    "face",
    [
        {},
        {"headYaw": 0.2, "headPitch": -0.1},
        {"headRoll": 0.15, "headPitch": 0.15},
        {"jawOpen": 0.6},
        {"mouthSmile": 0.9, "headYaw": -0.2},
    ],
)
def test_landmarks_are_where_the_picture_shows_them(
    ana: Bundle, marked: WarpRenderer, face: dict[str, float]
) -> None:
    motion = ARKIT58.vector(face)
    picture, _ = marked.render(motion, None)
    green = (picture[..., 1].astype(int) - picture[..., [0, 2]].max(axis=2)).clip(0)
    places = moved_places(marked, ana.landmarks, motion)
    for name, points in MARKED.items():
        for index in points:
            x, y = group(places, name)[index]
            left, top = round(float(x)) - 9, round(float(y)) - 9
            near = green[top : top + 19, left : left + 19].astype(float)
            rows, columns = np.mgrid[top : top + 19, left : left + 19]
            seen = np.array([(near * columns).sum(), (near * rows).sum()]) / near.sum()
            assert seen == pytest.approx([x, y], abs=1.2), (name, index)


def test_a_relative_differs_in_shape_and_colour_and_is_the_same_for_a_seed() -> None:
    person = CAST["ana"]
    one = varied(person, np.random.default_rng(1))
    assert one == varied(person, np.random.default_rng(1))
    other = varied(person, np.random.default_rng(2))
    assert one.eyes != other.eyes
    assert one.palette.skin != other.palette.skin
    assert all(0 < value < 1 for value in one.palette.skin)


def test_pictures_of_a_portrait_have_labels_that_fit(ana: Bundle, renderer: WarpRenderer) -> None:
    made = list(islice(moved(renderer, ana.landmarks, 7, np.random.default_rng(3)), 6))
    assert {picture.actor for picture in made} == {7}
    for picture in made:
        assert picture.image.shape == (288, 288, 3)
        nose = group(picture.places, "nose")[2]
        assert (nose > 60).all()
        assert (nose < 230).all()
        assert not picture.known[ARKIT58.index("headZ")]
        assert (picture.motion[~picture.known] == 0).all()
