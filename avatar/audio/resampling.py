"""Turning a voice's own samples into the 16 kHz copy that features are computed from.

A tick is a whole number of samples at any voice rate, so the samples of a tick are one fixed linear
map of the voice samples of that tick and a margin on both sides: no filter state, no delay, and the
same result whether speech arrives in pieces or at once.
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Int16, Int64

from avatar.clock import FPS, SAMPLE_RATE, TICK

HALF_WIDTH = 16
"""Zero crossings of the windowed sinc on either side."""


class TickResampler:
    """Windowed-sinc resampling of one tick at a time.

    Raises ValueError for a rate that does not give whole samples to a tick.
    """

    def __init__(self, rate: int) -> None:
        if rate <= 0 or rate % FPS:
            raise ValueError(f"a voice rate must be a positive multiple of {FPS}, it is {rate}")
        self.rate = rate
        self.tick = rate // FPS
        self.margin, self._index, self._weight = _kernel(rate)

    def __call__(self, around: Int16[np.ndarray, " n"]) -> Float32[np.ndarray, "640"]:
        """16 kHz samples of a tick from its voice samples with `margin` more on both sides."""
        if len(around) != self.tick + 2 * self.margin:
            raise ValueError(f"{self.tick + 2 * self.margin} samples are needed, got {len(around)}")
        return (around[self._index] * self._weight).sum(axis=1, dtype=np.float32)


@lru_cache(maxsize=8)
def _kernel(
    rate: int,
) -> tuple[int, Int64[np.ndarray, "640 taps"], Float32[np.ndarray, "640 taps"]]:
    cutoff = min(1.0, SAMPLE_RATE / rate)
    reach = HALF_WIDTH / cutoff
    margin = int(np.ceil(reach)) + 1
    centre = np.arange(TICK) * (rate / SAMPLE_RATE) + margin
    index = np.arange(-int(np.ceil(reach)), int(np.ceil(reach)) + 1) + np.floor(centre)[:, None]
    offset = index - centre[:, None]
    window = np.where(np.abs(offset) < reach, 0.5 + 0.5 * np.cos(np.pi * offset / reach), 0.0)
    weight = np.sinc(offset * cutoff) * window
    weight /= weight.sum(axis=1, keepdims=True) * 32768.0
    return margin, index.astype(np.int64), weight.astype(np.float32)
