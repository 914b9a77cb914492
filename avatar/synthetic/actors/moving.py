"""Pictures of a portrait in motion.

Their coefficients are exact by definition: the renderer is what gives the numbers their meaning.
"""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from avatar.motion import ARKIT58, Vector
from avatar.rendering.landmarks import Landmarks
from avatar.rendering.warp import Displacement, WarpRenderer
from avatar.synthetic.actors.acting import act
from avatar.synthetic.actors.pictures import (
    KNOWN_POSE,
    ActorPicture,
    joined,
    known_channels,
)
from avatar.tracking.places import PLACE_GROUPS, POINTS, Places, group_slice

SHOWN_SIZE = 288
"""Pixels of a picture."""
POSES = 60
"""Pictures of each portrait."""
UNKNOWN = ("jawForward", "jawLeft", "jawRight", "mouthClose", "mouthLeft", "mouthRight",
           "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
           "mouthDimpleLeft", "mouthDimpleRight", "tongueOut")  # fmt: skip
"""Coefficients that the network is not asked for."""
BELOW_SEAM = ("lower_seam", "lower_lip")
"""Groups that lie below the cut between the lips."""

_POSE = [ARKIT58.index(name) for name in KNOWN_POSE]


def moved(
    renderer: WarpRenderer, landmarks: Landmarks, actor: int, rng: np.random.Generator
) -> Iterator[ActorPicture]:
    """Pictures of one portrait in motion. The camera comes nearer than the portrait was."""
    covered = np.zeros(POINTS, bool)
    limits = np.array([15.0, 12.0, 12.0]) * np.pi / 180
    for _ in range(POSES):
        motion = act(rng, calm=0.5)
        motion[_POSE] = np.clip(motion[_POSE], -limits, limits)
        shown = np.where(KNOWN, motion, ARKIT58.rest).astype(np.float32)
        picture, _ = renderer.render(shown, None)
        places = moved_places(renderer, landmarks, shown)
        zoom = float(rng.uniform(1.0, 1.25))
        side = picture.shape[0] / zoom
        corner = (picture.shape[0] - side) / 2 + rng.normal(0, 0.02, 2) * picture.shape[0]
        scale = SHOWN_SIZE / side
        view = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
        image = cv2.warpAffine(
            picture, view, (SHOWN_SIZE, SHOWN_SIZE),
            flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        points = ((places - corner) * scale).astype(np.float32)
        yield ActorPicture(_relit(image, rng), shown, KNOWN, points, covered, actor)


KNOWN = known_channels(
    tuple(name for name in ARKIT58.channels[:52] if name not in UNKNOWN) + KNOWN_POSE
)
"""What a moved portrait shows."""


def moved_places(renderer: WarpRenderer, landmarks: Landmarks, motion: Vector) -> Places:
    """Where a motion takes the landmarks of a portrait; lids that close are not known."""
    above, below = renderer.displaced(motion)
    size = renderer.size[0]
    groups: dict[str, np.ndarray] = {}
    for name in PLACE_GROUPS:
        points = landmarks["lip_seam" if name == "lower_seam" else name]
        field = below if name.startswith(("lower_lid", *BELOW_SEAM)) else above
        groups[name] = (points + _at(field, points, size)).astype(np.float32)
    jaw = landmarks["jaw"]
    groups["jaw"] = (jaw + _at(below, jaw, size)).astype(np.float32)
    places = joined(groups)
    for side in ("Left", "Right"):
        moving = ("eyeBlink", "eyeWide", "eyeLookUp", "eyeLookDown")
        if max(float(motion[ARKIT58.index(name + side)]) for name in moving) > 0.02:
            places[group_slice(f"upper_lid_{side.lower()}")] = np.nan
        places[group_slice(f"iris_{side.lower()}")] = np.nan
    return places


def _at(field: Displacement, points: np.ndarray, size: int) -> np.ndarray:
    cells = ((points + 0.5) * field.shape[0] / size - 0.5).astype(np.float32)
    nothing: Any = None
    return cv2.remap(
        field, cells[:, None], nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )[:, 0]


def _relit(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another exposure, white balance and a light from one side."""
    side = image.shape[0]
    slope = np.outer(np.ones(side), np.linspace(-1, 1, side)) * rng.normal(0, 0.25)
    gain = np.exp(rng.normal(0, 0.2) + slope)[..., None] * np.exp(rng.normal(0, 0.06, 3))
    return np.clip(image * gain, 0, 255).astype(np.uint8)
