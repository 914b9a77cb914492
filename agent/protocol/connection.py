"""The server's side of one connection, without sockets or clocks: what was agreed on."""

from typing import Any

from agent.protocol import media
from agent.protocol.errors import ProtocolError
from agent.protocol.events import ServerEvent
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.parsing import AnyClientEvent, parse
from agent.protocol.events.session import (
    AvatarFacts,
    FunctionTool,
    MediaFormat,
    PcmFormat,
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
        "input_audio_buffer_commit_empty",
        "media_not_negotiated",
        "no_kiosk",
        "rate_limited",
        "unknown_event",
        "unknown_item",
        "unknown_language",
        "unknown_voice",
        "unsupported",
        "unsupported_codec",
        "unsupported_size",
    }
)
"""Codes of what is well formed and still refused: a newer client, or one that is too eager."""

EXTENSIONS = ("avatar.", "caption.", "kiosk.", "session.moving")
"""How the types of events begin that the OpenAI API does not have."""

DETECTION = {"type": "semantic_vad", "create_response": True, "interrupt_response": True}


class ServerConnection:
    """Numbers what is sent, checks what is received, and knows what was agreed on.

    `format` is None until binary media were agreed on: then sound goes as base64 in events.
    `push_to_talk`: the client ends the user's turns. `text_only`: answers are only written. Without
    `extensions` a client is told of nothing that the OpenAI API does not have.
    """

    def __init__(
        self, session_id: str, model: str, facts: AvatarFacts, *, extensions: bool = True
    ) -> None:
        self.session_id = session_id
        self._extensions = extensions
        self.format: MediaFormat | None = None
        self.push_to_talk = False
        self.text_only = False
        self.tools: tuple[FunctionTool, ...] = ()
        self._model, self._facts = model, facts
        self._sent = 0
        self._errors = 0
        self._flushed = 0

    @property
    def languages(self) -> tuple[str, ...]:
        """What can be spoken, as the client was told."""
        return self._facts.languages

    @property
    def facts(self) -> AvatarFacts:
        """What the client was told of the server."""
        return self._facts

    @property
    def hopeless(self) -> bool:
        """Whether the other side sent nothing but errors for too long."""
        return self._errors >= MOST_ERRORS

    def hello(self) -> SessionCreated:
        """The first event."""
        facts = SessionFacts(
            id=self.session_id, model=self._model, avatar=self._facts, **self._as_openai()
        )
        return SessionCreated(session=facts)

    def tells(self, event: ServerEvent) -> bool:
        """Whether this client wants to know of such an event."""
        return self._extensions or not event.event_type.startswith(EXTENSIONS)

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
            self._check(wanted.video, event.event_id)
        self.format = wanted
        fields = event.session
        if fields.push_to_talk is not None:
            self.push_to_talk = fields.push_to_talk
        if fields.text_only is not None:
            self.text_only = fields.text_only
        if fields.tools is not None and self._facts.functions:
            self.tools = fields.tools
        return SessionUpdated(session=self._effective())

    def _check(self, wanted: VideoFormat, event_id: str | None) -> None:
        """Raises ProtocolError for pictures that are not made here."""
        size, facts = (wanted.width, wanted.height), self._facts.video
        if size not in facts.sizes:
            code = "unsupported_size"
            problem = f"pictures of {size[0]} x {size[1]} are not made; sizes: {self._sizes()}"
        elif wanted.codec not in facts.codecs:
            code = "unsupported_codec"
            problem = f"{wanted.codec} is not made here; codecs: {', '.join(facts.codecs)}"
        elif wanted.codec != "jpeg" and (size[0] % 2 or size[1] % 2):
            code = "unsupported_size"
            problem = f"{wanted.codec} has no pictures of an odd width or height: ask for jpeg"
        else:
            return
        raise ProtocolError(code, problem, param="session.avatar.video", event_id=event_id)

    def resumes(self, event: AnyClientEvent) -> str | None:
        """The token with which a client's first event asks for an earlier conversation."""
        return event.session.resume_token if isinstance(event, SessionUpdate) else None

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
        effective: dict[str, Any] = {
            "type": "realtime",
            "id": self.session_id,
            "object": "realtime.session",
            "model": self._model,
            **self._as_openai(),
        }
        if self.format is not None:
            effective["avatar"] = self.format.model_dump()
        return effective

    def _as_openai(self) -> dict[str, Any]:
        """What holds of the OpenAI API's fields; the others are not echoed."""
        pcm = PcmFormat().model_dump()
        detection = None if self.push_to_talk else DETECTION
        spoken: dict[str, Any] = {"format": pcm}
        if self._facts.voices:
            spoken["voice"] = self._facts.voices[0]
        return {
            "output_modalities": ["text" if self.text_only else "audio"],
            "audio": {
                "input": {"format": pcm, "turn_detection": detection},
                "output": spoken,
            },
            "tools": [tool.model_dump() for tool in self.tools],
        }
