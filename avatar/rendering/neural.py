"""The neural renderer: a decoder draws latents over the maps of one portrait.

It knows no framework: whatever draws motions of a space as pictures will do, on whatever device.
"""

from typing import Protocol, TypeAlias, runtime_checkable

import cv2
import numpy as np
from jaxtyping import UInt8

from avatar.motion import Motions, MotionSpace, Vector
from avatar.rendering.base import Picture

Pictures: TypeAlias = UInt8[np.ndarray, "pictures height width 3"]


@runtime_checkable
class PortraitDecoder(Protocol):
    """Draws one portrait. Owns no state; one thread at a time uses it."""

    space: MotionSpace
    side: int
    """Pixels of a picture's width and height."""
    rest: Vector
    """The motion that the portrait itself shows."""

    def draw(self, motions: Motions) -> Pictures:
        """A picture of each motion; all are finite."""
        ...


class NeuralRenderer:
    """Draws one portrait with a decoder, `height` pixels a side (the decoder's own when None).

    `rest` is the motion that the portrait shows. A motion that is not finite shows the picture
    before it, or the portrait at rest when there was none.
    """

    def __init__(
        self, decoder: PortraitDecoder, *, name: str, licence: str, height: int | None = None
    ) -> None:
        self.name, self.licence = name, licence
        self.space, self.rest = decoder.space, decoder.rest
        self._decoder = decoder
        side = height or decoder.side
        self.size = (side, side)

    def start(self) -> Picture | None:
        """No picture has been drawn."""
        return None

    def render(
        self,
        motion: Vector,
        state: Picture | None,
        *,
        ticks: int = 1,  # noqa: ARG002 - nothing lags behind a motion here
    ) -> tuple[Picture, Picture | None]:
        """Draw one motion."""
        if state is not None and not np.isfinite(motion).all():
            return state, state
        picture = self.render_many(motion[None])[0]
        return picture, picture

    def render_many(self, motions: Motions) -> Pictures:
        """Draw several motions at once: a block of one session, or of sessions that share it."""
        finite = np.isfinite(motions).all(axis=1, keepdims=True)
        drawn = self._decoder.draw(np.where(finite, motions, self.rest).astype(np.float32))
        if self.size[0] == self._decoder.side:
            return drawn
        return np.stack([self._sized(picture) for picture in drawn])

    def _sized(self, picture: Picture) -> UInt8[np.ndarray, "side side 3"]:
        way = cv2.INTER_AREA if self.size[0] < self._decoder.side else cv2.INTER_CUBIC
        return cv2.resize(picture, self.size, interpolation=way).astype(np.uint8, copy=False)
