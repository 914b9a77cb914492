"""Gaze: looking at the user, looking away and back, and small fixations in between.

Speakers look away as they begin and look back as they end (Kendon 1967); listeners look most of the
time. Eyes jump within one or two ticks and turn against the head, so that a nod does not move the
look; the head follows large shifts.
"""

from dataclasses import dataclass, replace
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.face import Face
from avatar.clock import NO_TURN, TICK_S
from avatar.tick import AvatarState, Tick

FULL_ACROSS, FULL_UP = radians(33), radians(22)
"""Angles of a full look sideways and up or down."""
EYE_SHARE = 0.72
"""Part of a saccade's way done in one tick."""
HEAD_SHARE, HEAD_FOLLOWS = 0.22, 0.10
"""How much of an aversion the head takes over, and how fast per tick."""
AVERSIONS_A_MINUTE = {
    AvatarState.INITIALIZING: 4.0,
    AvatarState.IDLE: 9.0,
    AvatarState.LISTENING: 5.0,
    AvatarState.THINKING: 26.0,
    AvatarState.SPEAKING: 14.0,
}
AVERSION_S = {
    AvatarState.INITIALIZING: (0.4, 1.0),
    AvatarState.IDLE: (0.6, 2.2),
    AvatarState.LISTENING: (0.3, 0.8),
    AvatarState.THINKING: (0.8, 1.8),
    AvatarState.SPEAKING: (0.4, 1.3),
}
AVERT_AT_TURN_START = 0.7


@dataclass(frozen=True, slots=True)
class GazeState:
    """Where the eyes are (yaw, pitch in radians, in space), where they go, and until when."""

    yaw: float = 0.0
    pitch: float = 0.0
    away_yaw: float = 0.0
    away_pitch: float = 0.0
    away_until_s: float = -1.0
    fixation_until_s: float = 0.0
    fixation_yaw: float = 0.0
    fixation_pitch: float = 0.0
    head_yaw: float = 0.0
    head_pitch: float = 0.0
    turn: int = NO_TURN
    shift: float = 0.0


def look(tick: Tick, state: GazeState, chance: Chance) -> GazeState:
    """Move the look by one tick."""
    now, index = tick.index * TICK_S, tick.index
    state = _maybe_away(tick, now, state, chance)
    if now >= state.fixation_until_s:
        state = replace(
            state,
            fixation_until_s=now + chance.between("gaze/fixation", index, 0.4, 1.6),
            fixation_yaw=radians(1.3) * chance.normal("gaze/yaw", index),
            fixation_pitch=radians(0.9) * chance.normal("gaze/pitch", index),
        )
    base_yaw, base_pitch = tick.style.gaze or (0.0, 0.0)
    if now < state.away_until_s:
        target_yaw, target_pitch = base_yaw + state.away_yaw, base_pitch + state.away_pitch
        head_yaw, head_pitch = HEAD_SHARE * state.away_yaw, HEAD_SHARE * state.away_pitch
    else:
        target_yaw, target_pitch = base_yaw + state.fixation_yaw, base_pitch + state.fixation_pitch
        head_yaw, head_pitch = 0.0, 0.0
    head_yaw, head_pitch = head_yaw + 0.6 * base_yaw, head_pitch + 0.5 * base_pitch
    yaw = state.yaw + EYE_SHARE * (target_yaw - state.yaw)
    pitch = state.pitch + EYE_SHARE * (target_pitch - state.pitch)
    return replace(
        state,
        yaw=yaw,
        pitch=pitch,
        head_yaw=state.head_yaw + HEAD_FOLLOWS * (head_yaw - state.head_yaw),
        head_pitch=state.head_pitch + HEAD_FOLLOWS * (head_pitch - state.head_pitch),
        turn=tick.turn,
        shift=max(abs(yaw - state.yaw), abs(pitch - state.pitch)),
    )


def _maybe_away(tick: Tick, now: float, state: GazeState, chance: Chance) -> GazeState:
    if now < state.away_until_s:
        return state
    starts = tick.turn not in (NO_TURN, state.turn)
    if starts and chance.happens("gaze/turn start", tick.index, AVERT_AT_TURN_START):
        length = chance.between("gaze/length", tick.index, 0.6, 1.4)
    elif chance.happens("gaze/away", tick.index, AVERSIONS_A_MINUTE[tick.state] / 60 * TICK_S):
        length = chance.between("gaze/length", tick.index, *AVERSION_S[tick.state])
    else:
        return state
    lift = 6.0 if tick.state is AvatarState.THINKING else 0.0
    return replace(
        state,
        away_until_s=now + length,
        away_yaw=chance.sign("gaze/side", tick.index)
        * radians(chance.between("gaze/width", tick.index, 7, 18)),
        away_pitch=radians(lift + 5.0 * chance.normal("gaze/height", tick.index)),
    )


def apply_gaze(face: Face, state: GazeState) -> None:
    """Turn head and eyes; the eyes make up for every turn of the head that is on the face."""
    face.add("headYaw", state.head_yaw)
    face.add("headPitch", state.head_pitch)
    left = (state.yaw - face.value("headYaw")) / FULL_ACROSS
    up = (state.pitch - face.value("headPitch")) / FULL_UP
    for channel, amount in (
        ("eyeLookOutLeft", left),
        ("eyeLookInRight", left),
        ("eyeLookInLeft", -left),
        ("eyeLookOutRight", -left),
        ("eyeLookUpLeft", up),
        ("eyeLookUpRight", up),
        ("eyeLookDownLeft", -up),
        ("eyeLookDownRight", -up),
    ):
        face.add(channel, max(0.0, amount))
