"""A visitor of a live server, written from the protocol's page alone: it shares no code with it."""

import asyncio
import json
import struct
import subprocess
import time
import wave
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import websockets

HEADER = struct.Struct("<BBHIQ")
PIECE = 320


@dataclass
class Media:
    """One binary frame and when it came."""

    kind: int
    flags: int
    turn: int
    us: int
    payload: bytes
    at: float


@dataclass
class Visitor:
    """Everything that was received, in order."""

    socket: Any
    log: list[dict[str, Any] | Media] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    sent_audio: int = 0

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    def of_kind(self, kind: int) -> list[Media]:
        return [media for media in self.media if media.kind == kind]

    async def tell(self, **event: Any) -> None:
        await self.socket.send(json.dumps(event))

    async def until(self, kind: str, *, seconds: float = 10.0, **fields: Any) -> dict[str, Any]:
        """The first event of a kind (with these fields) that has not been waited for yet."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.of(kind):
                    fits = all(event.get(name) == value for name, value in fields.items())
                    if fits and not event.get("awaited"):
                        event["awaited"] = True
                        return event
                await asyncio.sleep(0.01)

    async def say(self, pcm: np.ndarray) -> float:
        """Speak in real time, 16 kHz; returns when the last sample was sent."""
        start = time.monotonic()
        for at in range(0, len(pcm), PIECE):
            due = start + at / 16_000 - time.monotonic()
            if due > 0:
                await asyncio.sleep(due)
            await self.send_audio(pcm[at : at + PIECE])
        return time.monotonic()

    async def send_audio(self, pcm: np.ndarray) -> None:
        header = HEADER.pack(1, 1, 0, 0, self.sent_audio * 1_000_000 // 16_000)
        self.sent_audio += len(pcm)
        await self.socket.send(header + pcm.astype("<i2").tobytes())

    async def silence(self, seconds: float) -> None:
        noise = np.random.default_rng(0).normal(0, 8, round(16_000 * seconds))
        await self.say(noise.astype(np.int16))

    async def listen(self) -> None:
        async for message in self.socket:
            at = time.monotonic()
            if isinstance(message, str):
                self.events.append({**json.loads(message), "at": at})
                self.log.append(self.events[-1])
            else:
                _, kind, flags, turn, us = HEADER.unpack_from(message)
                self.media.append(Media(kind, flags, turn, us, message[HEADER.size :], at))
                self.log.append(self.media[-1])


@asynccontextmanager
async def visit(port: int, *, binary: bool = True, **avatar: Any) -> AsyncGenerator[Visitor, None]:
    """Connect, agree on binary media, listen."""
    uri = f"ws://127.0.0.1:{port}/v1/realtime"
    async with websockets.connect(uri, max_size=None, compression=None) as socket:
        visitor = Visitor(socket)
        listening = asyncio.create_task(visitor.listen())
        try:
            await visitor.until("session.created")
            if binary:
                wishes = {"media": "binary", "motion": True, **avatar}
                await visitor.tell(
                    type="session.update", session={"type": "realtime", "avatar": wishes}
                )
                await visitor.until("session.updated")
            yield visitor
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def spoken(text: str, folder: Path, voice: str = "rms") -> np.ndarray:
    """A sentence by flite at 16 kHz, without the silence at its ends."""
    path = folder / "spoken.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
    with wave.open(str(path)) as file:
        assert file.getframerate() == 16_000
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    loud = np.flatnonzero(np.abs(pcm.astype(int)) > 300)
    return pcm[loud[0] : loud[-1]]
