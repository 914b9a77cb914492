"""How a motion moves, whatever it means: jerk, blinks, and whether it drifts away over minutes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from avatar.clock import FPS
from avatar.metrics.signals import STILL, Levels, channel, require_finite, require_finite_levels
from avatar.motion import Motions

SHUT = 0.5
"""Mean `eyeBlink` of both eyes above which the eyes are shut."""
BLINKS_APART = 5
"""Ticks that two blinks begin apart at least: 0.2 s."""
MINUTE = 60 * FPS


def jerk(
    motion: Float[np.ndarray, "ticks channels"], deviation: Float[np.ndarray, " channels"]
) -> float | None:
    """Mean square of the third difference in time, in squared deviations of the channel.

    `deviation` is the standard deviation of each channel in true motion, so that radians and
    inter-ocular distances weigh alike; channels that do not move in it are left out. At least 0;
    good is as much as in truth: more is jitter, less is sluggish. None when fewer than four ticks
    are given or nothing moves in truth. A sine of amplitude a and w radians a tick has
    (a / deviation)^2 (2 sin(w / 2))^6 / 2.
    """
    require_finite(motion, "motion")
    moving = deviation > STILL
    if len(motion) < 4 or not moving.any():
        return None
    third = np.diff(motion[:, moving].astype(np.float64), 3, axis=0) / deviation[moving]
    return float((third**2).mean())


def blinks(motion: Motions) -> int:
    """How often the eyes shut: mean `eyeBlink` rises over 0.5, at least 0.2 s after the last time.

    As a rate a minute it is 10 to 32 in conversation (Bentivoglio et al. 1997, Doughty 2001).
    """
    require_finite(motion, "motion")
    return count_rises(channel(motion, "eyeBlink"), SHUT, BLINKS_APART)


def count_rises(levels: Levels, threshold: float, apart: int) -> int:
    """How often a signal rises over a threshold, those too soon after another not counted."""
    require_finite_levels(levels, "levels")
    over = levels > threshold
    count, last = 0, -apart
    for tick in np.flatnonzero(over[1:] & ~over[:-1]).tolist():
        if tick - last >= apart:
            count, last = count + 1, tick
    return count


@dataclass(frozen=True, slots=True)
class Minute:
    """How one minute of a motion compares with the first.

    `offset` is the mean distance of the channels' means from those of the first minute, in
    deviations of the channels; `amplitude` the standard deviations over those of the first minute.
    The first minute has 0 and 1.
    """

    offset: float
    amplitude: float


def drift(motion: Motions, deviation: Float[np.ndarray, " dim"]) -> tuple[Minute, ...]:
    """Every whole minute of a long motion against its first.

    `deviation` is the standard deviation of each channel in true motion; channels that do not move
    in it are left out. Offsets that grow and amplitudes that leave 1 are drift. Posture wanders
    slowly, so true motion has offsets above 0 as well: compare with its own.
    """
    require_finite(motion, "motion")
    moving = deviation > STILL
    scaled = motion[:, moving].astype(np.float64) / deviation[moving]
    count = len(scaled) // MINUTE
    if count == 0 or not moving.any():
        return ()
    minutes = scaled[: count * MINUTE].reshape(count, MINUTE, -1)
    offsets = np.abs(minutes.mean(axis=1) - minutes[0].mean(axis=0)).mean(axis=1)
    sizes = minutes.std(axis=1).mean(axis=1)
    first = max(float(sizes[0]), 1e-12)
    return tuple(
        Minute(float(offset), float(size) / first)
        for offset, size in zip(offsets, sizes, strict=True)
    )
