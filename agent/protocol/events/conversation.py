"""Items of the conversation: what the user and the avatar said."""

from typing import Literal

from pydantic import Field

from agent.protocol.events.base import LONGEST_ID, ClientEvent, Record, ServerEvent


class Content(Record):
    """A piece of a message."""

    type: str
    text: str | None = None
    transcript: str | None = None


class Item(Record):
    """A message, or a call of one of the client's functions and what came of it."""

    type: Literal["message", "function_call", "function_call_output"] = "message"
    id: str | None = Field(default=None, max_length=LONGEST_ID)
    object: Literal["realtime.item"] = "realtime.item"
    role: Literal["user", "assistant", "system"] | None = None
    status: str | None = None
    content: tuple[Content, ...] = ()
    call_id: str | None = Field(default=None, max_length=LONGEST_ID)
    name: str | None = None
    arguments: str | None = None
    output: str | None = None


class ItemCreate(ClientEvent):
    """The user typed something, or a function that was called has returned."""

    type: Literal["conversation.item.create"]
    item: Item


class ItemTruncate(ClientEvent):
    """The user heard only so much of what the avatar said: forget the rest."""

    type: Literal["conversation.item.truncate"]
    item_id: str = Field(max_length=LONGEST_ID)
    content_index: int = 0
    audio_end_ms: int = Field(ge=0)


class ItemTruncated(ServerEvent):
    """The rest is forgotten."""

    type: Literal["conversation.item.truncated"] = "conversation.item.truncated"
    item_id: str
    content_index: int = 0
    audio_end_ms: int


class ItemAdded(ServerEvent):
    """A message has come to the conversation."""

    type: Literal["conversation.item.added"] = "conversation.item.added"
    previous_item_id: str | None = None
    item: Item


class ItemDone(ServerEvent):
    """A message is complete."""

    type: Literal["conversation.item.done"] = "conversation.item.done"
    previous_item_id: str | None = None
    item: Item


class TranscriptionDelta(ServerEvent):
    """The next of the user's words that will not change any more; a client appends them."""

    type: Literal["conversation.item.input_audio_transcription.delta"] = (
        "conversation.item.input_audio_transcription.delta"
    )
    item_id: str
    content_index: int = 0
    delta: str


class Heard(Record):
    """How much sound was understood."""

    type: Literal["duration"] = "duration"
    seconds: float


class TranscriptionCompleted(ServerEvent):
    """What the user said."""

    type: Literal["conversation.item.input_audio_transcription.completed"] = (
        "conversation.item.input_audio_transcription.completed"
    )
    item_id: str
    content_index: int = 0
    transcript: str
    usage: Heard


class TranscriptionError(Record):
    """Why words were lost."""

    type: str
    code: str
    message: str


class TranscriptionFailed(ServerEvent):
    """What the user said could not be understood by the machine."""

    type: Literal["conversation.item.input_audio_transcription.failed"] = (
        "conversation.item.input_audio_transcription.failed"
    )
    item_id: str
    content_index: int = 0
    error: TranscriptionError
