"""Mouth shapes from the sound of a voice, where its phones are not known.

Formants show in band energies: the first rises with the opening of the jaw (500 to 1100 Hz against
100 to 450 Hz), the second with spreading of the lips and falls with rounding (1700 to 3000 Hz
against 600 to 1300 Hz), and friction lies above 3500 Hz. A short dip between two loud frames is a
closure.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from avatar.behaviour.visemes import SHAPE, Mouth
from avatar.clock import SAMPLE_RATE, TICK
from avatar.tick import Samples

WINDOW, HOP = 400, 160
"""25 ms every 10 ms."""
LEAD_S = 0.03
"""The mouth moves ahead of the sound."""
BANDS_HZ = {
    "voice": (100, 450),
    "open": (500, 1100),
    "back": (600, 1300),
    "front": (1700, 3000),
    "friction": (3500, 7600),
}
SILENCE_DB = -52.0
RANGE_DB = 30.0
"""Below the voice's own peaks by this much is closed."""
PEAK_FALL_DB = 0.08
"""How fast the memory of the peaks falls, in dB a tick: 2 dB/s."""
QUIETEST_PEAK_DB = -38.0

_FREQUENCIES = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
_BANDS = np.stack(
    [(low <= _FREQUENCIES) & (high > _FREQUENCIES) for low, high in BANDS_HZ.values()]
)
_TAPER = np.hanning(WINDOW).astype(np.float32)

Frames = Float32[np.ndarray, " frames"]


@dataclass(frozen=True, eq=False, slots=True)
class ArticulationState:
    """The voice's recent peak, and the samples before this tick."""

    peak_db: float = QUIETEST_PEAK_DB
    past: Samples | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Articulation:
    """What a voice's sound says of its mouth now. `loudness` is 0 to 1 within the voice's range."""

    mouth: Mouth
    loudness: float


def articulate(audio: Samples, state: ArticulationState) -> tuple[Articulation, ArticulationState]:
    """The mouth of a tick from its samples and those ahead of it."""
    past = np.zeros(TICK, np.float32) if state.past is None else state.past
    sound = np.concatenate([past, audio])
    power = _band_power(sound)
    level = 10 * np.log10(power.sum(axis=1) + 1e-9)
    here = TICK // HOP
    peak = max(
        float(level[here:].max(initial=SILENCE_DB)), state.peak_db - PEAK_FALL_DB, QUIETEST_PEAK_DB
    )
    loudness = np.clip(1 + (level - peak) / RANGE_DB, 0, 1) * (level > SILENCE_DB)
    mouths = _shapes(power, loudness.astype(np.float32))
    centre = here + TICK // HOP / 2 + LEAD_S * SAMPLE_RATE / HOP
    weight = np.exp(-0.5 * ((np.arange(len(level)) - centre) / 2.2) ** 2)
    weight /= weight.sum()
    result = Articulation(
        mouth=(weight[:, None] * mouths).sum(axis=0).astype(np.float32),
        loudness=float(weight @ loudness),
    )
    return result, ArticulationState(peak, audio[:TICK])


def _band_power(sound: Samples) -> Float32[np.ndarray, "frames 5"]:
    starts = np.arange(0, len(sound) - WINDOW + 1, HOP)
    frames = sound[starts[:, None] + np.arange(WINDOW)] * _TAPER
    spectrum = np.abs(np.fft.rfft(frames, 512, axis=1)) ** 2 / WINDOW
    return (spectrum @ _BANDS.T.astype(np.float64)).astype(np.float32)


def _shapes(
    power: Float32[np.ndarray, "frames 5"], loudness: Frames
) -> Float32[np.ndarray, "frames 10"]:
    voice, opened, back, front, friction = (power[:, i] + 1e-7 for i in range(len(BANDS_HZ)))
    hiss = friction / (voice + opened + front + friction)
    open_share = opened / (opened + voice)
    front_share = front / (front + 0.35 * back)
    voiced = np.clip(1 - 1.6 * hiss, 0, 1)
    round_share = np.clip(1 - 2.2 * front_share, 0, 1) * np.clip(1.2 - open_share, 0, 1)
    dip = np.clip(_surrounding(loudness) - loudness - 0.25, 0, 0.4) / 0.4
    shape = {
        "jaw": loudness**1.2 * (0.16 + 0.62 * open_share * voiced) * (1 - 0.5 * hiss),
        "pucker": 0.7 * loudness * round_share * voiced,
        "funnel": 0.35 * loudness * round_share * voiced,
        "stretch": 0.55 * loudness * np.clip(1.6 * front_share - 0.3, 0, 1) * voiced
        + 0.25 * hiss * loudness,
        "lower": loudness * (0.15 + 0.25 * open_share + 0.3 * hiss),
        "upper": loudness * (0.05 + 0.12 * front_share),
        "press": 0.5 * dip,
        "close": 0.3 * dip,
    }
    nothing = np.zeros_like(loudness)
    columns = [shape.get(name, nothing) for name in SHAPE]
    mouths = np.stack(columns, axis=1)
    mouths[:, SHAPE.index("jaw")] *= 1 - 0.85 * dip
    return mouths.astype(np.float32)


def _surrounding(loudness: Frames) -> Frames:
    """The smaller of the loudest frames within 90 ms before and after each."""
    padded = np.pad(loudness, 9)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 9)
    before, after = (
        windows[: len(loudness)].max(axis=1),
        windows[10 : 10 + len(loudness)].max(axis=1),
    )
    return np.minimum(before, after)
