"""A square of a picture that is moved and painted by a coarse flow, at the picture's own size."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from avatar.rendering.base import Picture
from avatar.rendering.close_up import CloseUp

DECIDED = (0.3, 0.7)
"""Of what a network shows of a portrait, below and above which nothing is mixed: half of both is
a haze.
"""


@dataclass(frozen=True, eq=False, slots=True)
class Flow:
    """What makes a picture of a portrait, on the cells of a square.

    `moved` is how far away colours are taken, -1 to 1 across the square; `shown` the part of them
    that is seen, the rest is `paint` (RGB, 0 to 255).
    """

    moved: Float32[np.ndarray, "cells cells 2"]
    shown: Float32[np.ndarray, "cells cells"]
    paint: UInt8[np.ndarray, "cells cells 3"]

    @classmethod
    def of(cls, moved: np.ndarray, shown: np.ndarray, paint: np.ndarray) -> "Flow":
        """A flow from a network's planes, paint from -1 to 1."""
        colours = np.clip((paint.transpose(1, 2, 0) + 1) * 127.5, 0, 255).astype(np.uint8)
        low, high = DECIDED
        kept = np.clip((shown[0] - low) / (high - low), 0, 1).astype(np.float32)
        return cls(np.ascontiguousarray(moved.transpose(1, 2, 0)), kept, colours)

    def without_paint(self) -> "Flow":
        """The same where all of the portrait is seen."""
        return Flow(self.moved, np.ones_like(self.shown), self.paint)

    def mirrored(self) -> "Flow":
        """The same in a mirror."""
        shown, paint = (np.ascontiguousarray(one[:, ::-1]) for one in (self.shown, self.paint))
        return Flow(np.ascontiguousarray(mirrored_flow(self.moved)), shown, paint)


def mirrored_flow(
    moved: Float32[np.ndarray, "*batch rows columns 2"],
) -> Float32[np.ndarray, "*batch rows columns 2"]:
    """How far away colours are taken, right and down, in a mirror."""
    return moved[..., ::-1, :] * np.array([-1, 1], np.float32)


class MovingSquare:
    """Where a square lies in a picture of so many pixels, as far as it does."""

    def __init__(self, box: CloseUp, size: int) -> None:
        whole = box.whole()
        self._side = int(whole.side)
        top, left = int(whole.top), int(whole.left)
        self._drawn = tuple(
            slice(max(0, edge), min(size, edge + self._side)) for edge in (top, left)
        )
        self._part = tuple(
            slice(inside.start - edge, inside.stop - edge)
            for inside, edge in zip(self._drawn, (top, left), strict=True)
        )
        rows, columns = self._drawn
        self._at = np.dstack(
            np.meshgrid(
                np.arange(columns.start, columns.stop, dtype=np.float32),
                np.arange(rows.start, rows.stop, dtype=np.float32),
            )
        )

    def draw(self, portrait: Picture, flow: Flow, picture: Picture) -> None:
        """Draw into a picture what a flow makes of a portrait."""
        moved, shown, paint = (
            cv2.resize(plane, (self._side, self._side), interpolation=cv2.INTER_LINEAR)[self._part]
            for plane in (flow.moved, flow.shown, flow.paint)
        )
        places = self._at + moved * np.float32(self._side / 2)
        nothing: Any = None
        warped = cv2.remap(
            portrait, places, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        kept = np.ascontiguousarray(shown)
        picture[self._drawn] = cv2.blendLinear(warped, np.ascontiguousarray(paint), kept, 1 - kept)
