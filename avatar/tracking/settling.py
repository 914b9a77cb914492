"""Smoothing a pose with little delay, and learning how a person holds the head at rest."""

from dataclasses import dataclass
from math import exp, pi
from typing import TypeAlias

import numpy as np
from jaxtyping import Float64

Values: TypeAlias = Float64[np.ndarray, "6"]

LEAST_CUTOFF = 3.0
"""Hertz of the low pass for a still head."""
CUTOFF_RISE = np.array([4.0, 4.0, 4.0, 1.0, 1.0, 1.0])
"""Hertz for each unit a second of yaw, pitch, roll (radians), x, y, z (inter-ocular distances)."""
SPEED_CUTOFF = 4.0
"""Hertz of the low pass of the speed itself."""
LEARNING_S = 1.5
"""The rest is the median of the first values over this time."""
DRIFT_S = 20.0
"""Then it follows with this time constant: long against a nod, short against a change of seat."""


@dataclass(frozen=True, eq=False, slots=True)
class Smooth:
    """The last smoothed values and their speed in units a second."""

    values: Values
    speed: Values


def smooth(raw: Values, before: Smooth | None, passed_s: float) -> Smooth:
    """The One-Euro filter (Casiez et al. 2012): quick when the head moves, calm when it rests."""
    if before is None:
        return Smooth(raw, np.zeros(6))
    share = 1 - exp(-2 * pi * SPEED_CUTOFF * passed_s)
    speed = before.speed + share * ((raw - before.values) / passed_s - before.speed)
    cutoff = LEAST_CUTOFF + CUTOFF_RISE * np.abs(speed)
    share_of_new = 1 - np.exp(-2 * pi * cutoff * passed_s)
    return Smooth(before.values + share_of_new * (raw - before.values), speed)


@dataclass(frozen=True, eq=False, slots=True)
class Rest:
    """How a person rests; `first` are the values of the time in which it is learned."""

    values: Values
    learned_s: float = 0.0
    first: tuple[Values, ...] = ()


def settle(values: Values, rest: Rest | None, passed_s: float) -> Rest:
    """The rest after one more picture."""
    if rest is None:
        return Rest(values, 0.0, (values,))
    learned_s = rest.learned_s + passed_s
    if learned_s <= LEARNING_S:
        first = (*rest.first, values)
        return Rest(np.median(np.array(first), axis=0), learned_s, first)
    share = 1 - exp(-passed_s / DRIFT_S)
    return Rest(rest.values + share * (values - rest.values), learned_s)
