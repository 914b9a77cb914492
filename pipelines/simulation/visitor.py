"""A visitor that talks with a server over its websocket and notes when what came."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np
import websockets

from agent.protocol.media import MediaFrame, MediaKind, decode, encode
from avatar.clock import SAMPLE_RATE
from avatar.errors import VisavisError
from avatar.motion import Vector
from avatar.tick import VoiceSamples

PIECE = SAMPLE_RATE // 50
"""Samples of the 20 ms that a browser sends at a time."""

RECENT = 200
"""Media frames that are looked through for one that is waited for."""

ROOM_LEVEL = 8.0
"""Root mean square of a quiet room in PCM16."""


class VisitorError(VisavisError):
    """A server did not do what a visitor waited for."""


@dataclass(frozen=True, slots=True)
class Received:
    """A media frame without its payload, and when it came."""

    kind: int
    turn: int
    media_time_us: int
    at: float


@dataclass(slots=True)
class Visitor:
    """One connection. Times are of the monotonic clock; speech is 16 kHz."""

    socket: websockets.ClientConnection
    media: list[Received] = field(default_factory=list)
    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    sent: int = 0

    async def speak(self, pcm: VoiceSamples) -> float:
        """Speak in real time; the time at which the last sample was said."""
        begin = monotonic()
        for at in range(0, len(pcm), PIECE):
            piece = pcm[at : at + PIECE]
            await asyncio.sleep(max(0.0, begin + (at + len(piece)) / SAMPLE_RATE - monotonic()))
            await self.send_sound(piece)
        return begin + len(pcm) / SAMPLE_RATE

    async def be_silent(self, seconds: float) -> None:
        """A quiet room."""
        noise = np.random.default_rng(self.sent).normal(0, ROOM_LEVEL, round(seconds * SAMPLE_RATE))
        await self.speak(noise.astype(np.int16))

    async def tell(self, **event: Any) -> None:
        """Send an event."""
        await self.socket.send(json.dumps(event))

    async def first(
        self, kind: str, *, after: float = 0.0, seconds: float = 15.0
    ) -> tuple[float, dict[str, Any]]:
        """The first event of a kind after a moment. Raises VisitorError when none comes."""
        limit = monotonic() + seconds
        while monotonic() < limit:
            for at, event in self.events:
                if event["type"] == kind and at >= after:
                    return at, event
            await asyncio.sleep(0.005)
        raise VisitorError(f"no {kind} came from the server within {seconds:.0f} s")

    async def first_media(
        self, kind: MediaKind, *, after: float, seconds: float = 15.0
    ) -> Received:
        """The first media of a kind after a moment. Raises VisitorError when none comes."""
        limit = monotonic() + seconds
        while monotonic() < limit:
            for frame in self.media[-RECENT:]:
                if frame.kind == kind and frame.at >= after:
                    return frame
            await asyncio.sleep(0.005)
        raise VisitorError(f"no {kind.name} came from the server within {seconds:.0f} s")

    async def listen(self) -> None:
        """Note what comes, until the connection ends."""
        async for message in self.socket:
            at = monotonic()
            if isinstance(message, str):
                self.events.append((at, json.loads(message)))
            else:
                frame = decode(message)
                self.media.append(Received(frame.kind, frame.turn, frame.media_time_us, at))

    async def send_sound(self, pcm: VoiceSamples) -> None:
        """A piece of sound, now."""
        at_us = self.sent * 1_000_000 // SAMPLE_RATE
        self.sent += len(pcm)
        frame = MediaFrame(MediaKind.USER_AUDIO, 0, at_us, pcm.astype("<i2").tobytes())
        await self.socket.send(encode(frame))

    async def send_picture(self, jpeg: bytes) -> None:
        """What the camera sees."""
        at_us = self.sent * 1_000_000 // SAMPLE_RATE
        await self.socket.send(encode(MediaFrame(MediaKind.USER_PICTURE, 0, at_us, jpeg)))

    async def send_motion(self, motion: Vector) -> None:
        """The face, all of which is seen."""
        at_us = self.sent * 1_000_000 // SAMPLE_RATE
        frame = MediaFrame(MediaKind.USER_MOTION, 0, at_us, motion.astype("<f4").tobytes())
        await self.socket.send(encode(frame))


@asynccontextmanager
async def visiting(
    port: int, *, pictures: bool = True, resume: str | None = None
) -> AsyncGenerator[Visitor]:
    """A visitor of a server on this machine, with binary media agreed on.

    `resume` is the token of a conversation that is to go on.
    """
    uri = f"ws://127.0.0.1:{port}/v1/realtime"
    async with websockets.connect(uri, compression=None, max_size=None) as socket:
        visitor = Visitor(socket)
        listening = asyncio.create_task(visitor.listen())
        try:
            wanted: dict[str, Any] = {"media": "binary"}
            if not pictures:
                wanted["video"] = None
            session: dict[str, Any] = {"type": "realtime", "avatar": wanted}
            if resume is not None:
                session["resume_token"] = resume
            await visitor.tell(type="session.update", session=session)
            await visitor.first("session.updated")
            yield visitor
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
