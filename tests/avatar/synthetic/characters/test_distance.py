import numpy as np
import pytest

from avatar.synthetic.characters.distance import (
    PlaneMap,
    cone,
    ellipsoid,
    grid,
    mirrored,
    ramp,
    smooth_intersection,
    smooth_union,
    sphere,
    unit,
)


def points(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).T


def test_sphere_distance_is_exact_inside_and_outside():
    found = sphere(points((3, 0, 0), (1, 0.5, 0), (1, 1, 4)), (1, 1, 0), 1.5)
    assert found == pytest.approx([np.sqrt(5) - 1.5, -1.0, 2.5], abs=1e-6)


def test_ellipsoid_of_equal_radii_is_a_sphere():
    where = np.random.default_rng(0).uniform(-3, 3, (3, 50)).astype(np.float32)
    ball = sphere(where, (0.2, -0.1, 0.4), 1.2)
    assert ellipsoid(where, (0.2, -0.1, 0.4), (1.2, 1.2, 1.2)) == pytest.approx(ball, abs=1e-5)


def test_ellipsoid_vanishes_on_its_surface():
    direction = unit(np.random.default_rng(1).normal(size=(3, 40)).astype(np.float32))
    radii = np.array([0.5, 1.0, 2.0], np.float32)[:, None]
    assert np.abs(ellipsoid(direction * radii, (0, 0, 0), (0.5, 1.0, 2.0))).max() < 1e-5


def test_cone_radius_runs_from_start_to_end():
    where = points((0, 0.5, 0), (4, 0.9, 0), (2, 1.0, 0), (-1, 0, 0))
    found = cone(where, (0, 0, 0), (4, 0, 0), (0.1, 0.5))
    assert found == pytest.approx([0.4, 0.4, 0.7, 0.9], abs=1e-6)


def test_smooth_union_is_the_minimum_where_solids_are_far_apart():
    left, right = np.array([0.1, 2.0], np.float32), np.array([2.0, -0.3], np.float32)
    assert smooth_union(left, right, 0.2) == pytest.approx([0.1, -0.3], abs=1e-6)


def test_smooth_union_adds_a_fillet_and_smooth_intersection_removes_one():
    same = np.array([0.5], np.float32)
    assert smooth_union(same, same, 0.2)[0] == pytest.approx(0.5 - 0.05, abs=1e-6)
    assert smooth_intersection(same, same, 0.2)[0] == pytest.approx(0.5 + 0.05, abs=1e-6)


def test_ramp_runs_either_way():
    values = np.array([-1, 0, 0.5, 1, 2], np.float32)
    assert ramp(values, 0, 1) == pytest.approx([0, 0, 0.5, 1, 1])
    assert ramp(values, 1, 0) == pytest.approx([1, 1, 0.5, 0, 0])


def test_mirrored_folds_x_and_keeps_its_argument():
    where = points((-2, 1, 1))
    assert mirrored(where)[0, 0] == 2
    assert where[0, 0] == -2


def test_plane_map_is_exact_on_a_plane_and_holds_its_border():
    x, y = grid((-1, -2), (1, 2), 0.1)
    plane = PlaneMap((2 * x - y).astype(np.float32), (-1, -2), 0.1)
    at_x, at_y = np.array([0.234, 5.0], np.float32), np.array([-0.77, 0.0], np.float32)
    assert plane.at(at_x, at_y) == pytest.approx([2 * 0.234 + 0.77, 2.0], abs=2e-3)
