"""Telling a client what it did wrong."""

from typing import Literal

from agent.protocol.errors import ProtocolError
from agent.protocol.events.base import Record, ServerEvent


class ErrorDetail(Record):
    """What was wrong, and with which event and field."""

    type: Literal["invalid_request_error", "server_error"] = "invalid_request_error"
    code: str
    message: str
    param: str | None = None
    event_id: str | None = None


class ErrorEvent(ServerEvent):
    """Something was refused; the session goes on."""

    type: Literal["error"] = "error"
    error: ErrorDetail

    @classmethod
    def of(cls, error: ProtocolError) -> "ErrorEvent":
        """The answer to a breach of the protocol."""
        return cls(
            error=ErrorDetail(
                code=error.code, message=str(error), param=error.param, event_id=error.event_id
            )
        )

    @classmethod
    def of_server(cls, code: str, message: str) -> "ErrorEvent":
        """Something that is not the client's fault."""
        return cls(error=ErrorDetail(type="server_error", code=code, message=message))
