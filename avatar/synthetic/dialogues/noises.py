"""Steady sounds around a person: hiss, rumble, mains hum and other people's talk. Of any level: who
mixes them sets it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from avatar.clock import SAMPLE_RATE
from avatar.tick import Samples

NoiseKind: TypeAlias = Literal["white", "pink", "brown", "hum", "babble"]
NoiseMaker: TypeAlias = Callable[[np.random.Generator, Samples, Samples], Samples]
"""Makes noise as long as the first voice; only babble is made of the two voices."""

LOWEST_HZ = 40.0
"""Coloured noise does not rise below it."""
MAINS_HZ = (50, 60)
HARMONICS = 8
HISS = 0.05
"""Of hum, against its strongest harmonic."""
SPEEDS = (-0.78, -0.83, -0.88, -0.94, -1.0, -1.06, -1.13, -1.2)
"""Babble plays the two voices at these speeds: backward, so that nothing of what will be said is
heard before."""
MURMUR = 0.003
"""White noise below the babble, full scale: a crowd is never silent."""


def _falling(power: float) -> NoiseMaker:
    """Noise whose power falls as this power of frequency."""

    def noise(rng: np.random.Generator, voice: Samples, _other: Samples) -> Samples:
        length = len(voice)
        white = rng.standard_normal(length, dtype=np.float32)
        size: Any = next_fast_len(length, real=True)
        hz = np.arange(size // 2 + 1, dtype=np.float32) * np.float32(SAMPLE_RATE / size)
        shape = np.maximum(hz / np.float32(LOWEST_HZ), 1) ** np.float32(-power / 2)
        spectrum: Any = rfft(white, size)
        sound: Any = irfft(spectrum * shape, size)
        return sound[:length].astype(np.float32)

    return noise


def _white(rng: np.random.Generator, voice: Samples, _other: Samples) -> Samples:
    return rng.standard_normal(len(voice), dtype=np.float32)


def _hum(rng: np.random.Generator, voice: Samples, _other: Samples) -> Samples:
    """Harmonics of the mains, of which a second repeats exactly, and hiss."""
    angle = 2 * np.pi * rng.choice(MAINS_HZ) * np.arange(SAMPLE_RATE) / SAMPLE_RATE
    order = np.arange(1, HARMONICS + 1)[:, None]
    strength = rng.uniform(0.1, 1, order.shape) / order
    second = (strength * np.sin(order * angle + rng.uniform(0, 2 * np.pi, order.shape))).sum(axis=0)
    hiss = np.float32(HISS) * rng.standard_normal(len(voice), dtype=np.float32)
    return hiss + np.resize(second.astype(np.float32), len(voice))


def _babble(rng: np.random.Generator, voice: Samples, other: Samples) -> Samples:
    """Several people far away: both voices, shifted and at other speeds."""
    length = len(voice)
    crowd = np.float32(MURMUR) * rng.standard_normal(length, dtype=np.float32)
    for i, speed in enumerate(SPEEDS):
        at = (np.arange(length) * speed).astype(np.int32) + rng.integers(0, length)
        crowd += np.take((voice, other)[i // 2 % 2], at, mode="wrap")
    return crowd


NOISES: Mapping[NoiseKind, NoiseMaker] = {
    "white": _white,
    "pink": _falling(1.0),
    "brown": _falling(2.0),
    "hum": _hum,
    "babble": _babble,
}
