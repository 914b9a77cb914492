"""The client's side of one conversation, without sockets or clocks: what is sent, and what came."""

import json
import struct
from base64 import b64encode
from collections.abc import Sequence
from enum import StrEnum
from itertools import count
from typing import Any, TypeAlias

from agent.protocol import media
from agent.protocol.errors import ProtocolError
from agent.protocol.events import ServerEvent
from agent.protocol.events.audio import OPENAI_RATE
from agent.protocol.events.avatar import AvatarFlush
from agent.protocol.events.reading import read
from agent.protocol.events.session import (
    AvatarFacts,
    MediaFormat,
    SessionCreated,
    SessionUpdated,
)
from agent.protocol.media import MediaFrame, MediaKind

SAMPLE_BYTES = 2
MOTION_CHANNELS = 58

Received: TypeAlias = ServerEvent | MediaFrame


class Phase(StrEnum):
    """How far a client has come."""

    CONNECTING = "connecting"
    GREETED = "greeted"
    TALKING = "talking"
    LOST = "lost"


class ClientConnection:
    """Numbers what is sent, counts the user's media time, and knows what was agreed on.

    `facts` are the server's own, from its first event on; `format` is None until the server agreed
    on binary media. It outlives its connection: after `lost`, `opening` asks to go on, and
    `resumed` says whether the server did.
    """

    def __init__(self, wanted: dict[str, Any] | None = None, **fields: Any) -> None:
        """What is `wanted` of `session.avatar`, and other fields of a session."""
        self.phase = Phase.CONNECTING
        self.facts: AvatarFacts | None = None
        self.session_id: str | None = None
        self.format: MediaFormat | None = None
        self.resumed = False
        self._wanted, self._fields = dict(wanted or {}), fields
        self._numbers = count(1)
        self._samples = 0
        self._flushed = 0
        self._token: str | None = None
        self._next_token: str | None = None

    @property
    def microphone_rate(self) -> int:
        """Samples a second of the user's sound."""
        return OPENAI_RATE if self.format is None else self.format.audio.input_rate

    @property
    def voice_rate(self) -> int:
        """Samples a second of the avatar's voice."""
        return OPENAI_RATE if self.format is None else self.format.audio.output_rate

    @property
    def resume_token(self) -> str | None:
        """The secret with which this conversation goes on over another connection."""
        return self._token

    def event(self, kind: str, **fields: Any) -> str:
        """The text of an event."""
        return json.dumps({"type": kind, "event_id": f"client_{next(self._numbers)}", **fields})

    def opening(self) -> str:
        """The first event: what is wanted and, after a loss, the wish to go on."""
        again = {} if self._token is None else {"resume_token": self._token}
        return self._updating(self._wanted, {**self._fields, **again})

    def update(self, wanted: dict[str, Any] | None = None, **fields: Any) -> str:
        """Wish something else of `session.avatar`, or of other fields of the session."""
        self._wanted |= wanted or {}
        self._fields |= fields
        return self._updating(wanted or {}, fields)

    def message(self, text: str) -> tuple[str, str]:
        """What the user types, and the wish for an answer."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content}
        return self.event("conversation.item.create", item=item), self.event("response.create")

    def sound(self, pcm: bytes) -> str | bytes:
        """The next of the user's sound, PCM16 at `microphone_rate`, as it was agreed on."""
        if self.format is None:
            return self.event("input_audio_buffer.append", audio=b64encode(pcm).decode())
        at_us = self._now_us
        self._samples += len(pcm) // SAMPLE_BYTES
        return media.encode(MediaFrame(MediaKind.USER_AUDIO, 0, at_us, pcm))

    def motion(self, values: Sequence[float], seen: Sequence[bool] | None = None) -> bytes:
        """The user's face: 58 numbers, and which of them are seen (all, when it is not said)."""
        payload = struct.pack(f"<{MOTION_CHANNELS}f", *values)
        if seen is not None:
            mask = sum(1 << channel for channel, known in enumerate(seen) if known)
            payload += mask.to_bytes(8, "little")
        return media.encode(MediaFrame(MediaKind.USER_MOTION, 0, self._now_us, payload))

    def picture(self, jpeg: bytes) -> bytes:
        """A picture of the user's camera."""
        return media.encode(MediaFrame(MediaKind.USER_PICTURE, 0, self._now_us, jpeg))

    def received(self, message: str | bytes) -> Received:
        """What a frame of the server is. Raises ProtocolError for what is none."""
        if isinstance(message, bytes):
            return media.decode(message)
        event = read(message)
        match event:
            case SessionCreated():
                self.phase, self.facts = Phase.GREETED, event.session.avatar
                self._next_token = event.session.avatar.resume_token
                if self._token is None:
                    self.session_id = event.session.id
            case SessionUpdated():
                self._agreed(event)
            case AvatarFlush():
                self._flushed = max(self._flushed, event.turn)
            case _:
                pass
        return event

    def is_stale(self, frame: MediaFrame) -> bool:
        """Whether a frame belongs to a turn that was dropped."""
        return 0 < frame.turn <= self._flushed

    def lost(self) -> None:
        """The connection is gone."""
        self.phase = Phase.LOST

    def forget(self) -> None:
        """Begin anew: the conversation that was lost is over."""
        self._token, self._flushed = None, 0

    def _updating(self, wanted: dict[str, Any], fields: dict[str, Any]) -> str:
        avatar = {"media": "binary", **wanted}
        return self.event(
            "session.update", session={"type": "realtime", "avatar": avatar, **fields}
        )

    def _agreed(self, event: SessionUpdated) -> None:
        if event.session.get("avatar") is not None:
            self.format = _format(event.session["avatar"])
        if self.phase is Phase.GREETED:
            session_id = event.session.get("id")
            self.resumed = self._token is not None and session_id == self.session_id
            self.session_id, self._token = session_id, self._next_token
            if not self.resumed:
                self._flushed = self._samples = 0
        self.phase = Phase.TALKING

    @property
    def _now_us(self) -> int:
        return self._samples * 1_000_000 // self.microphone_rate


def _format(agreed: Any) -> MediaFormat:
    try:
        return MediaFormat.model_validate(agreed)
    except ValueError as error:
        raise ProtocolError("invalid_event", f"session.updated: session.avatar: {error}") from error
