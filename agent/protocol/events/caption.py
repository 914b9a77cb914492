"""Captions of both sides, on the server's media clock."""

from typing import Literal, TypeAlias

from agent.protocol.events.base import Record, ServerEvent

Role: TypeAlias = Literal["user", "assistant"]


class CaptionWord(Record):
    """A word with its time."""

    text: str
    start_us: int
    end_us: int


class CaptionDelta(ServerEvent):
    """The user's words so far, newest reading; of the assistant, the words that come next."""

    type: Literal["caption.delta"] = "caption.delta"
    role: Role
    text: str
    start_us: int
    end_us: int


class CaptionDone(ServerEvent):
    """All that was said in one go; `words` of the assistant, each as it was heard."""

    type: Literal["caption.done"] = "caption.done"
    role: Role
    text: str
    start_us: int
    end_us: int
    words: tuple[CaptionWord, ...] | None = None
