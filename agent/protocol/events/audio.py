"""The user's sound and the avatar's, as the OpenAI API carries and announces them."""

from typing import Literal

from agent.protocol.events.base import ClientEvent, ServerEvent

OPENAI_RATE = 24_000
"""Samples a second of sound that is carried in events."""


class InputAudioAppend(ClientEvent):
    """Base64 of PCM16, mono, 24 kHz."""

    type: Literal["input_audio_buffer.append"]
    audio: str


class InputAudioCommit(ClientEvent):
    """The user has finished: ends their turn where nobody detects it (push to talk)."""

    type: Literal["input_audio_buffer.commit"]


class InputAudioClear(ClientEvent):
    """Forget the user's sound that was not consumed yet."""

    type: Literal["input_audio_buffer.clear"]


class OutputAudioClear(ClientEvent):
    """Stop speaking, as the OpenAI API says it over WebRTC."""

    type: Literal["output_audio_buffer.clear"]


class InputAudioCleared(ServerEvent):
    """It is forgotten."""

    type: Literal["input_audio_buffer.cleared"] = "input_audio_buffer.cleared"


class InputAudioCommitted(ServerEvent):
    """The user's sound has become an item of the conversation."""

    type: Literal["input_audio_buffer.committed"] = "input_audio_buffer.committed"
    item_id: str


class SpeechStarted(ServerEvent):
    """The user began to speak. `audio_start_ms` counts on the server's media clock."""

    type: Literal["input_audio_buffer.speech_started"] = "input_audio_buffer.speech_started"
    audio_start_ms: int
    item_id: str


class SpeechStopped(ServerEvent):
    """The user's turn has ended."""

    type: Literal["input_audio_buffer.speech_stopped"] = "input_audio_buffer.speech_stopped"
    audio_end_ms: int
    item_id: str


class OutputAudioStarted(ServerEvent):
    """The avatar began to speak."""

    type: Literal["output_audio_buffer.started"] = "output_audio_buffer.started"
    response_id: str


class OutputAudioStopped(ServerEvent):
    """The avatar has said everything."""

    type: Literal["output_audio_buffer.stopped"] = "output_audio_buffer.stopped"
    response_id: str


class OutputAudioCleared(ServerEvent):
    """The avatar was cut off."""

    type: Literal["output_audio_buffer.cleared"] = "output_audio_buffer.cleared"
    response_id: str
