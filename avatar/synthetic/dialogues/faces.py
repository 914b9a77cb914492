"""Faces of a conversation between people: smiles that fade, mirth, and grimaces by name.

Like the gestures of `avatar.behaviour.gestures`, they are fixed when they begin and functions of
time; angles are radians, times seconds of the conversation.
"""

from dataclasses import dataclass
from math import exp, radians

from avatar.behaviour.face import Face
from avatar.behaviour.shapes import ease, rise_and_fall
from avatar.motion import COEFFICIENTS


@dataclass(frozen=True, slots=True)
class FadingSmile:
    """A smile with times of its own that fades while it is held; with much `lean` it is a smirk.

    `fade_s` is the time in which it falls to a third. The eyes take part by `warmth` in [0, 1]:
    a polite smile leaves them alone.
    """

    start_s: float
    attack_s: float
    hold_s: float
    release_s: float
    strength: float
    lean: float = 0.0
    fade_s: float = 3.0
    warmth: float = 1.0

    @property
    def end_s(self) -> float:
        """When the face is back."""
        return self.start_s + self.attack_s + self.hold_s + self.release_s

    def mirth(self, now_s: float) -> float:
        """How much of a smile it is at a time."""
        t = now_s - self.start_s
        shape = rise_and_fall(t, self.attack_s, self.hold_s, self.release_s)
        return self.strength * shape * exp(-max(0.0, t - self.attack_s) / self.fade_s)

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t, share = now_s - self.start_s, self.mirth(now_s)
        face.both("mouthSmile", share, self.lean)
        face.both("mouthDimple", 0.22 * share, self.lean)
        face.both("cheekSquint", 0.6 * self.warmth * share, self.lean)
        face.both("eyeSquint", 0.3 * self.warmth * share * ease((t - 0.1) / 0.3))


@dataclass(frozen=True, slots=True)
class Mirth:
    """What a face does to laughter that is heard: all of a laugh but the calls of the jaw.

    `length_s` is that of the sound; the smile stays a while after it.
    """

    start_s: float
    length_s: float
    strength: float
    side: int

    @property
    def end_s(self) -> float:
        """When the face is back."""
        return self.start_s + self.length_s + 1.7

    def mirth(self, now_s: float) -> float:
        """How much of a smile it is at a time."""
        return self.strength * rise_and_fall(now_s - self.start_s, 0.22, self.length_s, 1.45)

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t, mirth = now_s - self.start_s, self.mirth(now_s)
        voice = self.strength * rise_and_fall(t, 0.25, max(0.1, self.length_s - 0.3), 0.6)
        face.both("mouthSmile", mirth)
        face.both("cheekSquint", 0.85 * mirth)
        face.both("eyeSquint", 0.5 * mirth * ease(t / 0.4))
        face.both("noseSneer", 0.18 * voice)
        face.add("browInnerUp", 0.12 * voice)
        face.both("browOuterUp", 0.10 * voice)
        back = ease((t - 0.08) / 0.4)
        face.add("headPitch", radians(6.0) * voice * back)
        face.add("headRoll", self.side * radians(2.5) * voice * back)
        face.add("headY", 0.05 * voice * back)
        face.add("headZ", -0.06 * voice * back)


@dataclass(frozen=True, slots=True)
class Inclination:
    """The head leans to a side, shortly or for long, and comes back as slowly as it stayed."""

    start_s: float
    attack_s: float
    hold_s: float
    release_s: float
    angle: float

    @property
    def end_s(self) -> float:
        """When the head is back."""
        return self.start_s + self.attack_s + self.hold_s + self.release_s

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t = now_s - self.start_s
        share = rise_and_fall(t, self.attack_s, self.hold_s, self.release_s)
        face.add("headRoll", self.angle * share)
        face.add("headYaw", -0.25 * self.angle * share)


GRIMACES: dict[str, dict[str, float]] = {
    "concern": {"browDown": 0.42, "browInnerUp": 0.45, "mouthFrown": 0.30, "mouthPress": 0.10},
    "frown": {"browDown": 0.52, "eyeSquint": 0.25, "noseSneer": 0.15},
    "surprise": {
        "browInnerUp": 0.75,
        "browOuterUp": 0.70,
        "eyeWide": 0.55,
        "jawOpen": 0.12,
        "mouthFunnel": 0.06,
    },
    "doubt": {"mouthShrugLower": 0.45, "mouthShrugUpper": 0.28, "mouthFrown": 0.18},
    "wince": {"noseSneer": 0.40, "mouthStretch": 0.30, "eyeSquint": 0.35, "cheekSquint": 0.20},
    "puff": {"cheekPuff": 0.50, "mouthPress": 0.25, "mouthRollUpper": 0.10},
    "press": {"mouthPress": 0.50, "mouthRollLower": 0.35, "mouthRollUpper": 0.30},
    "aside": {"mouthSide": 0.42, "mouthPress": 0.10, "mouthDimple": 0.12},
    "jaw": {"jawSide": 0.24, "jawForward": 0.16},
    "purse": {"mouthPucker": 0.42, "mouthShrugLower": 0.15},
    "narrow": {"eyeSquint": 0.42, "browDown": 0.12},
}
"""Faces by name. `Side` stands for the side to which it is made; a name that has a left and a right
channel sets both."""


@dataclass(frozen=True, slots=True)
class Grimace:
    """One of `GRIMACES`, for a while. `side` is 1 for the own left, -1 for the right."""

    start_s: float
    attack_s: float
    hold_s: float
    release_s: float
    strength: float
    name: str
    side: int = 1
    lean: float = 0.0

    @property
    def end_s(self) -> float:
        """When the face is back."""
        return self.start_s + self.attack_s + self.hold_s + self.release_s

    def add_to(self, face: Face, now_s: float) -> None:
        """Add the gesture at a time."""
        t = now_s - self.start_s
        share = self.strength * rise_and_fall(t, self.attack_s, self.hold_s, self.release_s)
        for name, amount in GRIMACES[self.name].items():
            channel = name.replace("Side", "Left" if self.side > 0 else "Right")
            if channel in COEFFICIENTS:
                face.add(channel, amount * share)
            else:
                face.both(channel, amount * share, self.lean)
