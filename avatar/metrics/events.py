"""Reactions as events: are they the true ones, and how soon do they come?

Both motions are looked at by the same detector, so that its faults are the same for both.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from avatar.behaviour.events import Kind, MotionEvent, MotionEventDetector
from avatar.clock import FPS, ticks_in
from avatar.data.clip import Utterance
from avatar.metrics.signals import Marks, near, require_finite
from avatar.motion import Motions

REACTIONS: tuple[Kind, ...] = ("nod", "shake", "tilt", "smile", "laugh", "brow", "frown")
"""What counts as a reaction."""
TOLERANCE = ticks_in(0.6)
"""Ticks by which two onsets may differ and be the same event."""
BESIDE_SPEECH = 3
"""Ticks beside own speech that are not listening."""
CHANCE_SHIFTS = 20
LONGEST_ANSWER = ticks_in(1.6)
"""Ticks between a cause and the answer to it at most."""
CAUSES: Mapping[Kind, tuple[Kind, ...]] = {
    "smile": ("smile", "laugh"),
    "laugh": ("smile", "laugh"),
    "nod": ("nod",),
}
"""What of the user's face is answered by what; nods answer ends of utterances as well."""


def detect(motion: Motions) -> tuple[MotionEvent, ...]:
    """All events of a motion in order of onset. Raises ValueError when it is not finite."""
    require_finite(motion, "motion")
    detector = MotionEventDetector()
    found = [event for index, face in enumerate(motion) for event in detector.step(index, face)]
    return tuple(sorted(found, key=lambda event: (event.onset, event.kind)))


def listening_ticks(speaking: Marks) -> Marks:
    """Ticks that are not in own speech or up to 0.12 s beside it."""
    return ~near(speaking, BESIDE_SPEECH)


def reactions(events: Sequence[MotionEvent], listening: Marks) -> tuple[MotionEvent, ...]:
    """The events of the kinds of `REACTIONS` that begin while listening."""
    return tuple(
        event
        for event in events
        if event.kind in REACTIONS and 0 <= event.onset < len(listening) and listening[event.onset]
    )


@dataclass(frozen=True, slots=True)
class Match:
    """How many generated and true events there are, and how many of them are the same."""

    both: float
    generated: int
    true: int

    @property
    def f1(self) -> float | None:
        """2 both / (generated + true): in [0, 1], higher is better; None when nothing happens."""
        total = self.generated + self.true
        return 2 * self.both / total if total else None

    def __add__(self, other: "Match") -> "Match":
        """Pool two matches."""
        return Match(
            self.both + other.both, self.generated + other.generated, self.true + other.true
        )


def match(
    generated: Sequence[MotionEvent],
    true: Sequence[MotionEvent],
    kind: Kind,
    *,
    tolerance: int = TOLERANCE,
) -> Match:
    """Pair events of a kind one to one, as many as possible, whose onsets differ by `tolerance`.

    After GLARE's R-F1 (2026), with distances of onsets in place of overlaps as the detector gives
    no ends.
    """
    made = sorted(event.onset for event in generated if event.kind == kind)
    wanted = sorted(event.onset for event in true if event.kind == kind)
    i = j = both = 0
    while i < len(made) and j < len(wanted):
        if abs(made[i] - wanted[j]) <= tolerance:
            i, j, both = i + 1, j + 1, both + 1
        elif made[i] < wanted[j]:
            i += 1
        else:
            j += 1
    return Match(both, len(made), len(wanted))


def match_by_chance(
    generated: Sequence[MotionEvent],
    true: Sequence[MotionEvent],
    kind: Kind,
    listening: Marks,
    *,
    tolerance: int = TOLERANCE,
) -> Match:
    """What `match` gives, on average, when true events come at other moments of listening.

    They are shifted in a circle through the ticks of listening, so that rates stay as they are.
    """
    ticks = np.flatnonzero(listening)
    true = [event for event in true if event.kind == kind]
    places = np.searchsorted(ticks, [event.onset for event in true])
    both = list[float]()
    for k in range(1, CHANCE_SHIFTS + 1):
        offset = round(k * len(ticks) / (CHANCE_SHIFTS + 1))
        moved = ticks[(places + offset) % len(ticks)].tolist() if true else []
        shifted = [MotionEvent(kind, onset, 1.0) for onset in moved]
        both.append(match(generated, shifted, kind, tolerance=tolerance).both)
    whole = match(generated, true, kind, tolerance=tolerance)
    return Match(float(np.mean(both)), whole.generated, whole.true)


def latencies(
    answers: Sequence[MotionEvent],
    user_events: Sequence[MotionEvent],
    user_utterances: Sequence[Utterance],
) -> tuple[float, ...]:
    """Milliseconds from the latest cause within 1.6 s before to the onset of every answer.

    Answers are smiles, laughs and nods (other events are passed over); causes are the user's
    smiles and laughs for the former, nods and ends of utterances for the latter. Answers without
    a cause are left out. The median is `reaction_latency_ms`; good is as in truth, where onsets
    are seen by the same detector.
    """
    ends = [utterance.end for utterance in user_utterances]
    causes = {
        kind: sorted(
            [event.onset for event in user_events if event.kind in of]
            + (ends if kind == "nod" else [])
        )
        for kind, of in CAUSES.items()
    }
    found = list[float]()
    for answer in answers:
        before = causes.get(answer.kind, [])
        place = bisect_right(before, answer.onset - 1)
        if place and answer.onset - before[place - 1] <= LONGEST_ANSWER:
            found.append((answer.onset - before[place - 1]) * 1000 / FPS)
    return tuple(found)
