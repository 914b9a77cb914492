"""A visitor whose microphone is always open: speech is laid over the noise of the room."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic

import numpy as np

from avatar.clock import SAMPLE_RATE
from avatar.motion import ARKIT58
from avatar.tick import Samples
from pipelines.simulation.visitor import PIECE, Visitor

FACE_EVERY = 4
"""Pieces of sound between two motions of the face: 12.5 a second."""
MOUTH_GAIN = 6.0
"""Of the jaw, against the loudness of the voice."""


class Talker:
    """Sends a room's noise in real time, and what is said with it. Times are monotonic."""

    def __init__(self, visitor: Visitor, noise: Samples, *, camera: bool) -> None:
        self._visitor, self._noise, self._camera = visitor, noise, camera
        self._speech = np.zeros(0, np.float32)
        self._own = False
        self._done = asyncio.Event()
        self._begun = self._ended = 0.0
        self.spans: list[tuple[float, float]] = []
        """When something was said."""

    async def say(self, sound: Samples, *, own: bool = True) -> tuple[float, float]:
        """When its first and its last sample were sent; `own` sound moves the visitor's mouth."""
        self._done.clear()
        self._own, self._begun = own, 0.0
        self._speech = sound
        await self._done.wait()
        self.spans.append((self._begun, self._ended))
        return self._begun, self._ended

    async def run(self) -> None:
        """Be there, until cancelled."""
        begin, count = monotonic(), 0
        while True:
            await asyncio.sleep(max(0.0, begin + count * PIECE / SAMPLE_RATE - monotonic()))
            piece = self._piece(count)
            await self._visitor.send_sound((32767 * np.clip(piece, -1, 1)).astype(np.int16))
            if self._camera and count % FACE_EVERY == 0:
                await self._show(piece)
            count += 1

    def _piece(self, count: int) -> Samples:
        at = count * PIECE % len(self._noise)
        piece = np.resize(np.roll(self._noise, -at)[:PIECE], PIECE).copy()
        said, self._speech = self._speech[:PIECE], self._speech[PIECE:]
        if len(said):
            piece[: len(said)] += said
            self._begun = self._begun or monotonic()
            if not len(self._speech):
                self._ended = monotonic() + len(said) / SAMPLE_RATE
                self._done.set()
        return piece

    async def _show(self, piece: Samples) -> None:
        loudness = float(np.sqrt((piece**2).mean())) if self._own and len(self._speech) else 0.0
        motion = ARKIT58.rest.copy()
        motion[ARKIT58.index("jawOpen")] = min(0.6, MOUTH_GAIN * loudness)
        await self._visitor.send_motion(motion)


@asynccontextmanager
async def talking(visitor: Visitor, noise: Samples, *, camera: bool) -> AsyncGenerator[Talker]:
    """An open microphone while the context lasts."""
    talker = Talker(visitor, noise, camera=camera)
    running = asyncio.create_task(talker.run())
    try:
        yield talker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
