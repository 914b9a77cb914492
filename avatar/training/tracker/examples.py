"""From pictures of synthetic people to what the networks see and should say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from avatar.errors import DataError
from avatar.motion import ARKIT58, POSE
from avatar.synthetic.actors.pictures import Shard
from avatar.tracking.crops import BROWS, EYE, FACE, MOUTH, Crop, FaceFrame, cut
from avatar.tracking.networks import eye_middle, frame_of
from avatar.tracking.places import OPPOSITES, TOLD, Places, mirrored, regions_seen
from avatar.tracking.rotation import tilted
from avatar.training.tracker.spoiling import hide, spoil

Grey = UInt8[np.ndarray, "_ _"]

JITTER_PLACE, JITTER_SIZE, JITTER_TILT = 0.09, 0.09, 0.08
"""Standard deviations by which a crop misses: reaches, logarithm of the size, radians."""
PORTRAIT_JITTER = 0.05
"""Standard deviation of the same for portraits, which are looked at twice."""
SHUT_FROM = 0.6
"""Blink from which an eye does not show its gaze."""
CAMERA_EYES = 34.0
"""Least inter-ocular distance of the camera that is evaluated, in pixels: 640 pixels across, at a
metre.
"""
NOBODY_SHARE = 0.08
"""Examples without a face."""
TOLD_AT = np.array([ARKIT58.index(name) for name in TOLD])
_GAZE = {
    side: [i for i, name in enumerate(TOLD) if name.startswith("eyeLook") and name.endswith(side)]
    for side in ("Left", "Right")
}
POSE_AT = np.array([ARKIT58.index(name) for name in POSE[:3]])


@dataclass(frozen=True, eq=False)
class Faces:
    """Pictures in grey with what is known of them."""

    grey: tuple[Grey, ...]
    places: Float32[np.ndarray, "pictures 96 2"]
    motion: Float32[np.ndarray, "pictures 58"]
    known: Bool[np.ndarray, "pictures 58"]
    covered: Bool[np.ndarray, "pictures 96"]
    actor: np.ndarray

    def __len__(self) -> int:
        return len(self.grey)

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "Faces":
        """All pictures of shards. Raises DataError without any."""
        if not paths:
            raise DataError("no pictures of actors: make them with visavis actors make")
        parts, decoded = list[Shard](), list[Any]()
        for path in paths:
            shard = Shard.read(path)
            decoded += [
                cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
                for data in shard.encoded
            ]
            parts.append(replace(shard, encoded=()))
        return cls(
            tuple(decoded),
            np.concatenate([shard.places for shard in parts]),
            np.concatenate([shard.motion for shard in parts]),
            np.concatenate([shard.known for shard in parts]),
            np.concatenate([shard.covered for shard in parts]),
            np.concatenate([shard.actor for shard in parts]),
        )


@dataclass(frozen=True, eq=False)
class Example:
    """One face: its crops, and what they show. `places` are NaN where nothing is known."""

    face: Grey
    right_eye: Grey
    left_eye: Grey
    mouth: Grey
    brows: Grey
    places: Places
    pose: Float32[np.ndarray, "3"]
    told: Float32[np.ndarray, " told"]
    known: Bool[np.ndarray, " told"]
    present: bool
    seen: Bool[np.ndarray, "4"]


def example(faces: Faces, index: int, rng: np.random.Generator, *, spoiled: bool = True) -> Example:
    """One example of a picture. With `spoiled`, as a camera and a tracker would have it."""
    grey, places = faces.grey[index], faces.places[index]
    motion, known, covered = faces.motion[index], faces.known[index], faces.covered[index]
    if spoiled and rng.random() < 0.5:
        grey = cv2.flip(grey, 1).astype(np.uint8, copy=False)
        places, motion, known = mirrored(places, grey.shape[1]), _other_side(motion), known[_SIDES]
        covered = covered[OPPOSITES]
    frame = frame_of(places)
    if spoiled:
        grey, behind = hide(grey, places, frame.unit, rng)
        covered = covered | behind
        grey = spoil(grey, frame.unit, rng)
    present = not (spoiled and rng.random() < NOBODY_SHARE)
    crop = _missed(frame.face, rng) if spoiled else frame.face
    if not present:
        crop = _elsewhere(crop, rng)
    near = _jittered(frame, rng) if spoiled else frame
    angles = tilted(motion[POSE_AT], -crop.tilt)
    eyes = [near.eye(eye_middle(places, side)) for side in ("right", "left")]
    if spoiled:
        eyes = [_nudged(eye, rng) for eye in eyes]
    return Example(
        face=cut(grey, crop, FACE),
        right_eye=cut(grey, eyes[0], EYE, mirrored=True),
        left_eye=cut(grey, eyes[1], EYE),
        mouth=cut(grey, near.mouth_crop, MOUTH),
        brows=cut(grey, near.brows, BROWS),
        places=crop.inside(places),
        pose=angles,
        told=motion[TOLD_AT],
        known=known_told(motion, known),
        present=present,
        seen=regions_seen(covered),
    )


def known_told(motion: np.ndarray, known: np.ndarray) -> Bool[np.ndarray, " told"]:
    """Which of `TOLD` a picture shows: nobody sees where shut eyes look."""
    result = known[TOLD_AT].copy()
    for side, of_eye in _GAZE.items():
        if motion[ARKIT58.index("eyeBlink" + side)] > SHUT_FROM:
            result[of_eye] = False
    return result


def camera_picture(
    faces: Faces, index: int, rng: np.random.Generator
) -> tuple[Grey, Crop, FaceFrame]:
    """A picture through a moderate camera, where a tracker would look, and the face's true axes."""
    grey, places = faces.grey[index], faces.places[index]
    frame = frame_of(places)
    seen = spoil(grey, frame.unit, rng, least_eyes=CAMERA_EYES)
    return seen, _missed(frame.face, rng), frame


def portrait_crop(faces: Faces, index: int, rng: np.random.Generator) -> tuple[Crop, FaceFrame]:
    """Where a face is found in a portrait, and its true axes."""
    frame = frame_of(faces.places[index])
    crop, (dx, dy, size, tilt) = frame.face, rng.normal(0, PORTRAIT_JITTER, 4)
    crop = Crop(
        crop.x + crop.reach * float(dx),
        crop.y + crop.reach * float(dy),
        crop.reach * float(np.exp(size)),
        crop.tilt + float(tilt),
    )
    return crop, frame


def upright_picture(
    faces: Faces, index: int, rng: np.random.Generator
) -> tuple[Grey, Crop, Places, Bool[np.ndarray, "4"]]:
    """A portrait that somebody took: picture, where its face is, landmarks, and regions seen."""
    crop, frame = portrait_crop(faces, index, rng)
    grey, places, covered = faces.grey[index], faces.places[index], faces.covered[index]
    if rng.random() < 0.5:
        covered = covered[OPPOSITES]
        grey = cv2.flip(grey, 1).astype(np.uint8, copy=False)
        places = mirrored(places, grey.shape[1])
        crop = replace(crop, x=grey.shape[1] - 1 - crop.x, tilt=-crop.tilt)
    grey, behind = hide(grey, places, frame.unit, rng)
    if rng.random() < 0.5:
        grey = spoil(grey, frame.unit, rng)
    return grey, crop, places, regions_seen(covered | behind)


def _side_order() -> np.ndarray:
    swap = {"Left": "Right", "Right": "Left"}
    order = []
    for name in ARKIT58.channels:
        side = next((side for side in swap if name.endswith(side)), "")
        other = name.removesuffix(side) + swap[side] if side else name
        order.append(ARKIT58.index(other if other in ARKIT58.channels else name))
    return np.array(order)


_SIDES = _side_order()
_TURNED = [ARKIT58.index(name) for name in ("headYaw", "headRoll", "headX")]


def _other_side(motion: np.ndarray) -> Float32[np.ndarray, "58"]:
    """The motion in a mirror."""
    result = motion[_SIDES].copy()
    result[_TURNED] *= -1
    return result


def _missed(crop: Crop, rng: np.random.Generator) -> Crop:
    """A crop as a detector or the picture before would have placed it."""
    wide = 1.0 if rng.random() < 0.7 else 2.2
    dx, dy, size, tilt = rng.normal(0, 1, 4) * wide
    return Crop(
        crop.x + JITTER_PLACE * crop.reach * dx,
        crop.y + JITTER_PLACE * crop.reach * dy,
        crop.reach * float(np.exp(JITTER_SIZE * np.clip(size, -2.5, 2.5))),
        crop.tilt + JITTER_TILT * tilt,
    )


def _elsewhere(crop: Crop, rng: np.random.Generator) -> Crop:
    """A crop beside the face, or far too large or small for it."""
    angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(1.1, 1.8)
    if rng.random() < 0.5:
        return replace(
            crop,
            x=crop.x + away * crop.reach * float(np.cos(angle)),
            y=crop.y + away * crop.reach * float(np.sin(angle)),
        )
    return replace(crop, reach=crop.reach * float(rng.choice([rng.uniform(0.15, 0.4), 2.6])))


def _jittered(frame: FaceFrame, rng: np.random.Generator) -> FaceFrame:
    """A frame as landmarks with errors would give it."""
    return FaceFrame(
        eyes=_near(frame.eyes, frame.unit, rng),
        mouth=_near(frame.mouth, frame.unit, rng),
        unit=frame.unit * float(np.exp(rng.normal(0, 0.05))),
        tilt=frame.tilt + float(rng.normal(0, 0.05)),
    )


def _near(point: tuple[float, float], unit: float, rng: np.random.Generator) -> tuple[float, float]:
    dx, dy = rng.normal(0, 0.035, 2) * unit
    return point[0] + float(dx), point[1] + float(dy)


def _nudged(crop: Crop, rng: np.random.Generator) -> Crop:
    dx, dy = rng.normal(0, 0.035, 2) * crop.reach / 0.46
    return replace(crop, x=crop.x + float(dx), y=crop.y + float(dy))
