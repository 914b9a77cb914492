"""An avatar: a name, parts that fit, and sessions of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from avatar.generator.base import MotionGenerator
from avatar.motion import Vector
from avatar.rendering.base import Renderer
from avatar.session import AvatarSession
from avatar.tracking.base import UserTracker

Eyes: TypeAlias = Callable[[UserTracker[Any]], UserTracker[Any]]
"""Makes, around a tracker, one that sees the user in a generator's own motion space."""


@dataclass(frozen=True, eq=False)
class Avatar:
    """A generator and a renderer of one motion space; immutable and shared by all sessions.

    `rest` is the motion that the generator comes back to. An `understudy` is a cheaper generator
    that takes over where the machine has no time. `eyes` are of a generator that understands no
    `arkit58` faces. Raises SpaceMismatch when the parts speak different spaces.
    """

    name: str
    licence: str
    generator: MotionGenerator[Any]
    renderer: Renderer[Any]
    rest: Vector
    understudy: MotionGenerator[Any] | None = None
    eyes: Eyes | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not fit."""
        self.renderer.space.require(self.generator.space, "the generator")
        if self.understudy is not None:
            self.renderer.space.require(self.understudy.space, "the understudy")

    def tracker(self, tracker: UserTracker[Any]) -> UserTracker[Any]:
        """A tracker that sees the user as the generator does."""
        return tracker if self.eyes is None else self.eyes(tracker)

    def session(self, *, voice_rate: int, seed: int = 0) -> AvatarSession:
        """A new conversation; `voice_rate` is the rate of the speech that it will be given."""
        return AvatarSession(
            generator=self.generator,
            understudy=self.understudy,
            renderer=self.renderer,
            rest=self.rest,
            voice_rate=voice_rate,
            seed=seed,
        )
