from dataclasses import astuple, replace

import numpy as np
import pytest

from avatar.tracking.detection import Box
from avatar.tracking.pose import Chart, HeadPose, chart_of, fit, frontal, project, strays

BOX = Box(128, 90, 60)


def chart() -> Chart:
    grid = np.dstack(np.meshgrid(np.linspace(105, 150, 6), np.linspace(70, 105, 6)))
    return chart_of(grid.reshape(-1, 2), frontal(BOX))


def test_the_box_of_a_frontal_pose_is_the_one_it_came_from() -> None:
    box = frontal(BOX).box
    assert (box.x, box.y, box.side) == pytest.approx((BOX.x, BOX.y, BOX.side))


def test_a_chart_is_seen_where_it_came_from() -> None:
    points = np.array([[110.0, 80.0], [128.0, 90.0], [150.0, 100.0]])
    pose = HeadPose(0.2, -0.1, 0.15, np.log(25.0), 128.0, 115.0)
    assert np.allclose(project(chart_of(points, pose), pose), points, atol=1e-6)


@pytest.mark.parametrize(
    ("turn", "axis", "sign"), [("yaw", 0, 1), ("pitch", 1, -1)], ids=["yaw", "pitch"]
)
def test_a_turn_moves_the_face_to_its_side(turn: str, axis: int, sign: int) -> None:
    still = frontal(BOX)
    moved = project(chart(), replace(still, **{turn: 0.1})) - project(chart(), still)
    assert (sign * moved[:, axis] > 1).all()


def test_a_pose_is_found_again() -> None:
    still = frontal(BOX)
    truth = HeadPose(0.15, -0.12, 0.1, still.log_eyes + 0.05, still.x + 4, still.y - 3)
    points = project(chart(), truth)
    found = still
    for _ in range(8):
        found = fit(chart(), points, found, (truth.x, truth.y))
    assert astuple(found) == pytest.approx(astuple(truth), abs=0.01)


def test_a_few_wrong_points_do_not_carry_the_pose_away() -> None:
    still = frontal(BOX)
    points = project(chart(), replace(still, yaw=0.1))
    points[:4] += 15
    found = still
    for _ in range(8):
        found = fit(chart(), points, found, (still.x, still.y))
    assert found.yaw == pytest.approx(0.1, abs=0.03)
    assert (strays(chart(), points, found) > 0.4).tolist() == [True] * 4 + [False] * 32
