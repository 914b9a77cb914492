"""A renderer around whatever draws."""

import numpy as np
import pytest

from avatar.motion import Motions, Vector, latent_space
from avatar.rendering.base import Renderer
from avatar.rendering.neural import NeuralRenderer, Pictures

SPACE = latent_space(3)
REST = np.array([10, 20, 30], np.float32)


class Plain:
    """Draws the numbers themselves, as colours, and tells what it was asked."""

    space, side, rest = SPACE, 8, REST

    def __init__(self) -> None:
        self.asked: list[int] = []

    def draw(self, motions: Motions) -> Pictures:
        assert motions.dtype == np.float32
        self.asked.append(len(motions))
        colours = np.broadcast_to(motions[:, None, None], (len(motions), 8, 8, 3))
        return np.ascontiguousarray(colours).astype(np.uint8)


def renderer(height: int | None = None) -> NeuralRenderer:
    return NeuralRenderer(Plain(), name="plain", licence="private", height=height)


def vector(*values: float) -> Vector:
    return np.array(values, np.float32)


@pytest.mark.parametrize(("height", "side"), [(None, 8), (4, 4), (20, 20)])
def test_pictures_have_the_size_that_is_wanted(height: int | None, side: int) -> None:
    made = renderer(height)
    picture, _ = made.render(vector(1, 2, 3), made.start())
    assert made.size == (side, side)
    assert picture.shape == (side, side, 3)
    assert (picture == [1, 2, 3]).all()
    assert isinstance(made, Renderer)
    assert (made.rest == REST).all()


def test_several_are_drawn_at_once() -> None:
    decoder = Plain()
    made = NeuralRenderer(decoder, name="plain", licence="private")
    motions = np.arange(12, dtype=np.float32).reshape(4, 3)
    assert (made.render_many(motions)[:, 0, 0] == motions).all()
    assert decoder.asked == [4]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_number_shows_the_picture_before_it(bad: float) -> None:
    made = renderer()
    good, state = made.render(vector(1, 2, 3), made.start())
    held, state = made.render(vector(1, bad, 3), state)
    assert (held == good).all()
    after, _ = made.render(vector(4, 5, 6), state)
    assert (after == [4, 5, 6]).all()


def test_a_bad_number_at_first_shows_the_portrait_and_hurts_nobody_else() -> None:
    made = renderer()
    first, _ = made.render(vector(np.nan, 2, 3), made.start())
    assert (first == [10, 20, 30]).all()
    both = made.render_many(np.array([[1, 2, 3], [np.inf, 0, 0]], np.float32))
    assert (both[0] == [1, 2, 3]).all()
    assert (both[1] == [10, 20, 30]).all()
