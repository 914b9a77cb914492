"""Log-mel features, the one front end of everything that listens: models, training, alignment.

Definition. Frame `f` (counted from 0) is made of the `window` samples that end with sample
`(f + 1) * hop - 1`; samples before the first are zero, so the first frame exists after `hop`
samples and nothing is ever looked ahead. The samples, in [-1, 1], are weighted by a periodic Hann
window and transformed by an FFT of `fft` points; power is the squared magnitude, not scaled. Band
`b` sums power under a triangle of height 1 whose corners are points `b`, `b + 1` and `b + 2` of
`bands + 2` points that are equally spaced in mel = 2595 log10(1 + hz / 700) from `low_hz` to
`high_hz` (O'Shaughnessy, Speech Communication, 1987). A feature is ln(sum + 1e-4).
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32
from numpy.lib.stride_tricks import sliding_window_view

from avatar.clock import SAMPLE_RATE
from avatar.tick import Samples

MelFrames: TypeAlias = Float32[np.ndarray, "frames bands"]

POWER_FLOOR = np.float32(1e-4)
"""Added to the power of a band, 80 dB below a sine of full scale; silence is ln(1e-4) = -9.21."""


@dataclass(frozen=True, slots=True)
class MelConfig:
    """Shape of the features. `hop`, `window` and `fft` in samples at 16 kHz."""

    bands: int = 32
    hop: int = 160
    window: int = 400
    fft: int = 512
    low_hz: float = 60.0
    high_hz: float = 7600.0

    def __post_init__(self) -> None:
        """Raise ValueError when the numbers do not make a filter bank."""
        if not 0 < self.hop <= self.window <= self.fft:
            raise ValueError(
                f"0 < hop <= window <= fft is needed, not {self.hop}, {self.window}, {self.fft}"
            )
        if not 0 <= self.low_hz < self.high_hz <= SAMPLE_RATE / 2:
            raise ValueError(
                f"0 <= low_hz < high_hz <= {SAMPLE_RATE // 2} is needed, "
                f"not {self.low_hz} and {self.high_hz}"
            )
        if self.bands < 1 or not _filters(self).any(axis=0).all():
            raise ValueError(
                f"{self.bands} bands between {self.low_hz} and {self.high_hz} Hz: each needs a "
                f"line of the {self.fft}-point FFT; take fewer bands or a longer FFT"
            )


@dataclass(frozen=True, eq=False)
class MelState:
    """Samples that the next frame still needs."""

    tail: Samples


class LogMel:
    """Log-mel features of a stream. Holds tables only; a stream's state is the caller's."""

    def __init__(self, config: MelConfig) -> None:
        """Tables for one configuration."""
        self.config = config
        phase = np.arange(config.window) / config.window
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * phase)).astype(np.float32)
        self._filters = _filters(config)

    def start(self) -> MelState:
        """The state before the first sample."""
        return MelState(np.zeros(self.config.window - self.config.hop, np.float32))

    def step(self, samples: Samples, state: MelState) -> tuple[MelFrames, MelState]:
        """Every frame that is complete with these samples (any number of them), and the state."""
        config = self.config
        held = np.concatenate([state.tail, samples])
        frames = (len(held) - config.window + config.hop) // config.hop
        rest = MelState(held[frames * config.hop :])
        if frames == 0:
            return np.zeros((0, config.bands), np.float32), rest
        windows = sliding_window_view(held, config.window)[:: config.hop][:frames]
        spectrum = np.fft.rfft(windows * self._window, config.fft)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        return np.log(power @ self._filters + POWER_FLOOR), rest

    def offline(self, samples: Samples) -> MelFrames:
        """Frames of a whole recording: `len(samples) // hop` of them."""
        return self.step(samples, self.start())[0]


def _filters(config: MelConfig) -> Float32[np.ndarray, "lines bands"]:
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (config.low_hz, config.high_hz))
    corners = 700 * (10 ** (np.linspace(low, high, config.bands + 2) / 2595) - 1)
    lines = np.arange(config.fft // 2 + 1)[:, None] * (SAMPLE_RATE / config.fft)
    rising = (lines - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - lines) / (corners[2:] - corners[1:-1])
    return np.clip(np.minimum(rising, falling), 0, None).astype(np.float32)
