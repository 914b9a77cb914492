"""Motion spaces: what the numbers of a face mean.

`ARKIT58` is the space of the embedded parts and of the wire: the 52 ARKit blendshape coefficients
in [0, 1], then head yaw, pitch and roll in radians, then x, y and z in inter-ocular distances.
Left and right are the subject's own. Yaw + turns to the subject's left, pitch + lifts the chin,
roll + tilts toward the own left shoulder; rotation = yaw * pitch * roll; x + goes to the own left,
y + up, z + toward the camera.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import radians
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float32

from avatar.errors import SpaceMismatch

Vector: TypeAlias = Float32[np.ndarray, " dim"]
Motions: TypeAlias = Float32[np.ndarray, "ticks dim"]

COEFFICIENTS: tuple[str, ...] = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
"""The 52 ARKit coefficients in the order of the wire."""

POSE: tuple[str, ...] = ("headYaw", "headPitch", "headRoll", "headX", "headY", "headZ")


@dataclass(frozen=True, eq=False)
class MotionSpace:
    """What each number of a motion vector means, where it rests and how far it goes.

    Two spaces are the same when name and channels are. `low` and `high` bound every channel;
    `clamp` applies them.
    """

    name: str
    channels: tuple[str, ...]
    rest: Vector
    low: Vector
    high: Vector
    _index: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError when the bounds do not belong to the channels."""
        for bound in (self.rest, self.low, self.high):
            if bound.shape != (self.dim,):
                raise ValueError(f"{self.name}: bounds {bound.shape} for {self.dim} channels")
        object.__setattr__(self, "_index", {name: i for i, name in enumerate(self.channels)})

    @property
    def dim(self) -> int:
        """Number of channels."""
        return len(self.channels)

    def index(self, channel: str) -> int:
        """Position of a channel. Raises KeyError for a name that is not in the space."""
        return self._index[channel]

    def vector(self, values: Mapping[str, float]) -> Vector:
        """The resting vector with some channels set. `mouthSmile` sets both sides."""
        result = self.rest.copy()
        for name, value in values.items():
            for channel in (name,) if name in self._index else (f"{name}Left", f"{name}Right"):
                result[self._index[channel]] = value
        return result

    def clamp(
        self, motion: Float32[np.ndarray, "*frames dim"]
    ) -> Float32[np.ndarray, "*frames dim"]:
        """The motion with each channel inside its bounds."""
        return np.clip(motion, self.low, self.high)

    def require(self, other: "MotionSpace", who: str) -> None:
        """Raise SpaceMismatch unless `other` is this space; `who` names the part that has it."""
        if (other.name, other.channels) != (self.name, self.channels):
            raise SpaceMismatch(
                f"{who} speaks the motion space {other.name} ({other.dim} numbers), "
                f"{self.name} ({self.dim}) is needed: choose parts of one space"
            )


def _arkit58() -> MotionSpace:
    turn, shift = radians(60), 4.0
    low = [0.0] * len(COEFFICIENTS) + [-turn] * 3 + [-shift] * 3
    high = [1.0] * len(COEFFICIENTS) + [turn] * 3 + [shift] * 3
    return MotionSpace(
        name="arkit58",
        channels=COEFFICIENTS + POSE,
        rest=np.zeros(len(low), np.float32),
        low=np.array(low, np.float32),
        high=np.array(high, np.float32),
    )


ARKIT58 = _arkit58()
"""52 ARKit coefficients and the pose of the head."""


@cache
def latent_space(dim: int) -> MotionSpace:
    """The motion latents of an auto-encoder that makes `dim` numbers of a face."""
    return MotionSpace(
        name=f"latent{dim}",
        channels=tuple(f"m{i}" for i in range(dim)),
        rest=np.zeros(dim, np.float32),
        low=np.full(dim, -np.inf, np.float32),
        high=np.full(dim, np.inf, np.float32),
    )


LATENT512 = latent_space(512)
"""The motion latent of the official Avatar Forcing checkpoints."""


@dataclass(frozen=True, eq=False)
class FaceObservation:
    """What a tracker, a browser or a recording says of the user's face.

    `seen` marks the channels that were observed; the others hold the rest and mean nothing.
    `age_ticks` is how long ago it was true.
    """

    space: MotionSpace
    motion: Vector
    seen: Bool[np.ndarray, " dim"]
    age_ticks: int = 0

    def value(self, channel: str) -> float | None:
        """One channel, or None when it is not seen."""
        i = self.space.index(channel)
        return float(self.motion[i]) if self.seen[i] else None
