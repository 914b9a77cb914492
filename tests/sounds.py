"""Sounds made for tests: laughter, tones, silence."""

import numpy as np
from jaxtyping import Float32

from avatar.clock import SAMPLE_RATE
from avatar.tick import Samples


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def tone(seconds: float, hz: float = 150.0, level: float = 0.2) -> Samples:
    """A voiced sound with ten harmonics."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = [np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 11)]
    return (level / 2 * np.sum(harmonics, axis=0)).astype(np.float32)


def laugh(seed: int = 0, level: float = 0.5) -> Samples:
    """Breathy calls of one vowel at 4 to 5.5 Hz that weaken."""
    chance = np.random.default_rng(seed)
    rate, pitch = chance.uniform(4, 5.5), chance.uniform(170, 320)
    t = np.arange(int(SAMPLE_RATE / rate)) / SAMPLE_RATE
    calls: list[Float32[np.ndarray, " n"]] = []
    for i in range(chance.integers(5, 9)):
        phase = 2 * np.pi * np.cumsum(pitch * (1 - 0.03 * i) * (1 + 0.1 * np.sin(np.pi * t * rate)))
        phase /= SAMPLE_RATE
        vowel = sum(
            np.sin(k * phase) * np.exp(-(((k * pitch - 900) / 900) ** 2)) / k**1.2
            for k in range(1, 12)
        )
        breath = chance.normal(0, 0.045, len(t)) * np.exp(-(((t - 0.02) / 0.03) ** 2))
        call = 0.25 * vowel * np.exp(-(((t - 0.08) / 0.045) ** 2)) * (1 - 0.08 * i) + breath
        calls.append((level * call).astype(np.float32))
    return np.concatenate(calls)


def level(samples: Samples) -> Float32[np.ndarray, " ticks"]:
    """Loudness (root mean square) of every tick."""
    ticks = samples[: len(samples) // 640 * 640].reshape(-1, 640)
    return np.sqrt((ticks**2).mean(axis=1))
