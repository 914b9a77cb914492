"""Smoothing what is seen of a face with little delay, and learning how a person rests."""

from dataclasses import dataclass
from math import exp, pi
from typing import TypeAlias

import numpy as np
from jaxtyping import Float64

from avatar.tracking.places import TOLD

Values: TypeAlias = Float64[np.ndarray, " numbers"]

PLACE = 6
"""Yaw, pitch and roll in radians, then x, y and z in inter-ocular distances, come first; the
coefficients `TOLD` follow."""
EYES = np.array([name.startswith("eye") for name in TOLD])
LEAST_CUTOFF = np.concatenate([np.full(PLACE, 3.0), np.where(EYES, 6.0, 3.0)])
"""Hertz of the low pass for a still face; eyes are quick."""
CUTOFF_RISE = np.concatenate([[4.0, 4.0, 4.0, 1.0, 1.0, 1.0], np.full(len(TOLD), 1.5)])
"""Hertz for each unit a second."""
SPEED_CUTOFF = 4.0
"""Hertz of the low pass of the speed itself."""
LEARNING_S = 1.5
"""The rest is the median of the first values over this time."""
DRIFT_S = 20.0
"""Then it follows with this time constant: long against a nod, short against a change of seat."""
NEAR_REST = 0.15
"""A coefficient further from its rest is an expression, which the rest does not follow."""
MOST_REST = 0.45
"""A coefficient's rest is at most this: who smiles at first sight smiles."""


@dataclass(frozen=True, eq=False, slots=True)
class Smooth:
    """The last smoothed values and their speed in units a second."""

    values: Values
    speed: Values


def smooth(raw: Values, before: Smooth | None, passed_s: float) -> Smooth:
    """The One-Euro filter (Casiez et al. 2012): quick when a face moves, calm when it rests."""
    if before is None:
        return Smooth(raw, np.zeros(len(raw)))
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
        return Rest(_bounded(values), 0.0, (values,))
    learned_s = rest.learned_s + passed_s
    if learned_s <= LEARNING_S:
        first = (*rest.first, values)
        return Rest(_bounded(np.median(np.array(first), axis=0)), learned_s, first)
    away = values - rest.values
    followed = np.full(len(values), 1 - exp(-passed_s / DRIFT_S))
    followed[PLACE:] *= np.abs(away[PLACE:]) < NEAR_REST
    return Rest(_bounded(rest.values + followed * away), learned_s)


def _bounded(values: Values) -> Values:
    result = values.copy()
    result[PLACE:] = np.clip(result[PLACE:], -MOST_REST, MOST_REST)
    return result


def expressed(values: Values, rest: Rest) -> Values:
    """Values relative to how the person rests; a full expression stays a full one."""
    result = values - rest.values
    result[PLACE:] /= np.maximum(1 - np.maximum(rest.values[PLACE:], 0), 0.4)
    return result
