"""The shape of the picture: the square portrait, cut upright, or continued to both sides."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
from jaxtyping import UInt8

from avatar.rendering.curves import smoothstep
from avatar.rendering.sampling import sample

Framing: TypeAlias = Literal["square", "portrait", "landscape"]
Pixels: TypeAlias = UInt8[np.ndarray, "_ _ 3"]
ASPECTS: Mapping[Framing, tuple[int, int]] = {
    "square": (1, 1),
    "portrait": (3, 4),
    "landscape": (16, 9),
}
"""Width to height."""
WIDTH_STEP = 16
"""Pixels that divide every width: what video codecs like."""
BLUR, BLUR_FROM = 0.015, 0.12
"""Of the continued background: deviation, and how far beside the portrait it is whole, in heights.
"""
MIRROR_ABOVE = 0.52
"""Of the height from the top: what lies lower is not mirrored."""
SLOPE_OVER = 0.06
"""Part of the width at the edge of the portrait that tells how steep the shoulder is."""
SLOPES = (0.10, 1.2)
FALL = 1.6
"""How quickly a shoulder becomes an arm."""


class Canvas(NamedTuple):
    """Width and height of the picture, and how many columns it has beside the square on each side;
    fewer than 0 are cut away.
    """

    width: int
    height: int
    beside: int

    @property
    def square(self) -> tuple[slice, slice]:
        """Rows and columns of the square in what is drawn."""
        left = max(self.beside, 0)
        return slice(0, self.height), slice(left, left + self.height)

    def cut(self, drawn: Pixels) -> Pixels:
        """What is shown of what is drawn."""
        if self.beside >= 0:
            return drawn
        return np.ascontiguousarray(drawn[:, -self.beside : -self.beside + self.width])


def canvas_of(framing: Framing, height: int) -> Canvas:
    """The picture of a framing."""
    across, down = ASPECTS[framing]
    width = height if across == down else round(height * across / down / WIDTH_STEP) * WIDTH_STEP
    return Canvas(width, height, (width - height) // 2)


def continued_background(background: Pixels, beside: int) -> Pixels:
    """A background with columns added to both sides: its mirror, less and less sharp.

    Low down, where the edge of a photo may cut a shoulder, the edge goes on instead: nobody has a
    mirrored arm.
    """
    if beside == 0:
        return background
    height = background.shape[0]
    mirrored, drawn_out = (
        cv2.copyMakeBorder(background, 0, 0, beside, beside, way).astype(np.float32)
        for way in (cv2.BORDER_REFLECT_101, cv2.BORDER_REPLICATE)
    )
    down = np.arange(height, dtype=np.float32)[:, None] / height
    low = smoothstep((down - MIRROR_ABOVE) / 0.1)
    wide = mirrored + (drawn_out - mirrored) * low[..., None]
    soft = cv2.GaussianBlur(wide, (0, 0), BLUR * height)
    outside = np.abs(np.arange(wide.shape[1]) - (wide.shape[1] - 1) / 2) - height / 2
    share = np.clip(outside / (BLUR_FROM * height), 0, 1).astype(np.float32)[None, :, None]
    return (wide + (soft - wide) * share).clip(0, 255).round().astype(np.uint8)


def continued_person(
    person: UInt8[np.ndarray, "height height 4"], beside: int
) -> UInt8[np.ndarray, "height width 4"]:
    """A person, RGBA, with columns added to both sides: shoulders that the edge cuts go on, ever
    steeper.
    """
    if beside == 0:
        return person
    right = _beyond(person, beside)
    left = _beyond(np.ascontiguousarray(person[:, ::-1]), beside)[:, ::-1]
    return np.ascontiguousarray(np.hstack([left, person, right]))


def _beyond(
    person: UInt8[np.ndarray, "height height 4"], beside: int
) -> UInt8[np.ndarray, "height beside 4"]:
    """What lies to the right of the right edge."""
    height, width = person.shape[:2]
    inward = round(SLOPE_OVER * width)
    rise = _top(person[:, -1 - inward, 3]) - _top(person[:, -1, 3])
    slope = float(np.clip(-rise / inward, *SLOPES))
    away = np.arange(1, beside + 1, dtype=np.float32)
    fallen = slope * away + FALL / height * away * away
    rows = np.arange(height, dtype=np.float32)[:, None] - fallen
    columns = np.broadcast_to(np.float32(width - 1), rows.shape)
    return sample(person, np.dstack([columns, rows]).astype(np.float32), outside=0)


def _top(alpha: UInt8[np.ndarray, " height"]) -> float:
    """The row where a column of a person begins, its end when there is none."""
    solid = np.flatnonzero(alpha > 127)
    return float(solid[0]) if len(solid) else float(len(alpha))
