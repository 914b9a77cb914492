"""Parametric people; need what `visavis actors fetch` brings, and OpenGL."""

from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import pytest

from avatar.errors import PartUnavailable
from avatar.motion import ARKIT58
from avatar.synthetic.actors.assets import HumanAssets
from avatar.synthetic.actors.camera import View
from avatar.synthetic.actors.casting import cast
from avatar.synthetic.actors.humans import people
from avatar.synthetic.actors.lighting import Lighting
from avatar.synthetic.actors.stage import Actor, Shot, Stage
from avatar.tracking.places import group as points
from avatar.tracking.places import regions_seen

pytestmark = pytest.mark.slow
SIZE = 320
EVEN = Lighting(
    key=(0, 0, 1),
    key_colour=(0.8, 0.8, 0.8),
    fill=(0, 1, 0),
    fill_colour=(0.1, 0.1, 0.1),
    sky=(0.4, 0.4, 0.4),
    ground=(0.3, 0.3, 0.3),
)
WALL = np.full((8, 8, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def stage() -> Stage:
    try:
        return Stage(HumanAssets(), SIZE)
    except PartUnavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def actor(stage: Stage) -> Actor:
    return Actor(stage, cast(stage.assets, np.random.default_rng(0)))


def shot(stage: Stage, actor: Actor, **face: float) -> Shot:
    return stage.shoot(actor, ARKIT58.vector(face), View(9.0, 0.22), EVEN, WALL)


def unit(taken: Shot) -> float:
    right, left = points(taken.places, "iris_right")[0], points(taken.places, "iris_left")[0]
    return float(np.linalg.norm(left - right))


def test_the_eyes_are_as_far_apart_as_asked(stage: Stage, actor: Actor) -> None:
    assert unit(shot(stage, actor)) == pytest.approx(0.22 * SIZE, rel=0.03)


@pytest.mark.parametrize(
    ("face", "group", "index", "way"),
    [
        ({"mouthSmileLeft": 1.0}, "mouth_corners", 1, (0.03, -0.05)),
        ({"mouthSmileRight": 1.0}, "mouth_corners", 0, (-0.03, -0.05)),
        ({"jawOpen": 1.0}, "lower_seam", 2, (0.0, 0.2)),
        ({"browInnerUp": 1.0}, "brow_left", 4, (0.0, -0.04)),
        ({"browDownLeft": 1.0}, "brow_left", 2, (0.0, 0.03)),
        ({"eyeLookOutLeft": 1.0}, "iris_left", 0, (0.08, 0.0)),
        ({"headYaw": 0.4}, "nose", 2, (0.06, 0.0)),
        ({"headPitch": 0.3}, "nose", 2, (0.0, -0.05)),
        ({"headRoll": 0.3}, "forehead", 1, (0.15, 0.0)),
    ],
)
def test_what_moves_moves_where_arkit_says(
    stage: Stage,
    actor: Actor,
    face: dict[str, float],
    group: str,
    index: int,
    way: tuple[float, float],
) -> None:
    rest, moved = shot(stage, actor), shot(stage, actor, **face)
    off = (points(moved.places, group)[index] - points(rest.places, group)[index]) / unit(rest)
    for found, least in zip(off, way, strict=True):
        assert found * np.sign(least) >= abs(least)


def test_one_side_leaves_the_other_alone(stage: Stage, actor: Actor) -> None:
    rest, moved = shot(stage, actor), shot(stage, actor, mouthSmileLeft=1.0)
    off = (
        points(moved.places, "mouth_corners")[0] - points(rest.places, "mouth_corners")[0]
    ) / unit(rest)
    assert np.linalg.norm(off) < 0.02


def test_a_blink_brings_the_lids_together(stage: Stage, actor: Actor) -> None:
    rest, shut = shot(stage, actor), shot(stage, actor, eyeBlinkLeft=1.0)

    def gap(taken: Shot) -> float:
        lower, upper = (points(taken.places, f"{edge}_lid_left") for edge in ("lower", "upper"))
        return float((lower - upper)[4, 1]) / unit(taken)

    assert gap(rest) > 0.08
    assert gap(shut) < 0.25 * gap(rest)


def test_the_pupil_is_where_the_iris_is_said_to_be(stage: Stage, actor: Actor) -> None:
    for face in ({}, {"eyeLookOutLeft": 0.7, "eyeLookInRight": 0.7}):
        taken = shot(stage, actor, eyeWideLeft=1.0, **face)
        x, y = np.round(points(taken.places, "iris_left")[0]).astype(int)
        grey = cv2.cvtColor(taken.image, cv2.COLOR_RGB2GRAY)
        around = grey[
            round(float(y)) - 9 : round(float(y)) + 10, round(float(x)) - 13 : round(float(x)) + 14
        ]
        pupil = grey[
            round(float(y)) - 1 : round(float(y)) + 2, round(float(x)) - 1 : round(float(x)) + 2
        ]
        assert pupil.mean() < np.quantile(around, 0.35)


@pytest.mark.parametrize(
    ("hair", "seen"),
    [
        ("ponytail01", [True, True, True, True]),
        ("bob01", [False, True, True, False]),
        ("long2_alpha7", [False, False, True, False]),
    ],
)
def test_what_hair_hides_is_not_seen(stage: Stage, hair: str, seen: list[bool]) -> None:
    person = cast(stage.assets, np.random.default_rng(0))
    bare = tuple(worn for worn in person.worn if worn[0] not in ("hair", "sunglasses"))
    actor = Actor(stage, replace(person, worn=(*bare, ("hair", hair, (0.05, 0.05, 0.05)))))
    taken = shot(stage, actor)
    actor.release()
    assert regions_seen(taken.covered).tolist() == seen


def test_people_are_the_same_for_a_seed(stage: Stage) -> None:
    one, other = (list(islice(people(stage, 3), 3)) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a.image, b.image)
        assert np.array_equal(a.places, b.places)
    assert np.isfinite(one[0].places).all()
