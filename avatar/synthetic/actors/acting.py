"""Faces to draw: what people do with them, drawn at random and never a grimace.

Speech is a blend of visemes, feelings are whole expressions in some strength, and now and then one
unit moves alone; blinks, gaze, brows and the pose of the head come on top.
"""

from collections.abc import Mapping
from math import radians

import numpy as np

from avatar.behaviour.face import Face
from avatar.behaviour.visemes import VISEMES, apply_mouth
from avatar.motion import ARKIT58, Vector
from avatar.synthetic.actors.expressions import MOVED

FEELINGS: Mapping[str, Mapping[str, float]] = {
    "smile": {"mouthSmile": 0.8, "cheekSquint": 0.5, "eyeSquint": 0.3},
    "grin": {
        "mouthSmile": 1.0, "cheekSquint": 0.7, "eyeSquint": 0.4, "jawOpen": 0.15,
        "mouthUpperUp": 0.3,
    },
    "laugh": {
        "mouthSmile": 1.0, "cheekSquint": 0.9, "eyeSquint": 0.6, "jawOpen": 0.6,
        "mouthUpperUp": 0.4, "browInnerUp": 0.15,
    },
    "polite": {"mouthSmile": 0.45},
    "sad": {"mouthFrown": 0.7, "browInnerUp": 0.8, "eyeSquint": 0.15},
    "angry": {"browDown": 0.9, "mouthPress": 0.6, "mouthFrown": 0.3, "eyeSquint": 0.4},
    "surprise": {"browInnerUp": 0.9, "browOuterUp": 0.9, "eyeWide": 0.8, "jawOpen": 0.45},
    "doubt": {"browDown": 0.5, "mouthFrown": 0.4, "mouthPucker": 0.2},
    "disgust": {"noseSneer": 0.8, "mouthUpperUp": 0.5, "browDown": 0.4},
    "pensive": {"mouthPress": 0.5, "browInnerUp": 0.3},
    "interest": {"browInnerUp": 0.6, "browOuterUp": 0.5, "mouthSmile": 0.2},
}  # fmt: skip
KINDS, SHARES = ("still", "speech", "feeling", "both", "unit"), (0.22, 0.25, 0.28, 0.15, 0.10)
SPREAD_RAD = tuple(radians(angle) for angle in (17.0, 11.0, 9.0))
"""Standard deviations of yaw, pitch and roll."""
MOST_RAD = tuple(radians(angle) for angle in (48.0, 32.0, 28.0))
UNEVEN = 0.16
"""Spread of the strength between the two halves of a face."""


def act(rng: np.random.Generator, *, calm: float = 0.0) -> Vector:
    """An `arkit58` motion; its place is at rest. With `calm` up to 1 the head turns less."""
    face = Face(ARKIT58.rest)
    kind = str(rng.choice(KINDS, p=SHARES))
    if kind in ("speech", "both"):
        _speak(face, rng)
    if kind in ("feeling", "both"):
        _feel(face, rng)
    if kind == "unit":
        face.add(str(rng.choice(MOVED)), float(rng.uniform(0.2, 1.0)))
    if rng.random() < 0.22:
        face.add("browInnerUp", float(rng.uniform(0.1, 0.9)))
        face.both("browOuterUp", float(rng.uniform(0.0, 0.9)))
    elif rng.random() < 0.15:
        face.both("browDown", float(rng.uniform(0.2, 0.9)))
    motion = face.motion()
    _uneven(motion, rng)
    _look(motion, rng)
    _blink(motion, rng)
    turn = np.clip(
        rng.normal(0, SPREAD_RAD) * (1 - 0.7 * calm), -np.array(MOST_RAD), np.array(MOST_RAD)
    )
    for name, angle in zip(("headYaw", "headPitch", "headRoll"), turn, strict=True):
        motion[ARKIT58.index(name)] = angle
    return ARKIT58.clamp(motion)


def _speak(face: Face, rng: np.random.Generator) -> None:
    one, other = rng.choice(list(VISEMES), 2)
    share = rng.uniform()
    blend = share * VISEMES[one].mouth + (1 - share) * VISEMES[other].mouth
    apply_mouth(face, blend.astype(np.float32), float(rng.uniform(0.5, 1.3)))


def _feel(face: Face, rng: np.random.Generator) -> None:
    strength = float(rng.beta(2.0, 1.3))
    for name, value in FEELINGS[str(rng.choice(list(FEELINGS)))].items():
        amount = value * strength * float(rng.uniform(0.7, 1.2))
        if name in ARKIT58.channels:
            face.add(name, amount)
        else:
            face.both(name, amount)


def _uneven(motion: Vector, rng: np.random.Generator) -> None:
    for index, name in enumerate(ARKIT58.channels):
        if name.endswith(("Left", "Right")) and not name.startswith("eye"):
            motion[index] *= max(0.0, 1 + rng.normal(0, UNEVEN))


def _look(motion: Vector, rng: np.random.Generator) -> None:
    if rng.random() < 0.4:
        return
    right, up = rng.normal(0, 0.45), rng.normal(0, 0.4)
    for side, inward in (("Left", -right), ("Right", right)):
        motion[ARKIT58.index(f"eyeLookIn{side}")] = np.clip(inward, 0, 1)
        motion[ARKIT58.index(f"eyeLookOut{side}")] = np.clip(-inward, 0, 1)
        motion[ARKIT58.index(f"eyeLookUp{side}")] = np.clip(up, 0, 1)
        motion[ARKIT58.index(f"eyeLookDown{side}")] = np.clip(-up, 0, 1)


def _blink(motion: Vector, rng: np.random.Generator) -> None:
    chance = rng.random()
    left, right = ARKIT58.index("eyeBlinkLeft"), ARKIT58.index("eyeBlinkRight")
    if chance < 0.16:
        motion[[left, right]] = 1.0
    elif chance < 0.30:
        motion[[left, right]] = rng.uniform(0.1, 1.0)
    elif chance < 0.34:
        motion[left if rng.random() < 0.5 else right] = rng.uniform(0.7, 1.0)
