import numpy as np
import pytest

from avatar.synthetic.characters.splat import Dots, composite


def test_the_nearest_point_is_in_front_and_opacity_adds_up():
    points = Dots(
        sample=np.array([1, 1, 3]),
        depth=np.array([0.2, 0.9, 0.5], np.float32),
        opacity=np.array([1.0, 0.5, 0.25], np.float32),
        colour=np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    )
    veil = composite(points, 4)
    assert veil.opacity == pytest.approx([0, 1, 0, 0.25])
    assert veil.colour[1] == pytest.approx([0.5, 0.5, 0])
    assert veil.colour[3] == pytest.approx([0, 0, 0.25])
    assert veil.depth[1] == pytest.approx(0.9)


def test_no_hair_leaves_everything_clear():
    nothing = np.zeros(0, np.float32)
    empty = Dots(np.zeros(0, np.int64), nothing, nothing, np.zeros((0, 3), np.float32))
    assert composite(empty, 5).opacity.max() == 0
