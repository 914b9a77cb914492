"""One stretch of speech on its way to a recogniser."""

import asyncio
from dataclasses import dataclass, field

from agent.services.stt.ears import SAMPLE_BYTES

PIECE_S = 0.1
"""Sound is handed on in pieces of at least this many seconds."""


@dataclass(slots=True)
class Utterance:
    """What has still to be heard of it. One that is `forgotten` leads to no words."""

    rate: int
    waiting: bytearray
    ended: bool = False
    forgotten: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, pcm: bytes) -> None:
        """It goes on."""
        self.waiting += pcm
        if len(self.waiting) >= PIECE_S * self.rate * SAMPLE_BYTES:
            self.news.set()

    def end(self) -> None:
        """It is over."""
        self.ended = True
        self.news.set()

    def forget(self) -> None:
        """Nobody wants to know any more."""
        self.forgotten = True
        self.waiting.clear()
        self.end()

    def take(self) -> bytes:
        """What came since."""
        self.news.clear()
        piece = bytes(self.waiting)
        self.waiting.clear()
        return piece

    async def rest(self) -> None:
        """Wait for the end of what nobody hears."""
        while not self.ended:
            await self.news.wait()
            self.take()
