"""The close-up: the square of a portrait that networks of moving faces are shown.

It is laid by the eyes alone, so that it is the same in training, in a portrait and in a video.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

EYES = 0.25
"""Inter-ocular distance as a part of the close-up's side."""
LEVEL = 0.45
"""Height of the eyes, as a part of the side from the top."""


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A square in a picture: left and top edge and side, in pixels, fractions allowed."""

    left: float
    top: float
    side: float

    @classmethod
    def of_eyes(cls, right: np.ndarray, left: np.ndarray) -> "CloseUp":
        """The close-up of a face by the middles of its eyes, pixel centres at whole numbers."""
        side = float(np.linalg.norm(left - right)) / EYES
        x, y = (float(value) + 0.5 for value in (right + left) / 2)
        return cls(x - side / 2, y - LEVEL * side, side)

    def grown(self, share: float) -> "CloseUp":
        """The same with a margin of a share of its side all around."""
        more = share * self.side
        return CloseUp(self.left - more, self.top - more, self.side + 2 * more)

    def whole(self) -> "CloseUp":
        """The nearest one of whole pixels."""
        return CloseUp(round(self.left), round(self.top), max(1, round(self.side)))

    def view(self, size: int) -> Float32[np.ndarray, "2 3"]:
        """The affine map from the picture's pixels to those of a close-up of `size` pixels."""
        scale = size / self.side
        return np.array(
            [
                [scale, 0, scale * (0.5 - self.left) - 0.5],
                [0, scale, scale * (0.5 - self.top) - 0.5],
            ],
            np.float32,
        )

    def cut(
        self, picture: UInt8[np.ndarray, "height width 3"], size: int
    ) -> UInt8[np.ndarray, "size size 3"]:
        """The close-up of a picture in `size` pixels; what lies outside continues its border."""
        box = self.whole()
        view = np.array([[1, 0, -box.left], [0, 1, -box.top]], np.float32)
        exact = cv2.warpAffine(
            picture, view, (int(box.side), int(box.side)), borderMode=cv2.BORDER_REPLICATE
        )
        way = cv2.INTER_AREA if box.side > size else cv2.INTER_CUBIC
        return cv2.resize(exact, (size, size), interpolation=way)
