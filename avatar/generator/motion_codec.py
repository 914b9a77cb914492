"""Between motions and the whitened tokens that a network works on.

A token is the motion's deviation from rest, whitened, and the whitened change of some channels
since the motion before. Channels with a change are put together from both on the way back: the
change is followed and the level pulls, so that a head moves smoothly.

A network that sees two seconds cannot know how long a smile has lasted or how a posture sways in
half a minute, and would keep what it sees of its own past. So every level fades a little with every
tick unless it is made anew, and what carries posture loses a little of each change; nodding does
not. And nothing goes further than people did: a gaze that is once where it never was in training is
not understood, and stays there.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, Int64

from avatar.motion import POSE, Motions, MotionSpace, Vector

PULL = 0.1
"""Share of the predicted level in channels that follow their predicted change."""
FADE, SMILE_FADE = 0.02, 0.03
"""Share of a predicted level that is lost in a tick; smiles that are smiled at need the more."""
SMILING = ("mouthSmile", "mouthDimple", "cheekSquint", "eyeSquint")
LEAK = 0.01
"""Share of the deviation that such channels lose in a tick: all of it in four seconds."""
RARE = 0.0005
"""Share of all motion that is beyond each bound."""
KEPT = {"headYaw": 0.93, "headRoll": 0.85, "headX": 0.9, "headZ": 0.9}
"""Share of a change that is followed; all of it in channels that nod."""
LEAST_SCALE = 0.02
"""A channel that hardly moves is not blown up beyond this."""

NUMBERS = ("mean", "scale", "moving", "change_scale", "low", "high")
"""What of a codec is kept on disk, beside the name of its space."""


@dataclass(frozen=True, eq=False, slots=True)
class MotionCodec:
    """Whitening of one motion space: mean and scale of levels, and of the changes of `moving`.

    `low` and `high` bound the deviation from rest. `kept` is the share of a change that is
    followed, by moving channel, `faded` the share of a predicted level that is left, by channel.
    """

    space: MotionSpace
    mean: Vector
    scale: Vector
    moving: Int64[np.ndarray, " moving"]
    change_scale: Float32[np.ndarray, " moving"]
    low: Vector
    high: Vector
    kept: Float32[np.ndarray, " moving"] = field(init=False, repr=False)
    faded: Vector = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = [self.space.channels[index] for index in self.moving.tolist()]
        kept = np.array([KEPT.get(name, 1.0) for name in names], np.float32)
        smiling = [name.startswith(SMILING) for name in self.space.channels]
        faded = (1 - np.where(smiling, SMILE_FADE, FADE)).astype(np.float32)
        object.__setattr__(self, "kept", kept)
        object.__setattr__(self, "faded", faded)

    @classmethod
    def fitted(cls, motions: list[Motions], space: MotionSpace) -> "MotionCodec":
        """Statistics of motions whose rest is the space's; poses get their changes as tokens."""
        together = np.concatenate(motions)
        names = [name for name in POSE if name in space.channels]
        moving = np.array([space.index(name) for name in names], np.int64)
        changes = np.concatenate([np.diff(motion[:, moving], axis=0) for motion in motions])
        low, high = np.quantile(together, [RARE, 1 - RARE], axis=0)
        return cls(
            space=space,
            mean=(together.mean(axis=0) - space.rest).astype(np.float32),
            scale=np.maximum(together.std(axis=0), LEAST_SCALE).astype(np.float32),
            moving=moving,
            change_scale=np.maximum(changes.std(axis=0), 1e-4).astype(np.float32),
            low=(low - space.rest).astype(np.float32),
            high=(high - space.rest).astype(np.float32),
        )

    @property
    def numbers(self) -> int:
        """Length of a token."""
        return self.space.dim + len(self.moving)

    def bounds(self, rest: Vector) -> tuple[Vector, Vector]:
        """Where motions about a rest stay: where people's were, inside the space."""
        low = np.maximum(self.space.low, rest + self.low)
        return low, np.minimum(self.space.high, rest + self.high)

    def encode(
        self, motions: Motions, before: Vector, rest: Vector
    ) -> Float32[np.ndarray, "ticks numbers"]:
        """Tokens of motions that follow the motion `before`."""
        levels = (motions - rest - self.mean) / self.scale
        lagged = np.concatenate([before[None], motions[:-1]])
        changes = (motions - lagged)[:, self.moving] / self.change_scale
        return np.concatenate([levels, changes], axis=1).astype(np.float32)

    def decode(
        self, tokens: Float32[np.ndarray, "ticks numbers"], before: Vector, rest: Vector
    ) -> Motions:
        """Motions of tokens that follow the motion `before`, inside both bounds."""
        levels = self.faded * tokens[:, : self.space.dim] * self.scale + self.mean + rest
        changes = tokens[:, self.space.dim :] * self.change_scale * self.kept
        usual = (self.mean + rest)[self.moving]
        low, high = self.bounds(rest)
        motions, last = np.empty_like(levels), before
        for index, (level, change) in enumerate(zip(levels, changes, strict=True)):
            followed = (1 - PULL) * (last[self.moving] + change) + PULL * level[self.moving]
            level[self.moving] = usual + (1 - LEAK) * (followed - usual)
            last = motions[index] = np.clip(level, low, high)
        return motions
