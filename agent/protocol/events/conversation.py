"""Items of the conversation: what the user and the avatar said."""

from typing import Literal

from agent.protocol.events.base import ClientEvent, Record, ServerEvent


class Content(Record):
    """A piece of a message."""

    type: str
    text: str | None = None
    transcript: str | None = None


class Item(Record):
    """A message; the server knows those of text."""

    type: Literal["message"] = "message"
    id: str | None = None
    role: Literal["user", "assistant", "system"] = "user"
    status: str | None = None
    content: tuple[Content, ...] = ()


class ItemCreate(ClientEvent):
    """The user typed something."""

    type: Literal["conversation.item.create"]
    item: Item


class ItemAdded(ServerEvent):
    """A message has come to the conversation."""

    type: Literal["conversation.item.added"] = "conversation.item.added"
    item: Item


class ItemDone(ServerEvent):
    """A message is complete."""

    type: Literal["conversation.item.done"] = "conversation.item.done"
    item: Item


class TranscriptionDelta(ServerEvent):
    """The next of the user's words that will not change any more; a client appends them."""

    type: Literal["conversation.item.input_audio_transcription.delta"] = (
        "conversation.item.input_audio_transcription.delta"
    )
    item_id: str
    content_index: int = 0
    delta: str


class TranscriptionCompleted(ServerEvent):
    """What the user said."""

    type: Literal["conversation.item.input_audio_transcription.completed"] = (
        "conversation.item.input_audio_transcription.completed"
    )
    item_id: str
    content_index: int = 0
    transcript: str
