"""The square around a face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.tracking.squares import FaceBox, Square, cut_square, square_around


@pytest.mark.parametrize(
    ("face", "square"),
    [
        (FaceBox(320, 240, 80, 100), Square(220, 140, 200)),
        (FaceBox(320, 240, 120, 100), Square(200, 120, 240)),
        (FaceBox(320, 90, 80, 100), Square(225, 0, 190)),
        (FaceBox(600, 240, 80, 100), Square(500, 170, 140)),
        (FaceBox(320, 240, 400, 500), Square(80, 0, 480)),
    ],
)
def test_it_is_twice_the_box_and_ends_with_the_picture(face: FaceBox, square: Square) -> None:
    assert square_around(face, 640, 480) == square


@given(
    st.floats(-50, 700), st.floats(-50, 530), st.floats(1, 900), st.floats(1, 900),
)  # fmt: skip
def test_every_square_lies_in_the_picture(x: float, y: float, width: float, height: float) -> None:
    square = square_around(FaceBox(x, y, width, height), 640, 480)
    assert 0 <= square.left <= 640 - square.side
    assert 0 <= square.top <= 480 - square.side
    assert square.side >= 16


@pytest.mark.parametrize("size", [20, 64, 100])
def test_what_is_cut_out(size: int) -> None:
    picture = np.zeros((100, 120, 3), np.uint8)
    picture[20:84, 40:104] = 200
    assert (cut_square(picture, Square(40, 20, 64), size) == 200).all()
    assert cut_square(picture, Square(40, 20, 64), size).shape == (size, size, 3)
    assert cut_square(picture, Square(8, 20, 64), 64)[:, :32].max() == 0


def test_overlaps() -> None:
    assert Square(0, 0, 10).overlap(Square(0, 0, 10)) == pytest.approx(1)
    assert Square(0, 0, 10).overlap(Square(5, 0, 10)) == pytest.approx(1 / 3)
    assert Square(0, 0, 10).overlap(Square(20, 0, 10)) == 0
    assert FaceBox(5, 5, 10, 10).overlap(FaceBox(5, 5, 5, 10)) == pytest.approx(0.5)
