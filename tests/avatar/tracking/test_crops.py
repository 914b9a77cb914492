from dataclasses import replace
from math import cos, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.tracking.crops import FACE, Crop, FaceFrame, cut
from avatar.tracking.places import (
    OPPOSITES,
    PLACE_GROUPS,
    POINTS,
    TOLD,
    group,
    group_slice,
    mirrored,
)

CROPS = st.builds(
    Crop, st.floats(-50, 700), st.floats(-50, 500), st.floats(5, 300), st.floats(-1.5, 1.5)
)


@given(crop=CROPS)
def test_points_go_into_a_crop_and_come_back(crop: Crop) -> None:
    points = np.random.default_rng(0).uniform(0, 640, (9, 2)).astype(np.float32)
    assert crop.outside(crop.inside(points)) == pytest.approx(points, abs=0.05)
    assert crop.inside(np.array([[crop.x, crop.y]], np.float32)) == pytest.approx(0, abs=1e-4)


@given(crop=CROPS)
def test_the_matrix_agrees_with_the_points(crop: Crop) -> None:
    point = np.array([[crop.x + 10, crop.y - 4]], np.float32)
    pixel = crop.matrix(FACE) @ np.array([*point[0], 1])
    units = (pixel - (np.array(FACE) - 1) / 2) / (FACE[0] / 2)
    assert units == pytest.approx(crop.inside(point)[0], abs=1e-4)


@pytest.mark.parametrize("reach", [20.0, 60.0, 150.0])
@pytest.mark.parametrize("tilt", [0.0, 0.5])
def test_a_crop_shows_what_is_there_at_every_size(reach: float, tilt: float) -> None:
    picture = np.full((400, 400), 90, np.uint8)
    at = np.array([200 + 0.5 * reach * cos(tilt), 200 + 0.5 * reach * sin(tilt)])
    yy, xx = np.mgrid[:400, :400]
    picture[np.hypot(xx - at[0], yy - at[1]) < 0.2 * reach] = 250
    shown = cut(picture, Crop(200, 200, reach, tilt), FACE)
    bright = np.argwhere(shown > 200).mean(axis=0)[::-1]
    assert bright == pytest.approx([47.5 + 24, 47.5], abs=0.8)
    turned = cut(picture, Crop(200, 200, reach, tilt), FACE, mirrored=True)
    assert np.abs(turned[:, ::-1].astype(int) - shown).mean() < 1.0


def test_small_crops_of_large_pictures_have_no_aliasing() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (600, 300))
    shown = cut(stripes, Crop(300, 300, 280, 0.1), FACE)
    assert shown[20:-20, 20:-20].std() < 12
    assert shown[20:-20, 20:-20].mean() == pytest.approx(127, abs=3)


def test_outside_of_the_picture_its_edge_goes_on() -> None:
    picture = np.full((50, 60), 77, np.uint8)
    for x in (-400.0, 30.0, 900.0):
        shown = cut(picture, Crop(x, 20, 30, 0.0), FACE)
        assert set(np.unique(shown)) == {77}
    assert cut(picture, Crop(-900, 20, 200, 0.0), FACE).shape == (96, 96)


def test_a_frame_is_upright_whichever_way_the_head_leans() -> None:
    right, left, mouth = np.array([-30.0, 0.0]), np.array([30.0, 0.0]), np.array([0.0, 58.0])
    for angle in (-0.6, 0.0, 0.4):
        turn = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
        frame = FaceFrame.of(*(point @ turn + 200 for point in (right, left, mouth)))
        assert frame.tilt == pytest.approx(angle, abs=1e-6)
        assert frame.unit == pytest.approx(60)
        inside = frame.face.inside((right @ turn + 200)[None].astype(np.float32))
        assert inside[0] == pytest.approx([-30 / 96, -0.45 * 58 / 96], abs=1e-5)


def test_a_turned_head_keeps_its_size() -> None:
    mouth = np.array([0.0, 60.0])
    front = FaceFrame.of(np.array([-30.0, 0.0]), np.array([30.0, 0.0]), mouth)
    aside = FaceFrame.of(np.array([-18.0, 0.0]), np.array([18.0, 0.0]), mouth)
    assert aside.face.reach == pytest.approx(front.face.reach)
    assert replace(front, unit=1.0).face.reach == pytest.approx(1.6)


def test_mirroring_twice_changes_nothing() -> None:
    places = np.random.default_rng(1).uniform(0, 200, (POINTS, 2)).astype(np.float32)
    assert mirrored(mirrored(places, 200), 200) == pytest.approx(places, abs=1e-3)
    assert sorted(OPPOSITES.tolist()) == list(range(POINTS))
    swapped = mirrored(places, 200)
    assert group(swapped, "brow_left")[:, 0] == pytest.approx(
        199 - group(places, "brow_right")[:, 0]
    )
    assert group(swapped, "jaw")[0, 1] == group(places, "jaw")[-1, 1]
    assert group_slice("forehead").stop == POINTS == sum(PLACE_GROUPS.values())
    assert len(set(TOLD)) == len(TOLD)
