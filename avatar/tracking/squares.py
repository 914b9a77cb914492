"""The square of a picture that motion auto-encoders see: a face with as much again around it."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import UInt8

Pixels: TypeAlias = UInt8[np.ndarray, "height width 3"]
Cut: TypeAlias = UInt8[np.ndarray, "side side 3"]

AROUND = 2.0
"""Half the square's side in the larger half of the face's box."""
LEAST_SIDE = 16
"""Pixels: a face at the very edge leaves no square that shows it."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face from the middle of the forehead to the chin and from ear to ear, in pixels; `x` and
    `y` are its middle.
    """

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: "FaceBox") -> float:
        """Shared area as a part of the area of both together."""
        shared = _shared(self.x, self.width, other.x, other.width)
        shared *= _shared(self.y, self.height, other.y, other.height)
        return shared / (self.width * self.height + other.width * other.height - shared)


@dataclass(frozen=True, slots=True)
class Square:
    """A part of a picture, in whole pixels."""

    left: int
    top: int
    side: int

    def overlap(self, other: "Square") -> float:
        """Shared area as a part of the area of both together."""
        return self.box.overlap(other.box)

    @property
    def box(self) -> FaceBox:
        """The same with its middle."""
        half = self.side / 2
        return FaceBox(self.left + half, self.top + half, self.side, self.side)


def square_around(face: FaceBox, width: int, height: int) -> Square:
    """The square around a face in a picture of this size.

    It ends where the picture ends, and becomes smaller there: weights were trained with such crops,
    and not with borders that were made up.
    """
    half = AROUND * max(face.width, face.height) / 2
    left, right = np.clip([face.x - half, face.x + half], 0, width)
    top, bottom = np.clip([face.y - half, face.y + half], 0, height)
    side = max(LEAST_SIDE, int(min(right - left, bottom - top)))
    return Square(
        int(np.clip(round(face.x - side / 2), 0, width - side)),
        int(np.clip(round(face.y - side / 2), 0, height - side)),
        side,
    )


def cut_square(picture: Pixels, square: Square, size: int) -> Cut:
    """What a square shows, `size` pixels a side."""
    part = picture[square.top :, square.left :][: square.side, : square.side]
    way = cv2.INTER_AREA if square.side > size else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(part), (size, size), interpolation=way).astype(
        np.uint8, copy=False
    )


def _shared(middle: float, length: float, other_middle: float, other_length: float) -> float:
    reach = (length + other_length) / 2 - abs(middle - other_middle)
    return max(0.0, min(reach, length, other_length))
