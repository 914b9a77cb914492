"""The client's side of one connection, without sockets or clocks: what is sent, and what came."""

import json
from base64 import b64encode
from itertools import count
from typing import Any, TypeAlias

from agent.protocol import media
from agent.protocol.events import ServerEvent
from agent.protocol.events.audio import OPENAI_RATE
from agent.protocol.events.reading import read
from agent.protocol.events.session import (
    AvatarFacts,
    MediaFormat,
    SessionCreated,
    SessionUpdated,
)
from agent.protocol.media import MediaFrame, MediaKind

SAMPLE_BYTES = 2
Received: TypeAlias = ServerEvent | MediaFrame


class ClientConnection:
    """Numbers what is sent, counts the user's media time, and knows what was agreed on.

    `facts` are the server's own, from its first event on; `format` is None until the server agreed
    on binary media, which is when sound may be sent.
    """

    def __init__(self) -> None:
        self.facts: AvatarFacts | None = None
        self.session_id: str | None = None
        self.format: MediaFormat | None = None
        self._numbers = count(1)
        self._samples = 0

    @property
    def microphone_rate(self) -> int:
        """Samples a second of the user's sound."""
        return OPENAI_RATE if self.format is None else self.format.audio.input_rate

    @property
    def voice_rate(self) -> int:
        """Samples a second of the avatar's voice."""
        return OPENAI_RATE if self.format is None else self.format.audio.output_rate

    def event(self, kind: str, **fields: Any) -> str:
        """The text of an event."""
        return json.dumps({"type": kind, "event_id": f"client_{next(self._numbers)}", **fields})

    def update(self, wanted: dict[str, Any] | None = None, **fields: Any) -> str:
        """Ask for binary media, with what of `session.avatar` is `wanted`, and other fields."""
        avatar = {"media": "binary", **(wanted or {})}
        return self.event(
            "session.update", session={"type": "realtime", "avatar": avatar, **fields}
        )

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

    def motion(self, floats: bytes) -> bytes:
        """The user's face: 58 float32 and optionally the mask of those that are seen."""
        return media.encode(MediaFrame(MediaKind.USER_MOTION, 0, self._now_us, floats))

    def picture(self, jpeg: bytes) -> bytes:
        """A picture of the user's camera."""
        return media.encode(MediaFrame(MediaKind.USER_PICTURE, 0, self._now_us, jpeg))

    def received(self, message: str | bytes) -> Received:
        """What a frame of the server is. Raises ProtocolError for what is none."""
        if isinstance(message, bytes):
            return media.decode(message)
        event = read(message)
        if isinstance(event, SessionCreated):
            self.session_id, self.facts = event.session.id, event.session.avatar
        elif isinstance(event, SessionUpdated) and "avatar" in event.session:
            self.format = MediaFormat.model_validate(event.session["avatar"])
        return event

    @property
    def _now_us(self) -> int:
        return self._samples * 1_000_000 // self.microphone_rate
