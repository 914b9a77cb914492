"""Gestures: what a head does over a second or two, as functions of time.

Angles are radians, times seconds of the session. A gesture is fixed when it begins; a state holds
the gestures that are under way or still to come.
"""

from dataclasses import dataclass
from math import exp, pi, radians, sin
from typing import TypeAlias

from avatar.behaviour.face import Face
from avatar.behaviour.shapes import ease, rise_and_fall


@dataclass(frozen=True, slots=True)
class Nod:
    """Down and up `cycles` times, each less deep; the chin goes first, the head follows."""

    start_s: float
    cycles: int
    rate_hz: float
    depth: float

    @property
    def end_s(self) -> float:
        """When the head is back."""
        return self.start_s + self.cycles / self.rate_hz

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t = now_s - self.start_s
        done = t * self.rate_hz / self.cycles
        down = self.depth * sin(pi * self.rate_hz * t) ** 2 * (1 - 0.55 * done)
        face.add("headPitch", -down)
        face.add("headY", -0.35 * down)
        face.add("headZ", 0.10 * down)


@dataclass(frozen=True, slots=True)
class Shake:
    """Left and right `cycles` times."""

    start_s: float
    cycles: float
    rate_hz: float
    width: float

    @property
    def end_s(self) -> float:
        """When the head is back."""
        return self.start_s + self.cycles / self.rate_hz

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t = now_s - self.start_s
        done = t * self.rate_hz / self.cycles
        face.add("headYaw", self.width * sin(2 * pi * self.rate_hz * t) * sin(pi * done))


@dataclass(frozen=True, slots=True)
class Tilt:
    """The head leans to a side and stays a while."""

    start_s: float
    hold_s: float
    angle: float

    @property
    def end_s(self) -> float:
        """When the head is back."""
        return self.start_s + self.hold_s + 1.3

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        share = rise_and_fall(now_s - self.start_s, 0.5, self.hold_s, 0.8)
        face.add("headRoll", self.angle * share)
        face.add("headYaw", -0.25 * self.angle * share)


@dataclass(frozen=True, slots=True)
class Smile:
    """A smile that reaches the eyes: the cheeks rise with the corners, then the lids narrow.

    It rises in 0.35 s, decays slowly while it is held and lets go in 0.7 s. `lean` in [-1, 1]
    makes it a little stronger on the left or the right.
    """

    start_s: float
    hold_s: float
    strength: float
    lean: float = 0.0

    @property
    def end_s(self) -> float:
        """When the face is back."""
        return self.start_s + self.hold_s + 1.05

    def mirth(self, now_s: float) -> float:
        """How much of a smile it is at a time."""
        t = now_s - self.start_s
        return self.strength * rise_and_fall(t, 0.35, self.hold_s, 0.7) * exp(-max(0.0, t) / 9.0)

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t, share = now_s - self.start_s, self.mirth(now_s)
        face.both("mouthSmile", share, self.lean)
        face.both("cheekSquint", 0.6 * share, self.lean)
        face.both("eyeSquint", 0.3 * share * ease((t - 0.1) / 0.3))
        face.both("mouthDimple", 0.2 * share, self.lean)


@dataclass(frozen=True, slots=True)
class Laugh:
    """A laugh with the whole face: cheeks up, eyes narrow, teeth shown, head tipped back.

    Calls come at `rate_hz` and weaken; what remains is a smile.
    """

    start_s: float
    length_s: float
    rate_hz: float
    strength: float
    side: int

    @property
    def end_s(self) -> float:
        """When the face is back."""
        return self.start_s + self.length_s + 1.6

    def mirth(self, now_s: float) -> float:
        """How much of a smile it is at a time."""
        return self.strength * rise_and_fall(now_s - self.start_s, 0.22, self.length_s - 0.1, 1.4)

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t, mirth = now_s - self.start_s, self.mirth(now_s)
        voice = self.strength * rise_and_fall(t, 0.25, max(0.1, self.length_s - 0.45), 0.5)
        call = 0.5 + 0.5 * sin(2 * pi * self.rate_hz * t)
        face.both("mouthSmile", mirth)
        face.both("cheekSquint", 0.9 * mirth)
        face.both("eyeSquint", 0.5 * mirth * ease(t / 0.4))
        face.both("mouthUpperUp", 0.4 * voice)
        face.both("mouthLowerDown", 0.15 * voice)
        face.add("jawOpen", voice * (0.52 + 0.24 * call))
        face.add("browInnerUp", 0.15 * voice)
        face.both("browOuterUp", 0.12 * voice)
        face.add("headPitch", radians(9.0) * voice * ease((t - 0.08) / 0.4) + 0.012 * call * voice)
        face.add("headRoll", self.side * radians(3.5) * voice)
        face.add("headY", 0.05 * voice + 0.02 * voice * call)
        face.add("headZ", -0.06 * voice)


@dataclass(frozen=True, slots=True)
class BrowFlash:
    """The brows rise briefly: interest, emphasis, recognition."""

    start_s: float
    hold_s: float
    strength: float

    @property
    def end_s(self) -> float:
        """When the face is back."""
        return self.start_s + self.hold_s + 0.45

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        share = self.strength * rise_and_fall(now_s - self.start_s, 0.15, self.hold_s, 0.3)
        face.add("browInnerUp", 0.7 * share)
        face.both("browOuterUp", 0.8 * share)
        face.both("eyeWide", 0.25 * share)


@dataclass(frozen=True, slots=True)
class Beat:
    """A small quick dip of the head that marks a stressed syllable."""

    start_s: float
    depth: float

    @property
    def end_s(self) -> float:
        """When the head is back."""
        return self.start_s + 0.45

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t = now_s - self.start_s
        share = exp(-(((t - 0.16) / 0.10) ** 2))
        face.add("headPitch", -self.depth * share)
        face.add("headY", -0.2 * self.depth * share)


Gesture: TypeAlias = Nod | Shake | Tilt | Smile | Laugh | BrowFlash | Beat


def play(gestures: tuple[Gesture, ...], face: Face, now_s: float) -> None:
    """Add all gestures that are under way; of several smiles and laughs only the strongest."""
    active = [gesture for gesture in gestures if gesture.start_s <= now_s < gesture.end_s]
    smiles = [gesture for gesture in active if isinstance(gesture, Smile | Laugh)]
    strongest = max(smiles, key=lambda smile: smile.mirth(now_s), default=None)
    for gesture in active:
        if gesture is strongest or not isinstance(gesture, Smile | Laugh):
            gesture.add_to(face, now_s)


def unfinished(gestures: tuple[Gesture, ...], now_s: float) -> tuple[Gesture, ...]:
    """Those that are under way or still to come."""
    return tuple(gesture for gesture in gestures if gesture.end_s > now_s)
