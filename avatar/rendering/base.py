"""What a renderer is: a motion and what lags behind it in, a picture out."""

from typing import Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from avatar.motion import MotionSpace, Vector

Picture: TypeAlias = UInt8[np.ndarray, "height width 3"]
"""8-bit sRGB, rows from the top, not mirrored."""

R = TypeVar("R")


@runtime_checkable
class Renderer(Protocol[R]):
    """Draws motions of one space as pictures of one size. Shared by sessions; owns no state."""

    space: MotionSpace
    size: tuple[int, int]
    """Width and height in pixels."""

    def start(self) -> R:
        """The state before the first picture."""
        ...

    def render(self, motion: Vector, state: R, *, ticks: int = 1) -> tuple[Picture, R]:
        """Draw one motion. `ticks` have passed since the last picture of this state."""
        ...
