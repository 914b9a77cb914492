"""`Tick`: all that is known of 40 ms of a conversation.

One value type runs through the house: the timeline makes it, the generator reads it, frames and
recordings carry it. Every condition can be absent.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32, Int16

from avatar.clock import Turn
from avatar.motion import FaceObservation

Samples: TypeAlias = Float32[np.ndarray, " _"]
"""Sound to be analysed: mono, 16 kHz, in [-1, 1]."""

VoiceSamples: TypeAlias = Int16[np.ndarray, " _"]
"""Sound for the ear: mono PCM16 at the voice's own rate."""


class AvatarState(StrEnum):
    """What the avatar is doing, in LiveKit's words; also a condition of the generator."""

    INITIALIZING = "initializing"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound. Times are seconds from the first sample of its turn.

    `symbol` is IPA; a pause is the empty string.
    """

    symbol: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word. Times are seconds from the first sample of its turn."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Style:
    """How the avatar should behave.

    `intensity` scales reactions: 0 composed, 1 lively. `emotion` is one of `EMOTIONS`. `gaze` is
    where the user's eyes are, as (yaw, pitch) in radians seen from the avatar's resting head, with
    the signs of the head's own; None when unknown.
    """

    intensity: float = 1.0
    emotion: str = "neutral"
    gaze: tuple[float, float] | None = None


EMOTIONS = ("neutral", "happy", "sad", "surprised", "concerned")


@dataclass(frozen=True, slots=True)
class Tick:
    """All that is known of 40 ms; immutable, and none is ever skipped.

    `speech` is None in silence. `avatar_audio` holds this tick and `look_ahead` queued ones, zeros
    where nothing is queued. `phones` are those that sound in that span or up to 0.2 s before it;
    their times count from the start of the turn, of which `position_s` seconds were said before
    this tick. `revised` says that speech which an earlier tick's look-ahead had promised will not
    come (a hold or a flush). `marks` are whatever was queued behind this audio.
    """

    index: int
    turn: Turn
    state: AvatarState
    style: Style
    user_audio: Float32[np.ndarray, "640"] | None
    user_face: FaceObservation | None
    speech: VoiceSamples | None
    avatar_audio: Float32[np.ndarray, " ahead_samples"]
    look_ahead: int
    position_s: float
    phones: tuple[Phone, ...]
    marks: tuple[object, ...]
    revised: bool
