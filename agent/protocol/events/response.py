"""The avatar's turns, in the words of the OpenAI API."""

from typing import Literal, TypeAlias

from agent.protocol.events.base import ClientEvent, Record, ServerEvent

Status: TypeAlias = Literal["in_progress", "completed", "cancelled", "failed"]


class ResponseCreate(ClientEvent):
    """Answer now."""

    type: Literal["response.create"]


class ResponseCancel(ClientEvent):
    """Stop speaking."""

    type: Literal["response.cancel"]
    response_id: str | None = None


class Response(Record):
    """A turn. `metadata["turn"]` is its number."""

    object: Literal["realtime.response"] = "realtime.response"
    id: str
    status: Status
    metadata: dict[str, str]


class ResponseCreated(ServerEvent):
    """A turn begins."""

    type: Literal["response.created"] = "response.created"
    response: Response


class ResponseDone(ServerEvent):
    """A turn is over."""

    type: Literal["response.done"] = "response.done"
    response: Response


class OutputAudioDelta(ServerEvent):
    """Base64 of PCM16, mono, 24 kHz, when it is due."""

    type: Literal["response.output_audio.delta"] = "response.output_audio.delta"
    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0
    delta: str


class OutputAudioDone(ServerEvent):
    """The sound of a turn is complete."""

    type: Literal["response.output_audio.done"] = "response.output_audio.done"
    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0


class OutputTranscriptDelta(ServerEvent):
    """The next words of the avatar, as they are said."""

    type: Literal["response.output_audio_transcript.delta"] = (
        "response.output_audio_transcript.delta"
    )
    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0
    delta: str


class OutputTranscriptDone(ServerEvent):
    """The words of a turn that were said."""

    type: Literal["response.output_audio_transcript.done"] = "response.output_audio_transcript.done"
    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0
    transcript: str
