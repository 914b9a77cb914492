import numpy as np
import pytest

from avatar.synthetic.characters.camera import EYE_ROW, IRIS_PLANE, SCALE, Camera


def test_one_unit_at_the_irises_spans_the_scale():
    camera = Camera(200, 1)
    ends = np.array([[-0.5, 0.5], [0, 0], [IRIS_PLANE, IRIS_PLANE]], np.float32)
    (left, right), rows = camera.pixels(ends)
    assert right - left == pytest.approx(200 * SCALE, abs=1e-3)
    assert (left + right) / 2 == pytest.approx(99.5, abs=1e-3)
    assert rows == pytest.approx([200 * EYE_ROW - 0.5] * 2, abs=1e-2)


@pytest.mark.parametrize("view", [(0.0, 0.0), (0.2, -0.1)])
def test_rays_pass_through_the_samples_they_belong_to(view: tuple[float, float]):
    camera = Camera(16, 2, view)
    samples = np.array([0, 37, 500, 1023])
    along = camera.origin() + camera.rays()[:, samples] * np.float32(13)
    x, y = camera.project(along)
    assert x == pytest.approx(samples % 32, abs=1e-2)
    assert y == pytest.approx(samples // 32, abs=1e-2)


def test_yaw_turns_the_nose_to_the_subjects_left_and_pitch_lifts_it():
    nose = np.array([[0], [-0.5], [1.6]], np.float32)
    straight = Camera(64, 1).pixels(nose)
    assert Camera(64, 1, (0.2, 0.0)).pixels(nose)[0, 0] > straight[0, 0] + 1
    assert Camera(64, 1, (0.0, 0.2)).pixels(nose)[1, 0] < straight[1, 0] - 1


def test_supersampling_does_not_move_pixels():
    point = np.array([[0.3], [0.2], [1.0]], np.float32)
    assert Camera(64, 3).pixels(point) == pytest.approx(Camera(64, 1).pixels(point), abs=1e-4)
