"""One frame on its way to a picture: the face, its pose, and where each pixel comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.rendering.fields import GRID, Cut
from avatar.rendering.head import Pose

SourceMap: TypeAlias = Float32[np.ndarray, "_ _ 2"]
"""Portrait (x, y) for every cell or pixel of the picture."""


@dataclass(frozen=True)
class Box:
    """A rectangle of picture pixels, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def clipped(self, size: int) -> "Box":
        """The part inside a square picture."""
        low, high = (
            (max(0, self.left), max(0, self.top)),
            (min(size, self.right), min(size, self.bottom)),
        )
        return Box(*low, *high)

    def part(self, crop: tuple[slice, slice]) -> "Box":
        """The rectangle that rows and columns of this one select."""
        rows, columns = crop
        return Box(
            self.left + columns.start,
            self.top + rows.start,
            self.left + columns.stop,
            self.top + rows.stop,
        )

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.right <= self.left or self.bottom <= self.top


@dataclass(frozen=True, eq=False)
class View:
    """What the openings and the light need of one frame.

    `above` and `below` map the picture to the portrait for what lies above and below the cuts.
    """

    face: Mapping[str, float]
    pose: Pose
    above: SourceMap
    below: SourceMap
    size: int
    unit: float

    def zoom(self, source: SourceMap, box: Box) -> SourceMap:
        """A source map at every pixel of a box."""
        step = self.size / GRID
        grid_to_box = np.array(
            [
                [1 / step, 0, (box.left + 0.5) / step - 0.5],
                [0, 1 / step, (box.top + 0.5) / step - 0.5],
            ],
            np.float32,
        )
        return cv2.warpAffine(
            source,
            grid_to_box,
            (box.right - box.left, box.bottom - box.top),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )


def coverage(
    cut: Cut, above: SourceMap, below: SourceMap, retreat: float | Float32[np.ndarray, "r c"] = 0.0
) -> tuple[Float32[np.ndarray, "r c"], Float32[np.ndarray, "r c"]]:
    """How far each pixel lies past the upper and the lower edge of an opening, in portrait pixels.

    Positive is inside the opening. `retreat` widens the opening on both edges.
    """
    last = len(cut.upper) - 1
    upper = cut.upper[np.clip(above[..., 0], 0, last).astype(np.int32)]
    lower = cut.lower[np.clip(below[..., 0], 0, last).astype(np.int32)]
    return above[..., 1] - upper + retreat, lower - below[..., 1] + retreat
