"""Whether a listener answers the other's face and voice: rPCC, smiles, nods.

`avatar` is the motion that is judged, `user` the true motion of the other party.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from avatar.behaviour.events import MotionEvent
from avatar.clock import ticks_in
from avatar.data.clip import Utterance
from avatar.metrics.signals import (
    Levels,
    Marks,
    correlation,
    nod_band,
    require_finite,
    require_finite_levels,
)

MOST_LAG = 50
"""Ticks after the user's smile in which its answer is sought: 2 s."""
QUIET_AROUND = ticks_in(0.6)
"""A smile is silent when the user makes no sound so many ticks before and after it begins."""
ANSWER_FROM, ANSWER_TO = 3, 40
"""Ticks after a smile in which an answer counts: 0.1 to 1.6 s."""
ANSWER_RISE = 0.1
"""By how much a smile must rise to be an answer."""
CHANCE_SHIFTS = 20
"""Other moments of the conversation at which the rate of answers by chance is taken."""
NOD_FROM, NOD_TO = ticks_in(0.12), ticks_in(1.32)
"""Ticks after the end of an utterance in which nods answer it."""
NOD_WINDOW = NOD_TO - NOD_FROM


def residual_correlation(
    generated: Float[np.ndarray, "ticks channels"],
    truth: Float[np.ndarray, "ticks channels"],
    user: Float[np.ndarray, "ticks channels"],
) -> float | None:
    """RPCC of one conversation: |PCC(truth, user) - PCC(generated, user)|.

    PCC is Pearson's r over time and channels at once, as DIM and R-DGG compute it (Avatar Forcing,
    Ki et al. 2026, takes 50 expression or 6 pose numbers; here they are the 52 coefficients or the
    6 of the pose). In [0, 2], lower is better, truth gives 0. One who ignores the user can still
    score well, so it proves nothing alone. None when a motion is constant.
    """
    for motion, what in ((generated, "generated motion"), (truth, "true motion"), (user, "user")):
        require_finite(motion, what)
    made = correlation(generated.ravel(), user.ravel())
    true = correlation(truth.ravel(), user.ravel())
    return abs(true - made) if made is not None and true is not None else None


@dataclass(frozen=True, slots=True)
class SmileResponse:
    """The highest correlation of the avatar's smile with the user's earlier one, and its lag."""

    correlation: float
    lag_ticks: int


def smile_response(users: Sequence[Levels], avatars: Sequence[Levels]) -> SmileResponse | None:
    """Maximum of the normalised cross-correlation of smiles over lags of 0 to 50 ticks.

    Each smile is the mean of both sides, less its mean in the conversation; conversations are
    pooled. Correlation in [-1, 1] and lag both are good when they are as in truth. None when a
    smile never moves or no conversation is longer than 4 s.
    """
    covariance, powers, power = np.zeros(MOST_LAG + 1), np.zeros(MOST_LAG + 1), 0.0
    for user, avatar in zip(users, avatars, strict=True):
        require_finite_levels(user, "user's smile")
        require_finite_levels(avatar, "avatar's smile")
        length = len(user) - MOST_LAG
        if length < MOST_LAG:
            continue
        cause = user[:length] - user[:length].mean(dtype=np.float64)
        answers = np.lib.stride_tricks.sliding_window_view(avatar.astype(np.float64), length)
        answers = answers - answers.mean(axis=1, keepdims=True)
        covariance += answers @ cause
        powers += (answers**2).sum(axis=1)
        power += float(cause @ cause)
    scale = np.sqrt(powers * power)
    if float(scale.min()) < 1e-9:
        return None
    values = covariance / scale
    best = int(values.argmax())
    return SmileResponse(float(values[best]), best)


def silent_smiles(events: Sequence[MotionEvent], sounding: Marks) -> tuple[int, ...]:
    """Onsets of smiles that can only be seen.

    The party that smiles makes no sound from 0.6 s before to 0.6 s after the onset and does not
    laugh until an answer is due; onsets whose 1.6 s for an answer the clip does not hold are left
    out.
    """
    laughs = [event.onset for event in events if event.kind == "laugh"]
    found = list[int]()
    for event in events:
        onset = event.onset
        if event.kind != "smile" or onset < 0 or onset + ANSWER_TO >= len(sounding):
            continue
        heard = sounding[max(0, onset - QUIET_AROUND) : onset + QUIET_AROUND + 1].any()
        laughed = any(-QUIET_AROUND <= laugh - onset <= ANSWER_TO for laugh in laughs)
        if not heard and not laughed:
            found.append(onset)
    return tuple(found)


def answered_smiles(smile: Levels, onsets: Sequence[int]) -> int:
    """How many smiles are answered: the avatar's rises by 0.1 within 0.1 to 1.6 s of the onset.

    The rise counts from its value at the onset. Over the number of silent smiles this is
    `visual_smile_rate`: in [0, 1], good is as much as truth.
    """
    require_finite_levels(smile, "avatar's smile")
    return sum(
        bool(smile[onset + ANSWER_FROM : onset + ANSWER_TO + 1].max() - smile[onset] >= ANSWER_RISE)
        for onset in onsets
    )


def smiles_by_chance(smile: Levels, onsets: Sequence[int]) -> float:
    """How many smiles would seem answered had they come at other moments of the conversation."""
    last = len(smile) - ANSWER_TO - 1
    shifts = [round(k * last / (CHANCE_SHIFTS + 1)) for k in range(1, CHANCE_SHIFTS + 1)]
    counts = [
        answered_smiles(smile, [(onset + shift) % last for onset in onsets]) for shift in shifts
    ]
    return float(np.mean(counts))


@dataclass(frozen=True, eq=False, slots=True)
class NodPower:
    """Power of head pitch in the band of nods, in squared radians, one number a window.

    `after` are windows of 0.12 to 1.32 s after the user's utterances, `inside` windows of 1.2 s
    within them; only those in which the avatar does not speak.
    """

    after: Float64[np.ndarray, " cues"]
    inside: Float64[np.ndarray, " windows"]


def nod_power(pitch: Levels, utterances: Sequence[Utterance], speaking: Marks) -> NodPower:
    """Measure the nods of one conversation: `utterances` are the user's, `speaking` the avatar."""
    require_finite_levels(pitch, "avatar's head pitch")
    power = nod_band(pitch) ** 2

    def measured(starts: Sequence[int]) -> Float64[np.ndarray, " n"]:
        whole = [start for start in starts if start + NOD_WINDOW <= len(power)]
        free = [start for start in whole if not speaking[start : start + NOD_WINDOW].any()]
        return np.array([power[start : start + NOD_WINDOW].mean() for start in free], np.float64)

    inside = [
        start
        for utterance in utterances
        for start in range(utterance.start, utterance.end - NOD_WINDOW + 1, NOD_WINDOW)
    ]
    return NodPower(
        after=measured([utterance.end + NOD_FROM for utterance in utterances]),
        inside=measured(inside),
    )


def nod_ratio(powers: Sequence[NodPower]) -> float | None:
    """Mean nod power after the user's utterances over that inside them, conversations pooled.

    At least 0; 1 is a head that does not care, good is as much as truth. None when there is no
    window of either kind or the head is still inside the user's speech.
    """
    after = np.concatenate([power.after for power in powers] or [np.zeros(0)])
    inside = np.concatenate([power.inside for power in powers] or [np.zeros(0)])
    if not len(after) or not len(inside) or float(inside.mean()) < 1e-12:
        return None
    return float(after.mean() / inside.mean())
