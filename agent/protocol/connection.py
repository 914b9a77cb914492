"""The server's side of one connection, without sockets or clocks: what was agreed on."""

from typing import Any

from agent.protocol import media
from agent.protocol.errors import ProtocolError
from agent.protocol.events import ServerEvent, parse
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.parsing import AnyClientEvent
from agent.protocol.events.session import (
    AvatarFacts,
    MediaFormat,
    SessionCreated,
    SessionFacts,
    SessionUpdate,
    SessionUpdated,
    VideoFormat,
)

MOST_ERRORS = 10
"""Malformed frames in a row after which the connection is closed with `CLOSE_POLICY`."""

FORGIVEN = frozenset(
    {
        "audio_overflow",
        "media_not_negotiated",
        "rate_limited",
        "unknown_event",
        "unknown_language",
        "unsupported_size",
    }
)
"""Codes of what is well formed and still refused: a newer client, or one that is too eager."""

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
    def languages(self) -> tuple[str, ...]:
        """What can be spoken, as the client was told."""
        return self._facts.languages

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
        """The answer to a breach; what is malformed counts against the other side."""
        self._errors += error.code not in FORGIVEN
        return ErrorEvent.of(error)

    def accepted(self) -> None:
        """A frame was good to the end."""
        self._errors = 0

    def text(self, text: str) -> AnyClientEvent:
        """The event in a text frame. Raises ProtocolError."""
        return parse(text)

    def binary(self, data: bytes) -> media.MediaFrame:
        """The media frame in a binary one. Raises ProtocolError."""
        if self.format is None:
            raise ProtocolError(
                "media_not_negotiated",
                'binary frames may come once session.update asked for "media": "binary"',
            )
        return media.decode(data)

    def update(self, event: SessionUpdate) -> SessionUpdated:
        """Take the client's wishes; what they leave out stays as it is.

        Raises ProtocolError for what is not supported, and nothing changes.
        """
        wanted = self._merged(event.session.avatar)
        if wanted is not None and wanted.video is not None:
            size = (wanted.video.width, wanted.video.height)
            if size not in self._facts.video.sizes:
                raise ProtocolError(
                    "unsupported_size",
                    f"pictures of {size[0]} x {size[1]} are not made; sizes: {self._sizes()}",
                    param="session.avatar.video",
                    event_id=event.event_id,
                )
        self.format = wanted
        return SessionUpdated(session=self._effective())

    def flush(self, turn: int) -> None:
        """Nothing of this turn and those before it may be sent any more."""
        self._flushed = max(self._flushed, turn)

    def may_send(self, turn: int) -> bool:
        """Whether media of a turn may still go out; those of turn 0 always may."""
        return turn == 0 or turn > self._flushed

    def _merged(self, wanted: MediaFormat | None) -> MediaFormat | None:
        if wanted is None:
            return self.format
        merged = (self.format or self._usual()).model_dump()
        for name, value in wanted.model_dump(exclude_unset=True).items():
            known = merged[name]
            both = isinstance(known, dict) and isinstance(value, dict)
            merged[name] = {**known, **value} if both else value
        return MediaFormat.model_validate(merged)

    def _usual(self) -> MediaFormat:
        """What holds when a client asks for nothing else: pictures of the avatar's own size."""
        width, height = self._facts.video.sizes[0]
        return MediaFormat(video=VideoFormat(width=width, height=height))

    def _sizes(self) -> str:
        return ", ".join(f"{width} x {height}" for width, height in self._facts.video.sizes)

    def _effective(self) -> dict[str, Any]:
        effective: dict[str, Any] = {"type": "realtime", "id": self.session_id}
        if self.format is not None:
            effective["avatar"] = self.format.model_dump()
        return effective
