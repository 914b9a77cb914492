"""Mel-frequency cepstra, as SyncNet was trained on: 13 numbers every 10 ms of 16 kHz sound."""

import numpy as np
from jaxtyping import Float32, Float64
from scipy.fft import dct

from avatar.clock import SAMPLE_RATE
from avatar.tick import Samples

WINDOW, HOP, TRANSFORM = 400, 160, 512
BANDS, CEPSTRA, LIFTER = 26, 13, 22
PREEMPHASIS = 0.97
FULL_SCALE = 32768
"""Samples are taken as PCM16: the first number is the logarithm of their energy."""


def cepstra(samples: Samples) -> Float32[np.ndarray, "frames 13"]:
    """Cepstra of Davis and Mermelstein (1980), liftered, the first replaced by the log energy.

    Windows of 25 ms without taper after pre-emphasis; 26 triangles on the mel scale from 0 to
    8 kHz; an orthonormal cosine transform. The last window is filled up with zeros.
    """
    pcm = np.trunc(np.clip(samples.astype(np.float64), -1, 1) * (FULL_SCALE - 1))
    emphasised = np.append(pcm[:1], pcm[1:] - PREEMPHASIS * pcm[:-1])
    frames = 1 + max(0, -(-(len(emphasised) - WINDOW) // HOP))
    padded = np.zeros((frames - 1) * HOP + WINDOW)
    padded[: len(emphasised)] = emphasised[: len(padded)]
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(windows, TRANSFORM)) ** 2 / TRANSFORM
    bands, energy = power @ _triangles().T, power.sum(axis=1)
    least = np.finfo(np.float64).eps
    lift = 1 + LIFTER / 2 * np.sin(np.pi * np.arange(CEPSTRA) / LIFTER)
    turned = np.asarray(dct(np.log(np.where(bands > 0, bands, least)), norm="ortho"))
    found = turned[:, :CEPSTRA] * lift
    found[:, 0] = np.log(np.where(energy > 0, energy, least))
    return found.astype(np.float32)


def _triangles() -> Float64[np.ndarray, "26 257"]:
    top = 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    hertz = 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)
    edges = np.floor((TRANSFORM + 1) * hertz / SAMPLE_RATE)
    low, middle, high = (edges[start : start + BANDS, None] for start in range(3))
    at = np.arange(TRANSFORM // 2 + 1)
    rising, falling = (at - low) / (middle - low), (high - at) / (high - middle)
    inside = (at >= low) & (at < high)
    return np.where(inside, np.where(at < middle, rising, falling), 0.0)
