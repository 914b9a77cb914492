"""Recognising what a face does: nods, shakes, tilts, smiles, laughs, brows, frowns, gaze, blinks.

One detector reports live reactions, labels synthetic conversations, computes reaction metrics and
tests trackers. It hears nothing and looks at `arkit58` motions only, one tick at a time.
"""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from avatar.behaviour.gaze import FULL_ACROSS, FULL_UP
from avatar.clock import ticks_in
from avatar.motion import ARKIT58, Vector

Kind: TypeAlias = Literal[
    "nod", "shake", "tilt", "smile", "laugh", "brow", "frown", "gaze", "blink"
]

SLOW_S = 0.8
"""Swings are measured against a mean over this time."""
NOD_DOWN, SHAKE_ASIDE, TILT_ASIDE = 0.022, 0.030, 0.045
"""Radians: how far down a nod goes, aside a shake, and over a tilt."""
NOD_SPEAKING = 0.070
"""A speaker's head beats with the stress: what is less deep is no nod while the jaw moves."""
JAW_MOVES = 0.02
"""Mean change of the jaw in a tick over `SWING_TICKS` that counts as speaking."""
SWING_TICKS = ticks_in(0.6)
GAZE_AWAY, GAZE_BACK = 0.13, 0.08
"""Radians from the usual look."""


@dataclass(frozen=True, slots=True)
class MotionEvent:
    """Something that a face began to do: at which tick, and how strongly (0 to 1)."""

    kind: Kind
    onset: int
    strength: float


@dataclass(frozen=True, slots=True)
class _Threshold:
    """An event by level: on above one value, off below another, and none sooner than `apart`."""

    kind: Kind
    on: float
    off: float
    apart: int


_THRESHOLDS = (
    _Threshold("smile", 0.26, 0.18, ticks_in(0.6)),
    _Threshold("laugh", 0.50, 0.30, ticks_in(1.0)),
    _Threshold("brow", 0.24, 0.15, ticks_in(0.4)),
    _Threshold("frown", 0.25, 0.15, ticks_in(0.6)),
    _Threshold("blink", 0.55, 0.30, ticks_in(0.2)),
    _Threshold("gaze", GAZE_AWAY, GAZE_BACK, ticks_in(0.3)),
)


class _Swing:
    """A head channel against its slow mean, with the extremes of the last moments."""

    def __init__(self) -> None:
        self._values = deque[float](maxlen=ticks_in(SLOW_S) * 2)
        self.recent = deque[float](maxlen=SWING_TICKS)

    def step(self, value: float) -> float:
        self._values.append(value)
        self.recent.append(value)
        return value - float(np.median(self._values))


class MotionEventDetector:
    """Finds events in a stream of motions; one detector for one face."""

    def __init__(self) -> None:
        self._pitch, self._yaw, self._roll = _Swing(), _Swing(), _Swing()
        self._on: dict[Kind, bool] = {}
        self._last: dict[Kind, int] = {}
        self._jaw = deque[float](maxlen=SWING_TICKS)
        self._usual_gaze = deque[tuple[float, float]](maxlen=ticks_in(4.0))

    def step(self, index: int, face: Vector) -> tuple[MotionEvent, ...]:
        """The events that this motion completes; their onset may lie some ticks back."""
        events: list[MotionEvent] = []
        levels = self._levels(face)
        for threshold in _THRESHOLDS:
            event = self._level(threshold, index, levels[threshold.kind])
            if event is not None:
                events.append(event)
        laughing = self._on.get("laugh", False)
        moves = (self._nod(index, face), self._shake(index, face), self._tilt(index, face))
        return (*events, *(move for move in moves if move is not None and not laughing))

    def _levels(self, face: Vector) -> dict[Kind, float]:
        smile, jaw = _pair(face, "mouthSmile"), float(face[ARKIT58.index("jawOpen")])
        laughs = smile > 0.45 and _pair(face, "cheekSquint") > 0.3
        inner = float(face[ARKIT58.index("browInnerUp")])
        return {
            "smile": smile,
            "laugh": min(smile, 1.6 * jaw) if laughs else 0.0,
            "brow": 0.5 * inner + 0.5 * _pair(face, "browOuterUp"),
            "frown": max(_pair(face, "browDown"), _pair(face, "mouthFrown")),
            "blink": _pair(face, "eyeBlink"),
            "gaze": self._off_gaze(face),
        }

    def _off_gaze(self, face: Vector) -> float:
        """How far the look is from where it usually is, in radians."""
        across = _between(face, "eyeLookOutLeft", "eyeLookInLeft") * FULL_ACROSS
        up = _between(face, "eyeLookUpLeft", "eyeLookDownLeft") * FULL_UP
        yaw = across + float(face[ARKIT58.index("headYaw")])
        pitch = up + float(face[ARKIT58.index("headPitch")])
        self._usual_gaze.append((yaw, pitch))
        usual = np.median(np.array(self._usual_gaze), axis=0)
        return float(np.hypot(yaw - usual[0], pitch - usual[1]))

    def _level(self, threshold: _Threshold, index: int, level: float) -> MotionEvent | None:
        kind, was_on = threshold.kind, self._on.get(threshold.kind, False)
        on = level > (threshold.off if was_on else threshold.on)
        self._on[kind] = on
        if not on or was_on or not self._apart(kind, index, threshold.apart):
            return None
        return MotionEvent(kind, index, min(1.0, level))

    def _nod(self, index: int, face: Vector) -> MotionEvent | None:
        """Down and at least half way back within 0.6 s."""
        self._pitch.step(float(face[ARKIT58.index("headPitch")]))
        values = self._pitch.recent
        lowest = min(range(len(values)), key=values.__getitem__)
        before = max(list(values)[: lowest + 1])
        down = before - values[lowest]
        back = values[-1] - values[lowest]
        least = NOD_SPEAKING if self._talks(face) else NOD_DOWN
        if down < least or back < 0.5 * down or not self._apart("nod", index, SWING_TICKS + 4):
            return None
        top = list(values).index(before)
        return MotionEvent("nod", index - (len(values) - 1 - top), min(1.0, down / 0.14))

    def _talks(self, face: Vector) -> bool:
        self._jaw.append(float(face[ARKIT58.index("jawOpen")]))
        return float(np.abs(np.diff(self._jaw)).sum()) > JAW_MOVES * SWING_TICKS

    def _shake(self, index: int, face: Vector) -> MotionEvent | None:
        """Aside, across to the other side and back again within 0.6 s."""
        self._yaw.step(float(face[ARKIT58.index("headYaw")]))
        values = np.array(self._yaw.recent)
        steps = np.diff(values)
        turns = [i for i in range(1, len(steps)) if steps[i] * steps[i - 1] < 0]
        ends = [float(values[i]) for i in turns]
        swings = [abs(b - a) for a, b in pairwise(ends)]
        if len(swings) < 1 or max(swings) < 2 * SHAKE_ASIDE:
            return None
        if abs(values[-1] - ends[-1]) < SHAKE_ASIDE or not self._apart(
            "shake", index, 2 * SWING_TICKS
        ):
            return None
        return MotionEvent(
            "shake", index - len(values) + 1 + turns[0], min(1.0, max(swings) / 0.25)
        )

    def _tilt(self, index: int, face: Vector) -> MotionEvent | None:
        """Over to a side, away from where the head usually is."""
        off = abs(self._roll.step(float(face[ARKIT58.index("headRoll")])))
        was_on = self._on.get("tilt", False)
        self._on["tilt"] = off > (0.5 * TILT_ASIDE if was_on else TILT_ASIDE)
        if was_on or off <= TILT_ASIDE or not self._apart("tilt", index, ticks_in(1.0)):
            return None
        return MotionEvent("tilt", index - ticks_in(0.24), min(1.0, off / 0.15))

    def _apart(self, kind: Kind, index: int, ticks: int) -> bool:
        if index - self._last.get(kind, -(10**9)) < ticks:
            return False
        self._last[kind] = index
        return True


def _pair(face: Vector, name: str) -> float:
    """The mean of the left and the right one of a channel."""
    left, right = face[ARKIT58.index(name + "Left")], face[ARKIT58.index(name + "Right")]
    return float(left + right) / 2


def _between(face: Vector, one: str, other: str) -> float:
    """How much more one channel is than its opposite."""
    return float(face[ARKIT58.index(one)] - face[ARKIT58.index(other)])
