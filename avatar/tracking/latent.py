"""Seeing the user in the latents of an auto-encoder, for generators that understand those only.

Another tracker tells where the face is. A square around it is held still: one that went with the
face would take away the very movements of the head that a generator reacts to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter
from typing import Any, Protocol, runtime_checkable

import numpy as np

from avatar.clock import TICK_S
from avatar.motion import FaceObservation, MotionSpace, Vector
from avatar.tracking.base import UserTracker
from avatar.tracking.presence import Presence
from avatar.tracking.squares import Cut, FaceBox, Pixels, Square, cut_square, square_around

COLLECTS_S = 2.0
"""So long the square follows the mean place of a face, then it stands."""
KEEPS_S = 5.0
"""Somebody who comes back to the same place after a longer time gets a square of their own."""
SAME_FACE = 0.3
"""Least overlap of two boxes of one face, from one picture to the next that shows it."""
SAME_PLACE = 0.45
"""Least overlap of the square that stands and the one that would be laid now."""
REFRAMES_S = 2.0
"""Who is at another place for so long has moved there, and gets another square."""


@runtime_checkable
class MotionEncoder(Protocol):
    """Tells the motion of a face from a square picture of `side` pixels."""

    space: MotionSpace
    side: int

    def motion(self, picture: Cut) -> Vector:
        """The motion that a picture shows."""
        ...


@dataclass(frozen=True, slots=True)
class Framing:
    """Where a face was since `since_s`, as a mean of `count` boxes, and the square around it.

    `last` is where it was seen last, at `seen_s`; `away_s` since when it is at another place.
    """

    since_s: float
    count: int
    mean: FaceBox
    square: Square
    last: FaceBox
    seen_s: float
    away_s: float = inf


@dataclass(frozen=True, eq=False)
class LatentState:
    """All that is known between two pictures; `told` was true at `told_s`, and before `next_s`
    nothing is encoded.
    """

    tracked: Any
    other: FaceObservation | None = None
    shape: tuple[int, int] | None = None
    at_s: float = -inf
    framing: Framing | None = None
    told: Vector | None = None
    told_s: float = -inf
    next_s: float = -inf


class LatentTracker:
    """A tracker around another one that says what a motion encoder sees of the same face.

    `share` is the part of the time that encoding may take: a slow encoder skips pictures, and says
    again what it said, with its age. `clock` measures that, in seconds.
    """

    def __init__(
        self,
        tracker: UserTracker[Any],
        encoder: MotionEncoder,
        *,
        share: float = 0.5,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._tracker, self._encoder = tracker, encoder
        self._share, self._clock = share, clock

    def start(self) -> LatentState:
        """The state before the first picture."""
        return LatentState(self._tracker.start())

    def step(
        self, image: Pixels, at_s: float, state: LatentState
    ) -> tuple[FaceObservation | None, LatentState]:
        """See one picture; see `UserTracker`. What the other tracker says is `beside`."""
        other, tracked = self._tracker.step(image, at_s, state.tracked)
        height, width = image.shape[:2]
        if state.shape != (height, width) or at_s < state.at_s:
            state = LatentState(tracked)
        presence = self._tracker.presence(tracked)
        state = replace(state, tracked=tracked, other=other, shape=(height, width), at_s=at_s)
        if presence is not None:
            state = self._seen(image, _box(presence, height, width), at_s, state)
        elif other is None:
            state = replace(state, told=None)
        if state.told is None:
            return None, state
        age = round((at_s - state.told_s) / TICK_S)
        space = self._encoder.space
        return FaceObservation(space, state.told, np.ones(space.dim, bool), age), state

    def presence(self, state: LatentState) -> Presence | None:
        """Where the user is in the last picture."""
        return self._tracker.presence(state.tracked)

    def beside(self, state: LatentState) -> FaceObservation | None:
        """What the other tracker says of the same picture."""
        return state.other

    def _seen(self, image: Pixels, face: FaceBox, at_s: float, state: LatentState) -> LatentState:
        before = state.framing
        framing = framed(before, face, at_s, image.shape[1], image.shape[0])
        if before is None or framing.since_s != before.since_s:
            state = replace(state, told=None, next_s=-inf)
        state = replace(state, framing=framing)
        if at_s < state.next_s:
            return state
        begun = self._clock()
        told = self._encoder.motion(cut_square(image, framing.square, self._encoder.side))
        took_s = self._clock() - begun
        if not np.isfinite(told).all():
            return state
        return replace(state, told=told, told_s=at_s, next_s=at_s + took_s / self._share)


def framed(before: Framing | None, face: FaceBox, at_s: float, width: int, height: int) -> Framing:
    """The framing when a face is seen here now, in a picture of this size."""
    if before is None or _is_another(before, face, at_s):
        square = square_around(face, width, height)
        return Framing(at_s, 1, face, square, face, at_s)
    now = replace(before, last=face, seen_s=at_s)
    if at_s - before.since_s <= COLLECTS_S:
        count = before.count + 1
        mean = _towards(before.mean, face, 1 / count)
        return replace(now, count=count, mean=mean, square=square_around(mean, width, height))
    stays = square_around(face, width, height).overlap(before.square) >= SAME_PLACE
    away_s = inf if stays else min(before.away_s, at_s)
    if at_s - away_s > REFRAMES_S:
        return framed(None, face, at_s, width, height)
    return replace(now, away_s=away_s)


def _is_another(before: Framing, face: FaceBox, at_s: float) -> bool:
    return at_s - before.seen_s > KEEPS_S or before.last.overlap(face) < SAME_FACE


def _towards(mean: FaceBox, face: FaceBox, part: float) -> FaceBox:
    x, y, width, height = (
        old + part * (new - old)
        for old, new in (
            (mean.x, face.x),
            (mean.y, face.y),
            (mean.width, face.width),
            (mean.height, face.height),
        )
    )
    return FaceBox(x, y, width, height)


def _box(presence: Presence, height: int, width: int) -> FaceBox:
    """A face's box in pixels: trackers' boxes are as high as those that `squares` is about."""
    side = presence.size * height
    return FaceBox((presence.x + 1) / 2 * width, (1 - presence.y) / 2 * height, side, side)
