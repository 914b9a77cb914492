import numpy as np
import pytest

from avatar.synthetic.characters.distance import Points, Scalars, sphere, unit
from avatar.synthetic.characters.march import FAR, NEAR, coarse_start, drop, march, normals


def ball(points: Points) -> Scalars:
    return sphere(points, (0, 0, 0), 1.5)


def rays_from(x: np.ndarray, y: np.ndarray) -> Points:
    return unit(np.stack([x, y, np.full_like(x, -15)]).astype(np.float32))


def test_rays_stop_at_the_surface_and_miss_beside_it():
    origin = np.array([[0], [0], [15]], np.float32)
    rays = rays_from(np.array([0.0, 3.0]), np.array([0.0, 0.0]))
    travelled, hit = march(ball, origin, rays, np.full(2, NEAR, np.float32))
    assert hit.tolist() == [True, False]
    assert travelled[0] == pytest.approx(13.5, abs=2e-3)


def test_a_coarse_start_is_never_behind_the_surface():
    origin = np.array([[0], [0], [15]], np.float32)
    span = np.linspace(-2, 2, 48)
    x, y = np.meshgrid(span, span)
    rays = rays_from(x.reshape(-1), y.reshape(-1))
    start = coarse_start(ball, origin, rays, 48, 4)
    travelled, hit = march(ball, origin, rays, np.full(start.size, NEAR, np.float32))
    assert hit.sum() > 800
    assert (start[hit] < travelled[hit] + 1e-3).all()
    assert (start == FAR).any()


def test_normals_of_a_ball_point_away_from_its_centre():
    points = unit(np.random.default_rng(2).normal(size=(3, 30)).astype(np.float32)) * 1.5
    assert np.abs(normals(ball, points) - points / 1.5).max() < 5e-3


def test_drop_lands_on_the_front_of_a_surface():
    landed = drop(ball, np.array([0.0, 0.9], np.float32), np.array([0.0, 0.0], np.float32))
    assert landed[2] == pytest.approx([1.5, 1.2], abs=2e-3)
