"""The avatar's turns, in the words of the OpenAI API."""

from typing import Literal, TypeAlias

from agent.protocol.events.base import ClientEvent, Record, ServerEvent
from agent.protocol.events.conversation import Item

Status: TypeAlias = Literal["in_progress", "completed", "cancelled", "failed"]
Reason: TypeAlias = Literal["turn_detected", "client_cancelled"]
Modality: TypeAlias = Literal["text", "audio"]


class ResponseCreate(ClientEvent):
    """Answer now."""

    type: Literal["response.create"]


class ResponseCancel(ClientEvent):
    """Stop speaking."""

    type: Literal["response.cancel"]
    response_id: str | None = None


class StatusDetails(Record):
    """Why a response is not complete."""

    type: Literal["cancelled", "failed"]
    reason: Reason | None = None


class Response(Record):
    """A turn. `metadata["turn"]` is its number."""

    object: Literal["realtime.response"] = "realtime.response"
    id: str
    status: Status
    status_details: StatusDetails | None = None
    output: tuple[Item, ...] = ()
    output_modalities: tuple[Modality, ...] = ("audio",)
    metadata: dict[str, str]


class ResponseCreated(ServerEvent):
    """A turn begins."""

    type: Literal["response.created"] = "response.created"
    response: Response


class ResponseDone(ServerEvent):
    """A turn is over."""

    type: Literal["response.done"] = "response.done"
    response: Response


class OutputItem(ServerEvent):
    """What is said of an item of a response."""

    response_id: str
    output_index: int = 0
    item: Item


class OutputItemAdded(OutputItem):
    """An item of a response begins."""

    type: Literal["response.output_item.added"] = "response.output_item.added"


class OutputItemDone(OutputItem):
    """An item of a response is complete."""

    type: Literal["response.output_item.done"] = "response.output_item.done"


class Part(Record):
    """A part of an item: sound with its transcript, or text."""

    type: Modality = "audio"
    text: str | None = None
    transcript: str | None = None


class OutputPiece(ServerEvent):
    """What is said of a part of an item of a response."""

    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0


class ContentPartAdded(OutputPiece):
    """A part begins."""

    type: Literal["response.content_part.added"] = "response.content_part.added"
    part: Part


class ContentPartDone(OutputPiece):
    """A part is complete."""

    type: Literal["response.content_part.done"] = "response.content_part.done"
    part: Part


class OutputAudioDelta(OutputPiece):
    """Base64 of PCM16, mono, 24 kHz, when it is due."""

    type: Literal["response.output_audio.delta"] = "response.output_audio.delta"
    delta: str


class OutputAudioDone(OutputPiece):
    """The sound of a turn is complete."""

    type: Literal["response.output_audio.done"] = "response.output_audio.done"


class OutputTranscriptDelta(OutputPiece):
    """The next words of the avatar, as they are said."""

    type: Literal["response.output_audio_transcript.delta"] = (
        "response.output_audio_transcript.delta"
    )
    delta: str


class OutputTranscriptDone(OutputPiece):
    """The words of a turn that were said."""

    type: Literal["response.output_audio_transcript.done"] = "response.output_audio_transcript.done"
    transcript: str


class OutputTextDelta(OutputPiece):
    """The next words of an answer that is only written."""

    type: Literal["response.output_text.delta"] = "response.output_text.delta"
    delta: str


class OutputTextDone(OutputPiece):
    """An answer that is only written."""

    type: Literal["response.output_text.done"] = "response.output_text.done"
    text: str


class FunctionArgumentsDelta(ServerEvent):
    """What one of the client's functions is called with; it comes in one piece."""

    type: Literal["response.function_call_arguments.delta"] = (
        "response.function_call_arguments.delta"
    )
    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str
    delta: str


class FunctionArgumentsDone(ServerEvent):
    """One of the client's functions is to be called."""

    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"
    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str
    name: str
    arguments: str
