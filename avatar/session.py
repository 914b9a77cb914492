"""One conversation: a timeline, a generator's state and a renderer's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from avatar.behaviour.taking import TakingState, take, with_taking
from avatar.generator.base import MotionGenerator
from avatar.motion import ARKIT58, MotionSpace, Vector
from avatar.motion_cast import MotionCast
from avatar.rendering.base import Picture, Renderer
from avatar.tick import Tick
from avatar.timeline import Timeline


@dataclass(frozen=True, slots=True)
class AvatarFrame:
    """A tick with the motion of the avatar and its picture; None when only the motion was made."""

    tick: Tick
    motion: Vector
    picture: Picture | None


class AvatarSession:
    """One conversation with one avatar.

    `timeline` is for the event loop: push and take ticks there. `perform` is for a worker: it makes
    a motion for every tick and draws the last. Ticks must be performed in order, once.
    """

    def __init__(
        self,
        *,
        generator: MotionGenerator[Any],
        understudy: MotionGenerator[Any] | None = None,
        renderer: Renderer[Any],
        rest: Vector,
        voice_rate: int,
        seed: int,
    ) -> None:
        known = (generator,) if understudy is None else (generator, understudy)
        self.timeline = Timeline(
            voice_rate=voice_rate, look_ahead=max(one.look_ahead + one.block - 1 for one in known)
        )
        self._renderer = renderer
        self._cast = MotionCast(generator, understudy, seed=seed, rest=rest)
        self._picture_state: Any = renderer.start()
        self._undrawn = 0
        self._taking = TakingState()

    @property
    def space(self) -> MotionSpace:
        """What its motions mean."""
        return self._cast.space

    def relieve(self, *, relieved: bool) -> None:
        """Let the understudy move the face from the next tick on, or the generator again."""
        self._cast.relieve(relieved=relieved)

    def step(self) -> AvatarFrame:
        """The next tick with its picture, all in one thread."""
        return self.perform([self.timeline.next_tick()])[0]

    def perform(self, ticks: Sequence[Tick], *, draw: bool = True) -> list[AvatarFrame]:
        """Make the motion of every tick and, with `draw`, the picture of the last one."""
        motions = [self._taking_turns(tick, self._cast.motion(tick)) for tick in ticks]
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
        known = self.space == ARKIT58
        return with_taking(motion, tick, self._taking) if known else motion
