"""The pipecat frames of a face: what goes into the avatar node and what comes out of it."""

from dataclasses import dataclass

from pipecat.frames.frames import (
    DataFrame,
    OutputImageRawFrame,
    SystemFrame,
    TTSAudioRawFrame,
)

from avatar.motion import FaceObservation
from avatar.tick import AvatarState, Phone, Style


@dataclass
class TTSPhonesFrame(DataFrame):
    """The phones of a TTS context, pushed before their audio.

    Times count from the first sample of the context. TTS services that know their phones push it;
    without it the lips follow the sound.
    """

    phones: tuple[Phone, ...]
    context_id: str | None = None


@dataclass
class UserFaceFrame(SystemFrame):
    """What is known of the user's face now."""

    face: FaceObservation


@dataclass
class AvatarDirectionFrame(SystemFrame):
    """What the avatar is to do, and how; None leaves it as it is."""

    state: AvatarState | None = None
    style: Style | None = None


@dataclass
class AvatarImageFrame(OutputImageRawFrame):
    """A picture of the avatar with the tick and the turn that it belongs to."""

    tick: int = -1
    turn: int = 0
    speaking: bool = False


@dataclass
class AvatarAudioFrame(TTSAudioRawFrame):
    """The 40 ms of speech of one tick, with the tick and the turn that it belongs to."""

    tick: int = -1
    turn: int = 0
