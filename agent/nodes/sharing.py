"""Networks that several sessions share: each asks for itself, and is computed with the others."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from agent.nodes.gathering import Gathering
from avatar.generator.base import MotionGenerator
from avatar.motion import Motions, Vector
from avatar.rendering.base import Picture
from avatar.rendering.neural import Pictures, PortraitDecoder
from avatar.tick import Tick
from avatar.tracking.latent import MotionEncoder

S = TypeVar("S")


class SessionsGenerator(MotionGenerator[S], Protocol[S]):
    """A generator that can take a step of several sessions at once."""

    def steps(self, due: Sequence[tuple[Sequence[Tick], S]]) -> list[tuple[Motions, S]]:
        """What `step` makes of each."""
        ...


class SharedGenerator(Generic[S]):
    """A generator for the threads of several sessions, `most` of which take a step at once."""

    def __init__(
        self,
        generator: SessionsGenerator[S],
        *,
        most: int,
        scarce: tuple[type[Exception], ...] = (),
    ) -> None:
        self.space, self.user_space = generator.space, generator.user_space
        self.block, self.look_ahead = generator.block, generator.look_ahead
        self._start = generator.start
        self._steps: Gathering[tuple[Sequence[Tick], S], tuple[Motions, S]] = Gathering(
            generator.steps, most=most, scarce=scarce
        )

    def start(self, *, seed: int, rest: Vector) -> S:
        """The state before the first tick."""
        return self._steps.alone(lambda: self._start(seed=seed, rest=rest))

    def step(self, ticks: Sequence[Tick], state: S) -> tuple[Motions, S]:
        """A step of one session."""
        return self._steps((ticks, state))


class SharedDecoder:
    """A portrait's decoder for the threads of several sessions; `most` pictures at once."""

    def __init__(
        self, decoder: PortraitDecoder, *, most: int, scarce: tuple[type[Exception], ...] = ()
    ) -> None:
        self.space, self.side, self.rest = decoder.space, decoder.side, decoder.rest
        self._drawn: Gathering[Vector, Picture] = Gathering(
            lambda motions: list(decoder.draw(np.stack(motions))), most=most, scarce=scarce
        )

    def draw(self, motions: Motions) -> Pictures:
        """A picture of each motion."""
        return np.stack([self._drawn(motion) for motion in motions])


class SharedEncoder:
    """A motion encoder for the threads of several sessions, one picture at a time."""

    def __init__(self, encoder: MotionEncoder, *, scarce: tuple[type[Exception], ...] = ()) -> None:
        self.space, self.side = encoder.space, encoder.side
        self._motion: Gathering[Picture, Vector] = Gathering(
            lambda pictures: [encoder.motion(picture) for picture in pictures],
            most=1,
            scarce=scarce,
        )

    def motion(self, picture: Picture) -> Vector:
        """The motion that a picture shows."""
        return self._motion(picture)
