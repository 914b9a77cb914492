"""Who moves the face in a session: a generator, or its understudy."""

from dataclasses import dataclass
from typing import Any

from avatar.generator.base import MotionGenerator
from avatar.motion import Motions, MotionSpace, Vector
from avatar.tick import Tick

BLEND = 12
"""Ticks in which one takes over from the other."""


@dataclass(slots=True)
class _Plan:
    """The motions of the block under way, and how many of them were used."""

    motions: Motions
    used: int


class MotionCast:
    """Makes one motion for every tick; for the worker that performs a session."""

    def __init__(
        self,
        generator: MotionGenerator[Any],
        understudy: MotionGenerator[Any] | None,
        *,
        seed: int,
        rest: Vector,
    ) -> None:
        self._first, self._understudy = generator, understudy
        self._seed, self._rest = seed, rest
        self._wanted = self._generator = generator
        self._state: Any = generator.start(seed=seed, rest=rest)
        self._waiting: tuple[Tick, ...] = ()
        self._plan: _Plan | None = None
        self._last = rest
        self._blended = BLEND

    @property
    def space(self) -> MotionSpace:
        """What the motions mean."""
        return self._generator.space

    def relieve(self, *, relieved: bool) -> None:
        """From the next tick on the understudy acts, if there is one, or the first again."""
        self._wanted = self._first
        if relieved and self._understudy is not None:
            self._wanted = self._understudy

    def motion(self, tick: Tick) -> Vector:
        """The motion of the next tick."""
        if self._wanted is not self._generator:
            self._take_over()
        motion = self._made(tick)
        if self._blended < BLEND:
            self._blended += 1
            new = self._blended / BLEND
            motion = ((1 - new) * self._last + new * motion).astype(motion.dtype)
        self._last = motion
        return motion

    def _take_over(self) -> None:
        self._generator = self._wanted
        self._state = self._generator.start(seed=self._seed, rest=self._rest)
        self._plan, self._waiting, self._blended = None, (), 0

    def _made(self, tick: Tick) -> Vector:
        if tick.user_face is not None:
            self._generator.user_space.require(tick.user_face.space, "the user's face")
        self._waiting = (*self._waiting, tick)
        plan = self._plan
        if plan is not None and plan.used < len(plan.motions) and not tick.revised:
            plan.used += 1
            return plan.motions[plan.used - 1]
        motions, self._state = self._generator.step(self._waiting, self._state)
        self._plan = _Plan(motions, 1)
        self._waiting = ()
        return motions[0]
