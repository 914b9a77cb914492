"""What metrics read from a face and a voice, and the sums that several of them share."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float
from scipy.signal import butter, sosfilt, sosfiltfilt

from avatar.clock import FPS, TICK
from avatar.data.clip import Utterance
from avatar.motion import ARKIT58, COEFFICIENTS, Motions
from avatar.tick import Samples

Levels: TypeAlias = Float[np.ndarray, " ticks"]
"""One signal, a value a tick."""
Marks: TypeAlias = Bool[np.ndarray, " ticks"]
"""Whether something is so, tick by tick."""

EXPRESSION = slice(0, len(COEFFICIENTS))
"""The coefficients of a motion: "exp" in the names of metrics."""
HEAD = slice(len(COEFFICIENTS), ARKIT58.dim)
"""The pose of the head: "pose" in the names of metrics."""

NOD_BAND_HZ = (0.8, 3.2)
"""Where nods are, between the sway of the head below and jitter above."""
SHORTEST_FILTERED = 30
"""Ticks below which a band pass has nothing to say."""
STILL = 1e-3
"""Standard deviation under which a channel counts as not moving."""
QUIETEST_DB, LOUDEST_DB = -60.0, -10.0


def require_finite(motion: Float[np.ndarray, "ticks dim"], what: str) -> None:
    """Raise ValueError with the first place at which a motion or a row of signals is not finite."""
    bad = np.argwhere(~np.isfinite(motion))
    if len(bad):
        tick, place = bad[0].tolist()
        named = motion.shape[1] == ARKIT58.dim
        name = ARKIT58.channels[place] if named else f"signal {place}"
        raise ValueError(
            f"{what}: tick {tick}, {name} is {motion[tick, place]}: finite numbers are needed"
        )


def require_finite_levels(levels: Levels, what: str) -> None:
    """Raise ValueError with the first tick (or sample) at which a signal is not finite."""
    bad = np.flatnonzero(~np.isfinite(levels))
    if len(bad):
        raise ValueError(f"{what}: {levels[bad[0]]} at {bad[0]}: finite numbers are needed")


def channel(motion: Motions, name: str) -> Levels:
    """One channel; the mean of both sides for a name without a side, such as `mouthSmile`."""
    if name in ARKIT58.channels:
        return motion[:, ARKIT58.index(name)]
    left, right = ARKIT58.index(name + "Left"), ARKIT58.index(name + "Right")
    return 0.5 * (motion[:, left] + motion[:, right])


def brows(motion: Motions) -> Levels:
    """How far the brows are raised."""
    return 0.5 * (channel(motion, "browInnerUp") + channel(motion, "browOuterUp"))


def frown(motion: Motions) -> Levels:
    """How much brows and mouth corners are drawn down."""
    return np.maximum(channel(motion, "browDown"), channel(motion, "mouthFrown"))


def correlation(one: Levels, other: Levels) -> float | None:
    """Pearson's r in [-1, 1]; None when one of them is constant."""
    one, other = one - one.mean(dtype=np.float64), other - other.mean(dtype=np.float64)
    scale = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / scale if scale > 1e-9 else None


def nod_band(levels: Levels) -> Levels:
    """The part of a signal in the band of nods, without delay; zero for a very short one."""
    if len(levels) < SHORTEST_FILTERED:
        return np.zeros(len(levels))
    sections = butter(2, NOD_BAND_HZ, "bandpass", fs=FPS, output="sos")
    return sosfiltfilt(sections, levels.astype(np.float64))


def swinging(levels: Levels) -> Levels:
    """How strongly a signal swings in the band of nods: its root mean square of the last 0.32 s.

    Causal: a tick knows nothing of later ones.
    """
    sections = butter(2, NOD_BAND_HZ, "bandpass", fs=FPS, output="sos")
    swing = np.asarray(sosfilt(sections, levels.astype(np.float64) - float(levels[0])))
    return np.sqrt(np.maximum(trailing_mean(swing**2, 8), 0.0))


def trailing_mean(levels: Levels, ticks: int) -> Levels:
    """The mean of this tick and those before it; what came before the first counts as the first."""
    padded = np.concatenate([np.full(ticks, levels[0], np.float64), levels])
    sums = np.cumsum(padded)
    return (sums[ticks:] - sums[:-ticks]) / ticks


def near(marks: Marks, ticks: int) -> Marks:
    """Ticks at most so far from a marked one."""
    around = np.ones(2 * ticks + 1)
    return np.convolve(marks.astype(np.float64), around, "full")[ticks : ticks + len(marks)] > 0.5


def speech_ticks(utterances: Sequence[Utterance], length: int) -> Marks:
    """Ticks in which a voice sounds."""
    marks = np.zeros(length, bool)
    for utterance in utterances:
        marks[utterance.start : utterance.end] = True
    return marks


def loudness(audio: Samples) -> Levels:
    """The level of a voice in every tick: 0 at -60 dB of full scale or less, 1 at -10 dB."""
    ticks = audio[: len(audio) // TICK * TICK].reshape(-1, TICK).astype(np.float64)
    decibels = 10 * np.log10((ticks**2).mean(axis=1) + 1e-12)
    return np.clip((decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB), 0.0, 1.0)
