"""From what the networks say of a face to what is known of the user."""

import numpy as np
from jaxtyping import Bool

from avatar.motion import ARKIT58, POSE, FaceObservation
from avatar.tracking.crops import BOX_UNITS
from avatar.tracking.detection import Box
from avatar.tracking.networks import FaceLook, eye_middle
from avatar.tracking.places import REGIONS, TOLD
from avatar.tracking.presence import Presence
from avatar.tracking.rotation import rotation_of
from avatar.tracking.settling import PLACE, Values

FOCAL_LENGTH = 0.85
"""In longer sides of the picture: assumes a camera that sees 61 degrees across, as webcams do."""
EYES_M = 0.063
"""Metres between the eyes of an adult (Dodgson 2004)."""
BOX_MIDDLE = 0.35
"""How far the middle of a face's box is below the eyes, in inter-ocular distances."""
EYES_FROM_NECK = np.array([0.0, 1.35, 1.5])
"""The eyes from where the neck turns the head, in inter-ocular distances."""
LEAST_COSINE = 0.6
SEEN_FROM = 0.5
HIDDEN_EYE_RAD = 0.65
"""A head that is turned further hides its far eye."""

_POSE_AT = np.array([ARKIT58.index(name) for name in POSE])
_TOLD_AT = np.array([ARKIT58.index(name) for name in TOLD])
_PAIRS = np.array(
    [
        (TOLD.index(f"eyeLook{one}{side}"), TOLD.index(f"eyeLook{other}{side}"))
        for side in ("Right", "Left")
        for one, other in (("In", "Out"), ("Up", "Down"))
    ]
)
"""Coefficients that are the two ways of one movement."""
_REGION_OF = np.repeat(np.arange(len(REGIONS)), [len(names) for names in REGIONS.values()])


def eyes_apart(look: FaceLook) -> float:
    """Inter-ocular distance in pixels, as if the head faced the camera."""
    frame = look.frame
    right, left = (eye_middle(look.places, side) for side in ("right", "left"))
    seen = float(np.hypot(*(left - right)))
    return max(seen / max(LEAST_COSINE, float(np.cos(look.angles[0]))), 0.5 * frame.unit)


def box_of(look: FaceLook) -> Box:
    """Where a detector should see the face."""
    apart, frame = eyes_apart(look), look.frame
    down = BOX_MIDDLE * apart
    x = frame.eyes[0] - down * float(np.sin(frame.tilt))
    y = frame.eyes[1] + down * float(np.cos(frame.tilt))
    return Box(x, y, BOX_UNITS * apart)


def values_of(look: FaceLook, told: np.ndarray, shape: tuple[int, int]) -> Values:
    """Pose, place and coefficients as numbers that may be smoothed.

    `shape` is (rows, columns) of the picture. Of two ways of one movement the first has the
    difference.
    """
    apart, frame = eyes_apart(look), look.frame
    yaw, pitch, roll = (float(angle) for angle in look.angles)
    neck = rotation_of(yaw, pitch, roll) @ EYES_FROM_NECK
    x = (frame.eyes[0] - shape[1] / 2) / apart - neck[0]
    y = (shape[0] / 2 - frame.eyes[1]) / apart - neck[1]
    z = -FOCAL_LENGTH * max(shape) / apart
    signed = told.astype(np.float64)
    signed[_PAIRS[:, 0]] -= signed[_PAIRS[:, 1]]
    signed[_PAIRS[:, 1]] = 0.0
    return np.concatenate([[yaw, pitch, roll, x, y, z], signed])


def observation_of(values: Values, look: FaceLook) -> FaceObservation:
    """Numbers relative to how the person rests as an observation."""
    motion, seen = ARKIT58.rest.copy(), np.zeros(ARKIT58.dim, bool)
    motion[_POSE_AT], seen[_POSE_AT] = values[:PLACE], True
    told = values[PLACE:].copy()
    told[_PAIRS[:, 1]] = -told[_PAIRS[:, 0]]
    motion[_TOLD_AT] = told
    seen[_TOLD_AT] = _regions_seen(look)[_REGION_OF]
    motion[~seen] = ARKIT58.rest[~seen]
    return FaceObservation(ARKIT58, ARKIT58.clamp(motion), seen)


def _regions_seen(look: FaceLook) -> Bool[np.ndarray, " regions"]:
    seen = look.seen > SEEN_FROM
    names = list(REGIONS)
    yaw = float(look.angles[0])
    seen[names.index("left eye")] &= yaw < HIDDEN_EYE_RAD
    seen[names.index("right eye")] &= yaw > -HIDDEN_EYE_RAD
    return seen


def presence_of(look: FaceLook, shape: tuple[int, int]) -> Presence:
    """Where the face is in a picture of (rows, columns)."""
    box, apart = box_of(look), eyes_apart(look)
    return Presence(
        distance_m=FOCAL_LENGTH * max(shape) / apart * EYES_M,
        x=2 * box.x / shape[1] - 1,
        y=1 - 2 * box.y / shape[0],
        size=box.side / shape[0],
        facing=float(np.hypot(look.angles[0], look.angles[1])),
    )
