"""Taking the turn: what people do before their first word, whoever else moves the face.

Who is about to speak breathes in, lifts brows and chin and looks up for a moment, within a fifth of
a second of the other's end (Rochet-Capellan and Fuchs 2014, on breath; Kendon 1967, on gaze). It is
laid over the motion of a generator, because it must not be missed for its sake.
"""

from dataclasses import dataclass

import numpy as np

from avatar.behaviour.face import Face
from avatar.clock import ticks_in
from avatar.motion import Vector
from avatar.tick import AvatarState, Tick

RISES, LASTS = ticks_in(0.12), ticks_in(0.6)

BREATH = {
    "browInnerUp": 0.22,
    "browOuterUpLeft": 0.16,
    "browOuterUpRight": 0.16,
    "eyeWideLeft": 0.08,
    "eyeWideRight": 0.08,
    "jawOpen": 0.05,
    "headPitch": 0.03,
    "headZ": -0.015,
}
"""At the height of it, in each channel's own unit."""

LOOKS_UP = 0.28
"""Of the eyes' reach."""


@dataclass(frozen=True, slots=True)
class TakingState:
    """The state of the last tick, and when the turn was taken, if it was."""

    before: AvatarState = AvatarState.LISTENING
    since: int | None = None


def take(tick: Tick, state: TakingState) -> TakingState:
    """Notice the beginning of a turn."""
    begins = tick.state is AvatarState.THINKING and state.before is not AvatarState.THINKING
    return TakingState(tick.state, tick.index if begins else state.since)


def with_taking(motion: Vector, tick: Tick, state: TakingState) -> Vector:
    """A motion of `arkit58` with what is seen of it in this tick."""
    amount = _amount(tick.index, state.since)
    if not amount:
        return motion
    face = Face(motion)
    for channel, most in BREATH.items():
        face.add(channel, amount * most)
    for side in ("Left", "Right"):
        up = face.value("eyeLookUp" + side) - face.value("eyeLookDown" + side) + amount * LOOKS_UP
        face.scale("eyeLookUp" + side, 0.0)
        face.scale("eyeLookDown" + side, 0.0)
        face.add(("eyeLookUp" if up > 0 else "eyeLookDown") + side, abs(up))
    return face.motion()


def _amount(index: int, since: int | None) -> float:
    """A quick rise and a slow fall, 0 to 1."""
    if since is None or not 0 <= index - since < LASTS:
        return 0.0
    at = index - since + 1
    if at <= RISES:
        return float(np.sin(0.5 * np.pi * at / RISES))
    return float(np.cos(0.5 * np.pi * (at - RISES) / (LASTS - RISES)) ** 2)
