"""Mouth shapes from the sound of a voice, where its phones are not known.

Formants show in band energies: the first rises with the opening of the jaw (500 to 1100 Hz against
100 to 450 Hz), the second with spreading of the lips and falls with rounding (1700 to 3000 Hz
against 600 to 1300 Hz), and friction lies above 3500 Hz. A short dip between two loud frames is a
closure.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

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
NEAR = 14
"""Frames (140 ms) before and after a closure in which the voice must be loud."""
LEAST_DIP, FULL_DIP = 0.10, 0.40
"""Dips of the formants that begin to count as a closure, and that count in full."""
BLUR = 2.0
"""Frames (standard deviation) over which a tick's mouth is averaged."""
FORMANTS = (1, 3)
PAST = 2 * TICK

_FREQUENCIES = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
_BANDS = np.stack(
    [(low <= _FREQUENCIES) & (high > _FREQUENCIES) for low, high in BANDS_HZ.values()]
).astype(np.float64)
_TAPER = np.hanning(WINDOW).astype(np.float32)

Frames = Float[np.ndarray, " frames"]


@dataclass(frozen=True, eq=False, slots=True)
class ArticulationState:
    """The voice's recent peaks, over all bands and over the formants', and the last samples."""

    peak_db: float = QUIETEST_PEAK_DB
    formant_peak_db: float = QUIETEST_PEAK_DB
    past: Samples = field(default_factory=lambda: np.zeros(PAST, np.float32))


@dataclass(frozen=True, eq=False, slots=True)
class Articulation:
    """What a voice's sound says of its mouth now. `loudness` is 0 to 1 within the voice's range."""

    mouth: Mouth
    loudness: float


def articulate(audio: Samples, state: ArticulationState) -> tuple[Articulation, ArticulationState]:
    """The mouth of a tick from its samples and those ahead of it."""
    sound = np.concatenate([state.past, audio])
    power = _band_power(sound)
    level = 10 * np.log10(power.sum(axis=1) + 1e-9)
    formants = 10 * np.log10(power[:, FORMANTS].sum(axis=1) + 1e-9)
    here = PAST // HOP
    peak, formant_peak = (
        _peak(level[here:], state.peak_db),
        _peak(formants[here:], state.formant_peak_db),
    )
    loudness = _within_range(level, peak)
    mouths = _shapes(power, loudness, _closures(_within_range(formants, formant_peak)))
    centre = here + TICK // HOP / 2 + LEAD_S * SAMPLE_RATE / HOP
    weight = np.exp(-0.5 * ((np.arange(len(level)) - centre) / BLUR) ** 2)
    weight /= weight.sum()
    result = Articulation(
        mouth=(weight[:, None] * mouths).sum(axis=0).astype(np.float32),
        loudness=float(weight @ loudness),
    )
    return result, ArticulationState(peak, formant_peak, sound[TICK : TICK + PAST])


def _peak(level_db: Frames, before_db: float) -> float:
    return max(float(level_db.max()), before_db - PEAK_FALL_DB, QUIETEST_PEAK_DB)


def _within_range(level_db: Frames, peak_db: float) -> Frames:
    """0 to 1 within the voice's range below its peak, 0 in silence."""
    return np.clip(1 + (level_db - peak_db) / RANGE_DB, 0, 1) * (level_db > SILENCE_DB)


def _band_power(sound: Samples) -> Float[np.ndarray, "frames 5"]:
    starts = np.arange(0, len(sound) - WINDOW + 1, HOP)
    frames = sound[starts[:, None] + np.arange(WINDOW)] * _TAPER
    spectrum = np.abs(np.fft.rfft(frames, 512, axis=1)) ** 2 / WINDOW
    return spectrum @ _BANDS.T


def _shapes(
    power: Float[np.ndarray, "frames 5"], loudness: Frames, closure: Frames
) -> Float[np.ndarray, "frames 10"]:
    voice, opened, back, front, friction = (power[:, i] + 1e-7 for i in range(len(BANDS_HZ)))
    hiss = friction / (voice + opened + front + friction)
    open_share = opened / (opened + voice)
    front_share = front / (front + 0.35 * back)
    voiced = np.clip(1 - 1.6 * hiss, 0, 1)
    round_share = np.clip(1 - 2.2 * front_share, 0, 1) * np.clip(1.2 - open_share, 0, 1)
    spread = np.clip(1.6 * front_share - 0.3, 0, 1) * voiced
    closed = closure * np.clip(1 - 3 * hiss, 0, 1)
    shape = {
        "jaw": loudness**1.2 * (0.16 + 0.62 * open_share * voiced) * (1 - 0.5 * hiss),
        "pucker": 0.7 * loudness * round_share * voiced,
        "funnel": 0.35 * loudness * round_share * voiced,
        "stretch": loudness * (0.55 * spread + 0.25 * hiss),
        "lower": loudness * (0.15 + 0.25 * open_share + 0.3 * hiss),
        "upper": loudness * (0.05 + 0.12 * front_share),
        "press": 0.45 * closed,
        "close": 0.3 * closed,
    }
    nothing = np.zeros_like(loudness)
    mouths = np.stack([shape.get(name, nothing) for name in SHAPE], axis=1)
    mouths[:, SHAPE.index("jaw")] *= 1 - 0.8 * closed
    return mouths


def _closures(loudness: Frames) -> Frames:
    """How far each frame dips below the smaller of the loudest ones before and after it."""
    padded = np.pad(loudness, NEAR)
    windows = np.lib.stride_tricks.sliding_window_view(padded, NEAR).max(axis=1)
    before, after = windows[: len(loudness)], windows[NEAR + 1 : NEAR + 1 + len(loudness)]
    return np.clip(np.minimum(before, after) - loudness - LEAST_DIP, 0, FULL_DIP) / FULL_DIP
