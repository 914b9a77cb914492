import numpy as np
import pytest

from avatar.rendering.landmarks import GROUPS
from avatar.synthetic.characters.camera import DISTANCE, IRIS_PLANE, SCALE, Camera
from avatar.synthetic.characters.distance import unit
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.landmarks import find_landmarks
from avatar.synthetic.characters.march import NEAR, march
from avatar.synthetic.characters.portrait import Plates

pytestmark = pytest.mark.xdist_group("characters")


def test_all_groups_are_there_and_inside_the_picture(plates: Plates):
    assert {name: len(group) for name, group in plates.landmarks.items()} == GROUPS
    every = np.concatenate(list(plates.landmarks.values()))
    assert every.min() > 0
    assert every.max() < len(plates.matte) - 1


def test_right_is_on_the_left_of_the_picture(plates: Plates):
    marks = plates.landmarks
    for name in ("brow", "upper_lid", "lower_lid", "iris"):
        assert marks[f"{name}_right"][:, 0].max() < marks[f"{name}_left"][:, 0].min()
    for name in ("mouth_corners", "lip_seam", "upper_lip", "lower_lip", "jaw", "forehead"):
        assert (np.diff(marks[name][:, 0]) > 0).all(), name


def test_outer_comes_before_inner_and_corners_are_shared(plates: Plates):
    marks = plates.landmarks
    for side, sign in (("right", 1), ("left", -1)):
        for name in ("brow", "upper_lid", "lower_lid"):
            assert (np.diff(marks[f"{name}_{side}"][:, 0]) * sign > 0).all()
        upper, lower = marks[f"upper_lid_{side}"], marks[f"lower_lid_{side}"]
        assert upper[[0, -1]] == pytest.approx(lower[[0, -1]], abs=1e-3)
        assert (upper[1:-1, 1] < lower[1:-1, 1]).all()


def test_paired_points_mirror_each_other(plates: Plates):
    marks, middle = plates.landmarks, (len(plates.matte) - 1) / 2
    for name in ("upper_lid", "lower_lid", "brow"):
        right, left = marks[f"{name}_right"], marks[f"{name}_left"]
        assert 2 * middle - right[:, 0] == pytest.approx(left[:, 0], abs=0.1)
    jaw = marks["jaw"]
    assert 2 * middle - jaw[::-1, 0] == pytest.approx(jaw[:, 0], abs=0.1)
    assert jaw[5, 1] == jaw[:, 1].max()


def test_lids_enclose_dark_iris_and_the_seam_is_between_the_lips(plates: Plates):
    marks = plates.landmarks
    for side in ("right", "left"):
        x, y = marks[f"iris_{side}"][0]
        assert marks[f"upper_lid_{side}"][4, 1] < y < marks[f"lower_lid_{side}"][4, 1]
        around = plates.portrait[round(float(y)), round(float(x))]
        assert around.mean() < plates.portrait[..., :].mean()
    assert (marks["upper_lip"][:, 1] < marks["lip_seam"][:, 1]).all()
    assert (marks["lip_seam"][:, 1] < marks["lower_lip"][:, 1]).all()


def test_a_turned_head_takes_its_landmarks_along(figure: Figure, plates: Plates):
    straight = plates.landmarks
    turned = find_landmarks(figure, Camera(len(plates.matte), 2, (0.25, 0.0)))
    assert turned["nose"][2, 0] > straight["nose"][2, 0] + 2
    assert np.ptp(turned["mouth_corners"][:, 0]) < np.ptp(straight["mouth_corners"][:, 0])


def test_lid_points_lie_on_the_drawn_edge_of_the_eyeball(figure: Figure):
    camera, offset = Camera(512, 1), np.arange(-3, 3, 0.05)
    marks = find_landmarks(figure, camera)
    lids = [(lid, side) for lid in ("upper", "lower") for side in ("right", "left")]
    points = np.concatenate([marks[f"{lid}_lid_{side}"][1:-1] for lid, side in lids])
    x, y = np.repeat(points[:, 0], len(offset)), (points[:, 1:] + offset).ravel()
    seen = part_along(figure, camera, x, y).reshape(len(points), -1)
    half = len(points) // 2
    lasts = [np.min] * half + [np.max] * half
    for at, row, last in zip(points, seen, lasts, strict=True):
        assert abs(last(offset[row == Part.EYES])) < 0.7, at


def part_along(figure: Figure, camera: Camera, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What the camera sees at some places of the picture."""
    right, up = (x + 0.5) / camera.size - 0.5, 0.5 - (y + 0.5) / camera.size
    depth = np.full_like(x, -SCALE * (DISTANCE - IRIS_PLANE))
    rays = unit(np.stack([right, up, depth]).astype(np.float32))
    start = np.full(x.size, NEAR, np.float32)
    travelled, _ = march(figure.distance, camera.origin(), rays, start)
    return figure.nearest(camera.origin() + rays * travelled)
