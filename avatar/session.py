"""One conversation: a timeline, a generator's state and a renderer's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from avatar.behaviour.taking import TakingState, take, with_taking
from avatar.generator.base import MotionGenerator
from avatar.motion import ARKIT58, Motions, Vector
from avatar.rendering.base import Picture, Renderer
from avatar.tick import Tick
from avatar.timeline import Timeline


@dataclass(frozen=True, slots=True)
class AvatarFrame:
    """A tick with the motion of the avatar and its picture; None when only the motion was made."""

    tick: Tick
    motion: Vector
    picture: Picture | None


@dataclass(slots=True)
class _Plan:
    """The motions of the block under way, and how many of them were used."""

    motions: Motions
    used: int


class AvatarSession:
    """One conversation with one avatar.

    `timeline` is for the event loop: push and take ticks there. `perform` is for a worker: it makes
    a motion for every tick and draws the last. Ticks must be performed in order, once.
    """

    def __init__(
        self,
        *,
        generator: MotionGenerator[Any],
        renderer: Renderer[Any],
        rest: Vector,
        voice_rate: int,
        seed: int,
    ) -> None:
        self.timeline = Timeline(
            voice_rate=voice_rate, look_ahead=generator.look_ahead + generator.block - 1
        )
        self._generator, self._renderer = generator, renderer
        self._state: Any = generator.start(seed=seed, rest=rest)
        self._picture_state: Any = renderer.start()
        self._undrawn = 0
        self._waiting: tuple[Tick, ...] = ()
        self._plan: _Plan | None = None
        self._taking = TakingState()

    def step(self) -> AvatarFrame:
        """The next tick with its picture, all in one thread."""
        return self.perform([self.timeline.next_tick()])[0]

    def perform(self, ticks: Sequence[Tick], *, draw: bool = True) -> list[AvatarFrame]:
        """Make the motion of every tick and, with `draw`, the picture of the last one."""
        motions = [self._taking_turns(tick, self._motion(tick)) for tick in ticks]
        self._undrawn += len(ticks)
        frames = [
            AvatarFrame(tick, motion, None) for tick, motion in zip(ticks, motions, strict=True)
        ]
        if frames and draw:
            picture, self._picture_state = self._renderer.render(
                motions[-1], self._picture_state, ticks=self._undrawn
            )
            self._undrawn = 0
            frames[-1] = AvatarFrame(ticks[-1], motions[-1], picture)
        return frames

    def _taking_turns(self, tick: Tick, motion: Vector) -> Vector:
        self._taking = take(tick, self._taking)
        known = self._generator.space == ARKIT58
        return with_taking(motion, tick, self._taking) if known else motion

    def _motion(self, tick: Tick) -> Vector:
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
