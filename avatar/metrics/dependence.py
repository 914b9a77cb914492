"""The shift-null test: does the avatar's motion depend on what this user did before?

A directed gain in the sense of Granger (1969), some ticks ahead: how much better the avatar's
motion is predicted from its own past, its own voice *and* the user's past than without the user.
The same is computed with the user's signals shifted in a circle, which keeps everything in them
but when it happened; gains of shifted signals are what chance gives. R-DGG (Kravtsov et al. 2026)
tests listeners so with audio alone; here the user's face counts as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

from avatar.clock import ticks_in
from avatar.metrics.signals import (
    STILL,
    Levels,
    brows,
    channel,
    frown,
    require_finite,
    swinging,
    trailing_mean,
)
from avatar.motion import Motions

HORIZON = 5
"""Ticks ahead: nobody answers sooner than 0.2 s, and by then a begun movement is no news."""
USER_LAGS = (0, 4, 10, 20, 40)
"""Edges in ticks of the boxes over which the user's past is averaged: the last 1.6 s."""
OWN_LAGS = (0, 1, 2, 4, 7, 14, 25, 40)
"""The same of the avatar's own past."""
VOICE_LAGS = (-4, 0, 3, 7, 14, 25, 40)
"""The same of its own voice, from the tick that is predicted: it knows 4 ticks of it ahead."""
EDGE = HORIZON + USER_LAGS[-1]
"""Ticks at either end of a conversation that are not predicted."""
LEAST_SHIFT = ticks_in(4.0)
SHORTEST = 3 * LEAST_SHIFT
"""Ticks of the shortest conversation that can be tested: 12 s."""
SHIFTS = 200
OWN_RIDGE, USER_RIDGE = 0.001, 0.1
"""Penalties of standardised coefficients of the own past and the user's, as shares of the ticks."""
NOISE = 0.05
"""Share of a signal's variance that counts as noise of measurement, on top of every error. Without
it a posture that is predicted almost perfectly decides, by its last per mille of error."""
UNIT = 1e4
"""Gains are given in nats a tick, times this."""

Rows = Float64[np.ndarray, "rows columns"]


@dataclass(frozen=True, eq=False, slots=True)
class Encounter:
    """The signals of one conversation, a row a tick: the avatar's motion, what it knows of itself
    (its voice and what it is doing), and the user's motion and voice.
    """

    avatar: Float64[np.ndarray, "ticks channels"]
    itself: Float64[np.ndarray, "ticks own"]
    user: Float64[np.ndarray, "ticks other"]

    def centred(self) -> "Encounter":
        """The same without what stays: a shift cannot tell it from what happens."""
        return Encounter(
            self.avatar - self.avatar.mean(axis=0),
            self.itself - self.itself.mean(axis=0),
            self.user - self.user.mean(axis=0),
        )


@dataclass(frozen=True, slots=True)
class Dependence:
    """What the user adds to the prediction of the avatar.

    `gain` is the observed gain less the mean of the shifted ones, in 1e-4 nats a tick and signal;
    `p` the share of gains, the observed one among them, that are as high.
    """

    gain: float
    p: float


def face_signals(motion: Motions) -> Float64[np.ndarray, "ticks 7"]:
    """Smile, brows, frown, swing of the pitch (nods), pitch, yaw and roll; nothing of the mouth."""
    pitch = channel(motion, "headPitch")
    columns = [
        channel(motion, "mouthSmile"),
        brows(motion),
        frown(motion),
        swinging(pitch),
        pitch,
        channel(motion, "headYaw"),
        channel(motion, "headRoll"),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def voice_signals(loudness: Levels) -> Float64[np.ndarray, "ticks 2"]:
    """How loud a voice is and how far it has just fallen below its mean of the last 1.2 s."""
    fall = np.maximum(trailing_mean(loudness, 30) - trailing_mean(loudness, 5), 0.0)
    return np.stack([loudness, fall], axis=1).astype(np.float64)


def shift_null(
    encounters: Sequence[Encounter], *, shifts: int = SHIFTS, seed: int = 0
) -> Dependence | None:
    """Gain of the user's signals over circularly shifted ones, and how likely by chance.

    Ridge regressions of every signal of the avatar on box averages of the past; the gain is half
    the logarithm of the quotient of their errors (each with `NOISE`), mean over signals. More
    inputs always fit better: by how much is what the null says, as shifted users bring as many.
    Every conversation is shifted by its own random offset of 4 s or more. `gain` is higher the more
    (and the more linearly) the avatar follows the user, truth is the measure; `p` goes from
    1 / (1 + shifts) to 1. What follows from the avatar's own voice and state is no gain. A few
    minutes hold few reactions: true listeners need about six to be told apart for sure. None when
    no conversation of 12 s is given or the avatar is still. Raises ValueError when a signal is not
    finite.
    """
    for index, encounter in enumerate(encounters):
        for part in ("avatar", "itself", "user"):
            require_finite(getattr(encounter, part), f"conversation {index}, {part}")
    encounters = [each.centred() for each in encounters if len(each.avatar) >= SHORTEST]
    problem = _Problem.of(encounters) if encounters else None
    if problem is None:
        return None
    rng = np.random.default_rng(seed)
    lengths = [len(each) for each in problem.users]
    observed = problem.gain([0] * len(lengths))
    null = np.array(
        [
            problem.gain([int(rng.integers(LEAST_SHIFT, n - LEAST_SHIFT + 1)) for n in lengths])
            for _ in range(shifts)
        ]
    )
    gain = observed - float(null.mean())
    return Dependence(gain * UNIT, (1 + int((null >= observed).sum())) / (1 + shifts))


@dataclass(frozen=True, eq=False, slots=True)
class _Problem:
    """Everything that does not change with the shift.

    `users` are the box averages of the user's past, a row for each that is predicted of each
    conversation; `known` holds what is predicted from without the user, then the targets;
    `products` are those of all columns, the user's first; `error` is the squared errors without the
    user. A shift goes round among the rows, so that each holds a past that really was.
    """

    users: tuple[Float64[np.ndarray, "_ extra"], ...]
    known: Float64[np.ndarray, "rows known"]
    products: Float64[np.ndarray, "columns columns"]
    error: Float64[np.ndarray, " targets"]

    @classmethod
    def of(cls, encounters: Sequence[Encounter]) -> "_Problem | None":
        """Lay out the regressions; None when the avatar is still."""
        kept = slice(EDGE, VOICE_LAGS[0])
        targets = np.concatenate([each.avatar[kept] for each in encounters])
        moving = targets.std(axis=0) > STILL
        if not moving.any():
            return None
        own = [
            np.hstack([boxes(each.avatar, OWN_LAGS, HORIZON), boxes(each.itself, VOICE_LAGS, 0)])
            for each in encounters
        ]
        basis = _standardised(np.concatenate([each[kept] for each in own]))
        user = [boxes(each.user, USER_LAGS, HORIZON)[kept] for each in encounters]
        pooled = _standardised(np.concatenate(user))
        known = np.hstack([basis, _standardised(targets[:, moving])])
        columns = np.hstack([pooled, known])
        alone = np.full(basis.shape[1], OWN_RIDGE)
        return cls(
            users=tuple(np.split(pooled, np.cumsum([len(each) for each in user])[:-1])),
            known=known,
            products=columns.T @ columns,
            error=_error(known.T @ known, alone, len(known)),
        )

    def gain(self, offsets: Sequence[int]) -> float:
        """The gain in nats a tick with every user shifted by so many rows."""
        pairs = zip(self.users, offsets, strict=True)
        user = np.concatenate([np.roll(each, offset, axis=0) for each, offset in pairs])
        extra, own = user.shape[1], self.known.shape[1] - len(self.error)
        products = self.products.copy()
        products[:extra, extra:] = user.T @ self.known
        products[extra:, :extra] = products[:extra, extra:].T
        penalties = np.repeat([USER_RIDGE, OWN_RIDGE], [extra, own])
        error = _error(products, penalties, len(self.known))
        return float(0.5 * np.log(self.error / error).mean())


def boxes(signals: Rows, edges: Sequence[int], ahead: int) -> Float64[np.ndarray, "rows averages"]:
    """Averages of signals over boxes of lags, `ahead` ticks before each tick; ends meet.

    A box reaches from one edge to before the next: lag 0 is the tick `ahead` ticks ago.
    """
    columns = list[Rows]()
    for first, after in pairwise(edges):
        shifted = [np.roll(signals, ahead + lag, axis=0) for lag in range(first, after)]
        columns.append(np.mean(shifted, axis=0))
    return np.hstack(columns)


def _deviation(columns: Rows) -> Float64[np.ndarray, " columns"]:
    deviation = columns.std(axis=0)
    return np.where(deviation > 1e-9, deviation, 1.0)


def _standardised(columns: Rows) -> Rows:
    return (columns - columns.mean(axis=0)) / _deviation(columns)


def _error(
    products: Float64[np.ndarray, "columns columns"],
    penalties: Float64[np.ndarray, " inputs"],
    rows: int,
) -> Float64[np.ndarray, " targets"]:
    """Squared errors of ridge regressions with `NOISE`, from the products of all columns.

    The inputs come first, then the targets.
    """
    count = len(penalties)
    inputs, crossed = products[:count, :count], products[:count, count:]
    weights = np.linalg.solve(inputs + rows * np.diag(penalties), crossed)
    modelled = 2 * (weights * crossed).sum(axis=0) - (weights * (inputs @ weights)).sum(axis=0)
    return np.diag(products[count:, count:]) - modelled + NOISE * rows
