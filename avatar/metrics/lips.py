"""Whether the mouth says what the voice says, and is still when the voice is."""

from collections.abc import Sequence

import numpy as np

from avatar.behaviour.visemes import visemes_of
from avatar.clock import FPS
from avatar.data.clip import Utterance
from avatar.metrics.signals import STILL, Levels, Marks, channel, correlation, near, require_finite
from avatar.motion import Motions

MOUTH = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthRollLower",
    "mouthRollUpper",
)
"""Channels that speech moves."""
REACHED = 0.6
"""Share of the true closure at which lips count as closed."""
FAINTEST_CLOSURE = 0.1
"""A bilabial at which the true lips close less than this asks for nothing."""
EARLY_OR_LATE = 1
"""Ticks by which a closure may miss its phone."""
SETTLING = 5
"""Ticks beside own speech that are neither speech nor silence."""
TRULY_OPEN = 0.02
"""A true jaw that is open further in silence laughs or wonders: such ticks do not count."""


def jaw_correlation(generated: Motions, truth: Motions, speaking: Marks) -> float | None:
    """Pearson's r of generated and true `jawOpen` over the ticks of own speech.

    In [-1, 1], higher is better; None when there is no speech or a jaw never moves.
    """
    _require(generated, truth)
    jaw, true_jaw = channel(generated, "jawOpen"), channel(truth, "jawOpen")
    return correlation(jaw[speaking], true_jaw[speaking]) if speaking.any() else None


def mouth_correlation(generated: Motions, truth: Motions, speaking: Marks) -> float | None:
    """Mean of Pearson's r over the channels of `MOUTH` that move in true speech.

    In [-1, 1], higher is better. A generated channel that stays still counts as 0. None when there
    is no speech or the true mouth never moves.
    """
    _require(generated, truth)
    values = list[float]()
    for name in MOUTH:
        true = channel(truth, name)[speaking]
        if len(true) and float(true.std()) > STILL:
            values.append(correlation(channel(generated, name)[speaking], true) or 0.0)
    return float(np.mean(values)) if values else None


def closure(motion: Motions) -> Levels:
    """How firmly lips are closed: pressing and rolling, less the gap between them.

    mouthPress (both sides) + mouthRoll (upper and lower) - (jawOpen - mouthClose, from 0), as
    ARKit defines `mouthClose` as what keeps lips together over an open jaw. At most 2; at or below
    0 the mouth is not closed at all.
    """
    rolled = 0.5 * (channel(motion, "mouthRollLower") + channel(motion, "mouthRollUpper"))
    gap = np.maximum(channel(motion, "jawOpen") - channel(motion, "mouthClose"), 0.0)
    return channel(motion, "mouthPress") + rolled - gap


def bilabials(utterances: Sequence[Utterance], length: int) -> tuple[range, ...]:
    """The ticks of every p, b, m and their kin that lie inside a clip of so many ticks."""
    spans = list[range]()
    for utterance in utterances:
        for phone in utterance.phones:
            if "bilabial" in visemes_of(phone.symbol):
                first = utterance.start + int(phone.start_s * FPS)
                last = utterance.start + int(np.ceil(phone.end_s * FPS)) - 1
                spans.append(range(first, max(first, last) + 1))
    return tuple(span for span in spans if span.start >= 0 and span.stop <= length)


def closures(generated: Motions, truth: Motions, spans: Sequence[range]) -> tuple[int, int]:
    """At how many bilabials the lips close, and at how many they should.

    `spans` are the ticks of the phones. They should where the true `closure` reaches 0.1 in the
    phone; they do where the generated one reaches 60 % of the true one in the phone or a tick
    beside it. `bilabial_closure` is the quotient: in [0, 1], higher is better; truth gives 1.
    """
    _require(generated, truth)
    made, true = closure(generated), closure(truth)
    reached = asked = 0
    for span in spans:
        needed = float(true[span.start : span.stop].max())
        if needed >= FAINTEST_CLOSURE:
            begin = max(0, span.start - EARLY_OR_LATE)
            asked += 1
            reached += bool(made[begin : span.stop + EARLY_OR_LATE].max() >= REACHED * needed)
    return reached, asked


def silent_ticks(truth: Motions, speaking: Marks) -> Marks:
    """Ticks further than 0.2 s from own speech in which the true mouth is shut."""
    return ~near(speaking, SETTLING) & (channel(truth, "jawOpen") <= TRULY_OPEN)


def silence_jaw(generated: Motions, silent: Marks) -> float | None:
    """Mean `jawOpen` over silent ticks: in [0, 1], lower is better; None when there are none.

    A laugh that the truth does not have at that moment counts as an open mouth.
    """
    require_finite(generated, "generated motion")
    return float(channel(generated, "jawOpen")[silent].mean()) if silent.any() else None


def _require(generated: Motions, truth: Motions) -> None:
    require_finite(generated, "generated motion")
    require_finite(truth, "true motion")
