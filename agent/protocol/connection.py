"""The server's side of one connection, without sockets or clocks: what was agreed on."""

from typing import Any

from agent.protocol import media
from agent.protocol.errors import ProtocolError
from agent.protocol.events import ServerEvent, parse
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.parsing import AnyClientEvent
from agent.protocol.events.session import (
    SIZES,
    AvatarFacts,
    MediaFormat,
    SessionCreated,
    SessionFacts,
    SessionUpdate,
    SessionUpdated,
)

MOST_ERRORS = 10
"""Malformed frames in a row after which the connection is closed with `CLOSE_POLICY`."""

CLOSE_POLICY = 1008


class ServerConnection:
    """Numbers what is sent, checks what is received, and knows what was agreed on.

    `format` is None until binary media were agreed on: then sound goes as base64 in events.
    """

    def __init__(self, session_id: str, model: str, facts: AvatarFacts) -> None:
        self.session_id = session_id
        self.format: MediaFormat | None = None
        self._model, self._facts = model, facts
        self._sent = 0
        self._errors = 0
        self._flushed = 0

    @property
    def hopeless(self) -> bool:
        """Whether the other side sent nothing but errors for too long."""
        return self._errors >= MOST_ERRORS

    def hello(self) -> SessionCreated:
        """The first event."""
        return SessionCreated(
            session=SessionFacts(id=self.session_id, model=self._model, avatar=self._facts)
        )

    def wire(self, event: ServerEvent) -> str:
        """The text of an event, with its number."""
        self._sent += 1
        return event.wire(f"event_{self._sent}")

    def refuse(self, error: ProtocolError) -> ErrorEvent:
        """The answer to a breach, which counts against the other side."""
        self._errors += 1
        return ErrorEvent.of(error)

    def text(self, text: str) -> AnyClientEvent:
        """The event in a text frame. Raises ProtocolError."""
        event = parse(text)
        self._errors = 0
        return event

    def binary(self, data: bytes) -> media.MediaFrame:
        """The media frame in a binary one. Raises ProtocolError."""
        if self.format is None:
            raise ProtocolError(
                "media_not_negotiated",
                'binary frames may come once session.update asked for "media": "binary"',
            )
        frame = media.decode(data)
        self._errors = 0
        return frame

    def update(self, event: SessionUpdate) -> SessionUpdated:
        """Take the client's wishes. Raises ProtocolError for what is not supported."""
        wanted = event.session.avatar
        if wanted is not None and wanted.video is not None:
            size = (wanted.video.width, wanted.video.height)
            if size not in SIZES:
                raise ProtocolError(
                    "unsupported_size",
                    f"pictures of {size[0]} x {size[1]} are not made; sizes: {_sizes()}",
                    param="session.avatar.video",
                    event_id=event.event_id,
                )
        if wanted is not None:
            self.format = wanted
        return SessionUpdated(session=self._effective())

    def flush(self, turn: int) -> None:
        """Nothing of this turn and those before it may be sent any more."""
        self._flushed = max(self._flushed, turn)

    def may_send(self, turn: int) -> bool:
        """Whether media of a turn may still go out; those of turn 0 always may."""
        return turn == 0 or turn > self._flushed

    def _effective(self) -> dict[str, Any]:
        effective: dict[str, Any] = {"type": "realtime", "id": self.session_id}
        if self.format is not None:
            effective["avatar"] = self.format.model_dump()
        return effective


def _sizes() -> str:
    return ", ".join(f"{width} x {height}" for width, height in SIZES)
