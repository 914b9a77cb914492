"""Blinks: spontaneous, with gaze shifts, and at the ends of utterances."""

from dataclasses import dataclass, replace
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.face import Face
from avatar.behaviour.shapes import rise_and_fall
from avatar.behaviour.temperament import Temperament
from avatar.clock import NO_TURN, TICK_S
from avatar.tick import AvatarState, Tick

CLOSING_S, SHUT_S, OPENING_S = 0.07, 0.05, 0.16
"""A blink is shut for more than a tick, so that none is ever drawn only half way."""
LEAST_APART_S = 0.45
WITH_SHIFT, SHIFT = 0.25, radians(5)
AT_UTTERANCE_END = 0.35
GROWING = 1.25
"""The longer the last blink is ago, the likelier the next: few short gaps and no endless ones."""


@dataclass(frozen=True, slots=True)
class BlinkState:
    """When the last blink began, and whose turn it was."""

    start_s: float = -2.0
    turn: int = NO_TURN


def blink(
    tick: Tick, gaze_shift: float, state: BlinkState, chance: Chance, person: Temperament
) -> BlinkState:
    """Begin a blink in this tick, or not. `gaze_shift` is how far the eyes moved, in radians."""
    now, index = tick.index * TICK_S, tick.index
    ended = state.turn != NO_TURN and tick.turn == NO_TURN
    state = replace(state, turn=tick.turn)
    if now - state.start_s < LEAST_APART_S:
        return state
    speaking = tick.state is AvatarState.SPEAKING
    rate = person.blinks_speaking if speaking else person.blinks_listening
    usual_s = 60 / rate
    hazard = GROWING * min(2.5, (now - state.start_s) / usual_s) / usual_s
    begins = (
        chance.happens("blink", index, hazard * TICK_S)
        or (gaze_shift > SHIFT and chance.happens("blink/shift", index, WITH_SHIFT))
        or (ended and chance.happens("blink/end", index, AT_UTTERANCE_END))
    )
    return replace(state, start_s=now) if begins else state


def apply_blink(face: Face, tick: Tick, state: BlinkState) -> None:
    """Close the lids as far as the blink has come."""
    shut = rise_and_fall(tick.index * TICK_S - state.start_s, CLOSING_S, SHUT_S, OPENING_S)
    if shut > 0:
        face.both("eyeBlink", shut)
        for side in ("Left", "Right"):
            face.scale("eyeWide" + side, 1 - shut)
