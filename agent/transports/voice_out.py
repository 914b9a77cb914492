"""The avatar's sound at the rate that a client asked for, a whole tick at a time."""

import numpy as np
import soxr

from avatar.clock import FPS


class VoiceOut:
    """Resamples ticks of speech; each comes out with the samples of exactly one tick.

    The filter's delay (1 ms) is filled with silence at the start of each utterance.
    """

    def __init__(self, source: int, target: int) -> None:
        self._source, self.rate = source, target
        self._resampler: soxr.ResampleStream | None = None
        self._ready = np.zeros(0, np.int16)
        self._next = -1

    def tick(self, pcm: bytes, index: int) -> bytes:
        """The samples of tick `index`."""
        if self._source == self.rate:
            return pcm
        if self._resampler is None or index != self._next:
            self._resampler = soxr.ResampleStream(
                self._source, self.rate, 1, dtype="int16", quality="QQ"
            )
            self._ready = np.zeros(0, np.int16)
        self._next = index + 1
        fresh = self._resampler.resample_chunk(np.frombuffer(pcm, np.int16))
        self._ready = np.concatenate([self._ready, fresh])
        size = self.rate // FPS
        missing = max(0, size - len(self._ready))
        piece = np.concatenate([np.zeros(missing, np.int16), self._ready[: size - missing]])
        self._ready = self._ready[size - missing :]
        return piece.tobytes()
