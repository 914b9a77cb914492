import numpy as np
import pytest

from avatar.synthetic.characters.cast import ANA
from avatar.synthetic.characters.portrait import DEPTH_SCALE, DEPTH_ZERO, Plates, display, draw

pytestmark = pytest.mark.xdist_group("characters")


@pytest.mark.slow
def test_the_same_arguments_give_the_same_plates():
    first, second = draw(ANA, 32, 1), draw(ANA, 32, 1)
    for name in ("portrait", "matte", "background", "depth", "eyes"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    for name, group in first.landmarks.items():
        assert np.array_equal(group, second.landmarks[name]), name


def test_the_background_shows_where_nobody_is(plates: Plates):
    nobody = plates.matte == 0
    assert 0.25 < nobody.mean() < 0.7
    assert np.array_equal(plates.portrait[nobody], plates.background[nobody])


def test_depth_is_known_wherever_the_person_is_solid(plates: Plates):
    assert (plates.depth[plates.matte == 255] > 0).all()
    assert (plates.depth[plates.matte == 0] == 0).all()


def test_the_nose_is_nearer_than_the_ears_and_in_inter_iris_distances(plates: Plates):
    depth = plates.depth / DEPTH_SCALE - DEPTH_ZERO
    x, y = np.rint(plates.landmarks["nose"][2]).astype(int)
    side_x, side_y = np.rint(plates.landmarks["jaw"][0]).astype(int)
    assert depth[y, x] == pytest.approx(1.68, abs=0.1)
    assert depth[y, x] > depth[side_y, side_x] + 0.5


def test_the_eyes_plate_covers_iris_and_white_behind_the_lids(plates: Plates):
    for side in ("right", "left"):
        centre, limbus = plates.landmarks[f"iris_{side}"]
        radius = np.hypot(*(limbus - centre))
        for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            x, y = np.rint(centre + 1.4 * radius * np.array([np.cos(angle), np.sin(angle)]))
            assert plates.eyes[int(y), int(x), 3] == 255
        x, y = np.rint(centre).astype(int)
        assert plates.eyes[y, x, :3].mean() < 60
        white = plates.eyes[y + round(1.6 * radius), x, :3]
        assert white.min() > 150
    assert (plates.eyes[..., 3] > 0).mean() < 0.05


def test_there_is_room_above_the_hair(plates: Plates):
    assert plates.matte[: round(0.06 * len(plates.matte))].max() == 0


def test_display_is_monotonic_and_bounded():
    levels = np.linspace(0, 50, 200, dtype=np.float32)[:, None].repeat(3, 1)
    shown = display(levels)
    assert shown[0].max() == 0
    assert shown.max() <= 1
    assert (np.diff(shown[:, 0]) >= 0).all()
