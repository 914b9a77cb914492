"""Captions of both sides, on the server's media clock."""

from typing import Literal, TypeAlias

from agent.protocol.events.base import ServerEvent

Role: TypeAlias = Literal["user", "assistant"]


class CaptionDelta(ServerEvent):
    """The user's words so far, newest reading; of the assistant, the words that come next."""

    type: Literal["caption.delta"] = "caption.delta"
    role: Role
    text: str
    start_us: int
    end_us: int


class CaptionDone(ServerEvent):
    """All that was said in one go."""

    type: Literal["caption.done"] = "caption.done"
    role: Role
    text: str
    start_us: int
    end_us: int
