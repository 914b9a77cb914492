"""From a photo to an avatar: a photograph of a person, and portraits whose landmarks are known."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from avatar.errors import MediaError
from avatar.motion import ARKIT58
from avatar.portraits.creating import EYES_ROW, Origin, Portrait, create, write_portrait
from avatar.portraits.finding import Found, PortraitFinder
from avatar.portraits.judging import judge, measure
from avatar.rendering.bundle import Bundle, load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.places import PLACE_GROUPS, group

ORIGIN = Origin("a test", "allowed")


@pytest.fixture(scope="module")
def astronaut(finder: PortraitFinder) -> Found:
    return finder.find(data.astronaut())


@pytest.fixture(scope="module")
def portrait(astronaut: Found) -> Portrait:
    return create(astronaut, 512)


def refusals(finder: PortraitFinder, pixels: np.ndarray) -> str:
    found = finder.find(np.ascontiguousarray(pixels.astype(np.uint8)))
    return "; ".join(str(doubt) for doubt in judge(found) if doubt.weight == "refuse")


def test_landmarks_of_a_drawn_portrait_are_found(finder: PortraitFinder, ana: Bundle) -> None:
    found = finder.find(ana.portrait)
    misses = {
        name: np.linalg.norm(group(found.fine.places, name) - ana.landmarks[name], axis=1).mean()
        / ana.landmarks.eye_distance
        for name in PLACE_GROUPS
        if name != "lower_seam"
    }
    assert np.mean(list(misses.values())) < 0.05, misses
    assert judge(found) == []


def test_a_photograph_becomes_an_avatar_that_is_framed_as_usual(portrait: Portrait) -> None:
    assert portrait.refused == ()
    assert portrait.picture.shape == (512, 512, 3)
    right, left = portrait.groups["iris_right"][0], portrait.groups["iris_left"][0]
    assert right[1] == pytest.approx(EYES_ROW * 512, abs=3)
    assert right[1] == pytest.approx(left[1], abs=1.5)
    assert (right[0] + left[0]) / 2 == pytest.approx(255.5, abs=2)
    assert 0.18 < (left[0] - right[0]) / 512 < 0.28
    assert portrait.teeth_visible
    assert portrait.rest["mouthSmileLeft"] > 0.3


def test_teeth_are_what_is_paler_than_lips(
    finder: PortraitFinder, astronaut: Found, ana: Bundle
) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(astronaut.pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert measure(astronaut).teeth_visible
    assert measure(finder.find(grey.astype(np.uint8))).teeth_visible
    assert not measure(finder.find(ana.portrait)).teeth_visible


def test_the_bundle_is_whole_and_its_neutral_picture_is_the_portrait(
    portrait: Portrait, tmp_path: Path
) -> None:
    folder = tmp_path / "an-astronaut.avatar"
    write_portrait(portrait, folder, title="An astronaut", origin=ORIGIN)
    bundle = load_bundle(folder)
    assert (bundle.manifest.name, bundle.manifest.title) == ("an-astronaut", "An astronaut")
    assert bundle.manifest.provenance.consent == "allowed"
    renderer = WarpRenderer.of(bundle, tmp_path)
    neutral, _ = renderer.render(ARKIT58.rest, None)
    assert np.abs(neutral.astype(int) - bundle.portrait).mean() < 1.0
    talking, _ = renderer.render(ARKIT58.vector({"jawOpen": 0.7}), None)
    mouth = bundle.landmarks["mouth_corners"].mean(axis=0).astype(int)
    near = slice(mouth[1] - 5, mouth[1] + 40), slice(mouth[0] - 25, mouth[0] + 25)
    assert np.abs(talking.astype(int) - neutral)[near].mean() > 15
    corner = slice(0, 60), slice(0, 60)
    assert np.array_equal(talking[corner], neutral[corner])


def test_a_leaning_head_is_straightened(finder: PortraitFinder) -> None:
    turn = cv2.getRotationMatrix2D((230.0, 130.0), 14.0, 1.0)
    leaning = cv2.warpAffine(data.astronaut(), turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    made = create(finder.find(leaning.astype(np.uint8)), 384)
    right, left = made.groups["iris_right"][0], made.groups["iris_left"][0]
    assert right[1] == pytest.approx(left[1], abs=1.5)
    nose, chin = made.groups["nose"][2], made.groups["jaw"][5]
    assert abs(nose[0] - chin[0]) < 0.12 * (left[0] - right[0]) + 4


def test_a_photo_that_lies_on_its_side_is_turned(finder: PortraitFinder) -> None:
    found = finder.find(np.ascontiguousarray(np.rot90(data.astronaut())))
    assert found.turned
    assert "turned upright" in "; ".join(map(str, judge(found)))
    assert measure(found).yaw_deg == pytest.approx(0, abs=20)


@pytest.mark.parametrize("picture", [data.chelsea, data.coffee, data.rocket, data.page])
def test_animals_and_things_are_no_faces(
    finder: PortraitFinder, picture: Callable[[], np.ndarray]
) -> None:
    pixels = picture()
    if pixels.ndim == 2:
        pixels = np.dstack([pixels] * 3)
    with pytest.raises(MediaError, match="no face was found: take a photo"):
        finder.find(np.ascontiguousarray(pixels))


def test_two_people_are_one_too_many(finder: PortraitFinder) -> None:
    head = data.astronaut()[:260, 90:350]
    with pytest.raises(MediaError, match="2 faces: crop it"):
        finder.find(np.ascontiguousarray(np.hstack([head, head])))


def test_what_will_not_animate_well_is_refused_in_words(
    finder: PortraitFinder, ana: Bundle
) -> None:
    photo = data.astronaut()
    small = cv2.resize(photo, (200, 200), interpolation=cv2.INTER_AREA)
    assert "too small" in refusals(finder, small)
    assert "blurred" in refusals(finder, cv2.GaussianBlur(photo, (0, 0), 4.0))
    renderer = WarpRenderer.of(ana)
    for face, says in (
        ({"eyeBlink": 1.0}, "the eyes are shut"),
        ({"jawOpen": 1.0}, "the mouth is open"),
    ):
        picture, _ = renderer.render(ARKIT58.vector(face), None)
        assert says in refusals(finder, picture)


def test_a_mask_over_the_mouth_is_refused(finder: PortraitFinder, ana: Bundle) -> None:
    masked = ana.portrait.copy()
    jaw = ana.landmarks["jaw"][1:-1]
    over = np.vstack([jaw, ana.landmarks["nose"][1][None]]).round().astype(np.int32)
    cv2.fillPoly(masked, [over], (190, 215, 225))
    assert "the mouth cannot be seen" in refusals(finder, masked)


def test_landmarks_that_cross_are_put_in_order(astronaut: Found) -> None:
    places = astronaut.fine.places.copy()
    chance = np.random.default_rng(0)
    places += chance.normal(0, 1.5, places.shape).astype(np.float32)
    shaken = replace(astronaut, fine=replace(astronaut.fine, places=places))
    assert create(shaken, 512).groups["jaw"].shape == (11, 2)
