"""Intents: which visible act begins when, drawn from what the network expects.

A denoiser that is asked for one frame at a time continues a nod well but rarely starts one, because
every single moment is an unlikely one. So the beginnings are drawn from predicted hazards and given
to the denoiser as a condition, a pulse for each kind of act that decays while the act lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import get_args

import numpy as np
from jaxtyping import Float32

from avatar.behaviour.chance import Chance
from avatar.behaviour.events import Kind, MotionEvent
from avatar.clock import ticks_in

KINDS: tuple[Kind, ...] = get_args(Kind)

LASTS: dict[Kind, int] = {
    "nod": ticks_in(1.4),
    "shake": ticks_in(1.4),
    "tilt": ticks_in(2.0),
    "smile": ticks_in(3.0),
    "laugh": ticks_in(2.4),
    "brow": ticks_in(1.0),
    "frown": ticks_in(2.0),
    "gaze": ticks_in(1.6),
    "blink": ticks_in(0.4),
}
"""Ticks over which the pulse of an act decays."""
AHEAD = 4
"""Ticks after the present one for which beginnings are predicted."""
SPREAD = 0.12
"""Standard deviation of a drawn strength around the predicted one."""
WEAKEST = 0.1

_LASTS = np.array([LASTS[kind] for kind in KINDS], np.float32)

Pulses = Float32[np.ndarray, "ticks kinds"]


@dataclass(frozen=True, eq=False, slots=True)
class IntentState:
    """Ticks since each kind of act began, and how strong it was meant."""

    age: Float32[np.ndarray, " kinds"]
    strength: Float32[np.ndarray, " kinds"]

    @classmethod
    def start(cls) -> "IntentState":
        """Nothing under way."""
        return cls(_LASTS.copy(), np.zeros(len(KINDS), np.float32))


@dataclass(frozen=True, eq=False, slots=True)
class Expectation:
    """What the network expects: logits of a beginning 1 to `AHEAD` ticks later, and strengths."""

    beginnings: Float32[np.ndarray, "ahead kinds"]
    strengths: Float32[np.ndarray, " kinds"]


def draw(
    expected: Expectation, first: int, lead: int, count: int, chance: Chance, state: IntentState
) -> tuple[Pulses, IntentState]:
    """Pulses of `count` ticks from tick `first` on, which is `lead` ticks after the expectation.

    A draw depends on the tick, not on the draws before it.
    """
    rows: list[Float32[np.ndarray, " kinds"]] = []
    for offset in range(count):
        logits = expected.beginnings[min(lead + offset, AHEAD) - 1]
        state = _begin(logits, expected.strengths, first + offset, chance, state)
        rows.append(state.strength * np.clip(1 - state.age / _LASTS, 0, 1))
    return np.stack(rows).astype(np.float32), state


def pulses(events: Sequence[MotionEvent], length: int) -> Pulses:
    """The pulses that go with events that are known, as training has them."""
    rows = np.zeros((length, len(KINDS)), np.float32)
    for event in sorted(events, key=lambda event: event.onset):
        if 0 <= event.onset < length:
            column, lasts = KINDS.index(event.kind), LASTS[event.kind]
            end = min(length, event.onset + lasts)
            decay = 1 - np.arange(lasts, dtype=np.float32) / lasts
            rows[event.onset :, column] = 0
            rows[event.onset : end, column] = event.strength * decay[: end - event.onset]
    return rows


def _begin(
    logits: Float32[np.ndarray, " kinds"],
    strengths: Float32[np.ndarray, " kinds"],
    index: int,
    chance: Chance,
    state: IntentState,
) -> IntentState:
    age, strength = state.age + 1, state.strength.copy()
    for column, kind in enumerate(KINDS):
        mark = chance.uniform(f"intent/{kind}", index)
        if logits[column] > log(mark / (1 - mark)):
            age[column] = 0
            wanted = float(strengths[column]) + SPREAD * chance.normal(f"strength/{kind}", index)
            strength[column] = min(1.0, max(WEAKEST, wanted))
    return IntentState(age, strength)
