"""A caller of a live bot over WebRTC: a microphone, eyes and ears, and pipecat's data channel."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import psutil
import soxr
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from tests.pipelines.live.visitor import spoken

RATE = 48_000
PIECE = RATE // 50
PING_S = 1.0
"""pipecat takes a peer for gone whose data channel was silent for three seconds."""


async def until(true: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if true():
                return
            await asyncio.sleep(0.02)


@dataclass
class Seen:
    """A picture that came: when, its time on the media clock, and every fourth pixel of it."""

    at: float
    media_s: float
    size: tuple[int, int]
    pixels: np.ndarray


@dataclass
class Heard:
    """A piece of sound that came, and its loudness in 16-bit steps."""

    at: float
    rms: float


class Microphone(AudioStreamTrack):
    """Sends what is to be said in real time, and a quiet room otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._room = np.random.default_rng(0).normal(0, 8, RATE).astype(np.int16)
        self._speech: deque[np.ndarray] = deque()
        self._sent = 0
        self._start = 0.0
        self.quiet = asyncio.Event()

    def say(self, pcm: np.ndarray) -> None:
        whole = np.pad(pcm, (0, -len(pcm) % PIECE)).reshape(-1, PIECE)
        self.quiet.clear()
        self._speech.extend(whole)

    async def recv(self) -> AudioFrame:
        self._start = self._start or time.monotonic()
        await asyncio.sleep(max(0.0, self._start + self._sent / RATE - time.monotonic()))
        at = self._sent % RATE
        piece = self._room[at : at + PIECE]
        if self._speech:
            piece = self._speech.popleft()
        else:
            self.quiet.set()
        frame = AudioFrame.from_ndarray(piece[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, Fraction(1, RATE)
        self._sent += PIECE
        return frame


@dataclass
class Caller:
    """Everything that came over one connection."""

    peer: RTCPeerConnection = field(default_factory=RTCPeerConnection)
    microphone: Microphone = field(default_factory=Microphone)
    pictures: list[Seen] = field(default_factory=list)
    sounds: list[Heard] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    newest: np.ndarray | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def connect(self, address: str) -> None:
        self.peer.addTrack(self.microphone)
        self.peer.addTransceiver("video", direction="recvonly")
        channel = self.peer.createDataChannel("rtvi")
        channel.on("open", lambda: self._do(self._keep_alive(channel)))
        channel.on("message", self._note)
        self.peer.on("track", lambda track: self._do(self._receive(track)))
        await self.peer.setLocalDescription(await self.peer.createOffer())
        offer = {"sdp": self.peer.localDescription.sdp, "type": self.peer.localDescription.type}
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{address}/api/offer", json=offer) as answer,
        ):
            assert answer.status == 200, await answer.text()
            body = await answer.json()
        await self.peer.setRemoteDescription(RTCSessionDescription(body["sdp"], body["type"]))

    async def hang_up(self) -> None:
        await self.peer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, text: str, folder: Path) -> float:
        """Say a sentence; returns the moment in which its last sample was sent."""
        pcm = spoken(text, folder)
        self.microphone.say(soxr.resample(pcm, 16_000, RATE))
        await self.microphone.quiet.wait()
        return time.monotonic()

    async def video_bytes(self) -> tuple[float, int]:
        """What the newest report of the video's sender says: its time and the bytes sent so far."""
        report = await self.peer.getStats()
        for stats in report.values():
            if stats.type == "remote-outbound-rtp" and stats.kind == "video":
                return stats.remoteTimestamp.timestamp(), stats.bytesSent
        return 0.0, 0

    def loud_since(self, at: float) -> list[Heard]:
        return [sound for sound in self.sounds if sound.at >= at and sound.rms > 300]

    async def until_loud(self, at: float, seconds: float) -> Heard:
        await until(lambda: bool(self.loud_since(at)), seconds)
        return self.loud_since(at)[0]

    def _do(self, work: Any) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    def _note(self, message: str | bytes) -> None:
        self.messages.append(json.loads(message))

    async def _keep_alive(self, channel: Any) -> None:
        about = {"version": "2.2.0", "about": {"library": "tests"}}
        ready = {"label": "rtvi-ai", "type": "client-ready", "id": "1", "data": about}
        channel.send(json.dumps(ready))
        while True:
            channel.send("ping")
            await asyncio.sleep(PING_S)

    async def _receive(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, VideoFrame):
                    self._see(frame)
                elif isinstance(frame, AudioFrame):
                    pcm = frame.to_ndarray().astype(np.float64)
                    self.sounds.append(Heard(time.monotonic(), float(np.sqrt((pcm**2).mean()))))
        except MediaStreamError:
            pass

    def _see(self, frame: VideoFrame) -> None:
        at = time.monotonic()
        assert frame.pts is not None
        assert frame.time_base is not None
        self.newest = frame.to_ndarray(format="rgb24")
        media_s = float(frame.pts * frame.time_base)
        pixels = self.newest[::4, ::4].copy()
        self.pictures.append(Seen(at, media_s, (frame.width, frame.height), pixels))


@dataclass(frozen=True)
class Watched:
    """What a stretch of video was like; `clock` is media time over real time, `bits` a second."""

    rate: float
    clock: float
    longest_gap_s: float
    size: tuple[int, int]
    colours: int
    change: float
    bits: float


async def watched(caller: Caller, seconds: float) -> Watched:
    """Watch for a while. The `change` is the mean of the spread of each pixel's values."""
    begin, sent = await caller.video_bytes()
    first = len(caller.pictures)
    await asyncio.sleep(seconds)
    end, sent_by_then = await caller.video_bytes()
    seen = caller.pictures[first:]
    took = seen[-1].at - seen[0].at
    pixels = np.stack([picture.pixels for picture in seen])
    return Watched(
        rate=(len(seen) - 1) / took,
        clock=float(np.polyfit([one.at for one in seen], [one.media_s for one in seen], 1)[0]),
        longest_gap_s=max(b.at - a.at for a, b in pairwise(seen)),
        size=seen[-1].size,
        colours=len(np.unique(seen[-1].pixels.reshape(-1, 3), axis=0)),
        change=float(np.ptp(pixels, axis=0).mean()),
        bits=8 * (sent_by_then - sent) / (end - begin),
    )


async def fell_silent(caller: Caller, since: float, *, for_s: float = 0.3, within: float) -> float:
    """Seconds after `since` at which a silence of at least `for_s` began."""
    async with asyncio.timeout(within + for_s):
        while True:
            loud = caller.loud_since(since)
            last = loud[-1].at if loud else since
            newest = caller.sounds[-1].at
            pauses = [a.at for a, b in pairwise(loud) if b.at - a.at >= for_s]
            if pauses or newest - last >= for_s:
                return (pauses[0] if pauses else last) - since
            await asyncio.sleep(0.02)


async def until_alone(process: int, seconds: float = 5.0, *, waiting: int = 0) -> None:
    """Wait until a process has no workers but those that wait for a conversation."""
    await until(lambda: len(psutil.Process(process).children()) <= waiting, seconds)


@asynccontextmanager
async def call(port: int) -> AsyncGenerator[Caller]:
    """Call a bot on this machine and wait for its first picture."""
    caller = Caller()
    try:
        await caller.connect(f"http://127.0.0.1:{port}")
        await until(lambda: bool(caller.pictures), 20)
        yield caller
    finally:
        await caller.hang_up()
