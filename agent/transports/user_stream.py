"""The user's sound as it comes from a client, handed on in real time and at 16 kHz."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import numpy as np
import soxr

from agent.protocol.errors import ProtocolError
from avatar.clock import SAMPLE_RATE

AHEAD_S = 0.2
"""Seconds that a client may be ahead of real time before it is made to wait: a network's jitter."""

LONGEST_S = 60.0
"""Seconds that may wait. More is refused."""

PIECE_S = 0.02

AFTERWARDS_S = 0.5
"""Seconds of silence behind what is committed: the end of speech is heard by the quiet after it."""

COMMITTED = b""
"""Stands among the pieces where the user has finished."""


def nothing_said() -> ProtocolError:
    """Why nothing comes of a commit."""
    return ProtocolError(
        "input_audio_buffer_commit_empty", "nothing was said since the last commit"
    )


class UserStream:
    """A queue of PCM16 that gives pieces of 20 ms at the pace of the clock.

    What comes in real time passes at once; what comes faster, such as a whole file, waits its time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rate = SAMPLE_RATE
        self._resampler: soxr.ResampleStream | None = None
        self._waiting = bytearray()
        self._commits: list[int] = []
        self._fresh = False
        self._came = asyncio.Event()
        self._free_s = clock()

    def push(self, pcm: bytes, rate: int) -> None:
        """Mono PCM16, little endian, of any rate.

        Raises ProtocolError `malformed_audio` for half a sample and `audio_overflow` when too much
        waits; the piece is not taken.
        """
        if len(pcm) % 2:
            raise ProtocolError(
                "malformed_audio", f"PCM16 has two bytes a sample; {len(pcm)} bytes came"
            )
        waits_s = (len(self._waiting) / 2) / SAMPLE_RATE + len(pcm) / 2 / rate
        if waits_s > LONGEST_S:
            raise ProtocolError(
                "audio_overflow",
                f"{waits_s:.0f} s of sound would wait; at most {LONGEST_S:.0f} s may: send it in "
                "real time",
            )
        self._waiting += self._converted(pcm, rate)
        self._fresh = self._fresh or bool(pcm)
        self._came.set()

    def commit(self) -> None:
        """The user has finished with what came so far.

        Raises ProtocolError `input_audio_buffer_commit_empty` when nothing came since the last.
        """
        if not self._fresh:
            raise nothing_said()
        self._fresh = False
        size = 2 * round(PIECE_S * SAMPLE_RATE)
        self._waiting += bytes(-len(self._waiting) % size + 2 * round(AFTERWARDS_S * SAMPLE_RATE))
        self._commits.append(len(self._waiting))
        self._came.set()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._commits.clear()
        self._fresh = False

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Pieces of 20 ms, 16 kHz, as they are due, and `COMMITTED` behind what was committed."""
        size = 2 * round(PIECE_S * SAMPLE_RATE)
        while True:
            while len(self._waiting) < size:
                self._came.clear()
                await self._came.wait()
            ahead = self._free_s - self._clock() - AHEAD_S
            if ahead > 0:
                await asyncio.sleep(ahead)
            if len(self._waiting) >= size:
                piece = bytes(self._waiting[:size])
                del self._waiting[:size]
                self._free_s = max(self._free_s, self._clock()) + PIECE_S
                yield piece
                self._commits = [place - size for place in self._commits]
                while self._commits and self._commits[0] <= 0:
                    del self._commits[0]
                    yield COMMITTED

    def _converted(self, pcm: bytes, rate: int) -> bytes:
        if rate != self._rate:
            self._rate = rate
            self._resampler = (
                None
                if rate == SAMPLE_RATE
                else soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16", quality="LQ")
            )
        if self._resampler is None:
            return pcm
        return self._resampler.resample_chunk(np.frombuffer(pcm, "<i2")).tobytes()
