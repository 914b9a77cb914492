"""From a photo to an avatar bundle."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.portraits.finding import Found
from avatar.portraits.judging import Doubt, Measures, judge, measure, smile_of
from avatar.portraits.outline import head_of, likely_head, likely_neck
from avatar.rendering.base import Picture
from avatar.rendering.bundle import FORMAT
from avatar.rendering.bundle_files import POSE_LIMITS_DEG, write_files
from avatar.rendering.landmarks import GROUPS, Landmarks
from avatar.rendering.matte import Layers, separate
from avatar.tracking.places import PLACE_GROUPS, Places, group

EYES_SHARE, EYES_ROW = 0.19, 0.43
"""Inter-ocular distance as a part of the portrait's side, and the height of the eyes."""
LARGEST_SHARE = 0.27
"""A photo that is cropped closely is framed as closely as this."""
LEAST_STEP = 0.05
"""Pixels by which neighbours of a line are apart."""
LEAST_GAP = 0.35
"""Pixels between upper and lower lid, and between the outlines of the lips and their seam."""
SMILING_FROM = 0.2

Groups = dict[str, Float32[np.ndarray, "_ 2"]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a portrait comes from, why it may be used, and under which licence the avatar is."""

    source: str
    consent: str
    licence: str = "private"


@dataclass(frozen=True, eq=False)
class Portrait:
    """An avatar that is not on disk yet."""

    picture: Picture
    groups: Groups
    layers: Layers
    rest: dict[str, float]
    teeth_visible: bool
    doubts: tuple[Doubt, ...]

    @property
    def refused(self) -> tuple[Doubt, ...]:
        """What speaks against it."""
        return tuple(doubt for doubt in self.doubts if doubt.weight == "refuse")


def create(found: Found, size: int = 512) -> Portrait:
    """Make a portrait of a face that was found. Takes about two seconds."""
    measures = measure(found)
    straight = _framing(found, size)
    picture = cv2.warpAffine(
        _near(found.pixels, straight),
        straight,
        (size, size),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8)
    portrait = assembled(
        np.ascontiguousarray(picture),
        _moved(found.fine.places, straight),
        teeth_visible=measures.teeth_visible,
    )
    return replace(portrait, rest=_rest(found, measures), doubts=tuple(judge(found)))


def assembled(picture: Picture, places: Places, *, teeth_visible: bool = False) -> Portrait:
    """A portrait whose landmarks are known: what is left is to tell the person from the rest."""
    groups = _groups(places, teeth_visible=teeth_visible)
    layers = separate(picture, Landmarks(groups, size=picture.shape[0], source="the portrait"))
    eyes, unit = _eyes(groups)
    groups["head"] = head_of(layers.matte, eyes, unit)
    return Portrait(picture, groups, layers, rest={}, teeth_visible=teeth_visible, doubts=())


def _framing(found: Found, size: int) -> Float32[np.ndarray, "2 3"]:
    """From the photo to a portrait with level eyes at their usual place, if the photo reaches."""
    places = found.fine.places
    right, left = (group(places, f"iris_{side}")[0] for side in ("right", "left"))
    across = left - right
    apart, middle = float(np.hypot(*across)), (left + right) / 2
    height, width = found.grey.shape
    room = min(middle[0], width - middle[0], middle[1] / EYES_ROW * 0.5, height * 0.5)
    share = float(np.clip(apart / (2 * max(room, 1.0)), EYES_SHARE, LARGEST_SHARE))
    scale = share * size / apart
    tilt = np.arctan2(across[1], across[0])
    c, s = scale * np.cos(tilt), scale * np.sin(tilt)
    turn = np.array([[c, s], [-s, c]])
    target = np.array([size / 2 - 0.5, EYES_ROW * size])
    return np.c_[turn, target - turn @ middle].astype(np.float32)


def _near(pixels: np.ndarray, straight: np.ndarray) -> np.ndarray:
    """The photo, smoothed where it will be shrunk."""
    scale = float(np.hypot(straight[0, 0], straight[1, 0]))
    return pixels if scale >= 0.75 else cv2.GaussianBlur(pixels, (0, 0), 0.45 / scale)


def _moved(places: Places, matrix: np.ndarray) -> Places:
    return (places @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def _groups(places: Places, *, teeth_visible: bool) -> Groups:
    """All groups of a bundle, in the order that it demands."""
    groups = {name: group(places, name).copy() for name in PLACE_GROUPS if name in GROUPS}
    lower_seam = group(places, "lower_seam")
    if teeth_visible:
        groups["lip_seam"] = lower_seam.copy()
    else:
        groups["lip_seam"] = (groups["lip_seam"] + lower_seam) / 2
    for side in ("right", "left"):
        _share_corners(groups, side)
    _in_order(groups)
    eyes, unit = _eyes(groups)
    chin = float(groups["jaw"][5, 1] - eyes[1])
    groups["head"] = likely_head(eyes, unit)
    groups["neck"] = likely_neck(eyes, unit, chin)
    return {name: points.astype(np.float32) for name, points in groups.items()}


def _share_corners(groups: Groups, side: str) -> None:
    """Both lids meet in the corners and do not cross between them."""
    upper, lower = groups[f"upper_lid_{side}"], groups[f"lower_lid_{side}"]
    for end in (0, -1):
        upper[end] = lower[end] = (upper[end] + lower[end]) / 2
    for lid in (upper, lower):
        lid[1:-1, 0] = _between(lid[1:-1, 0], float(lid[0, 0]), float(lid[-1, 0]))
    lower[1:-1, 1] = np.maximum(lower[1:-1, 1], upper[1:-1, 1] + LEAST_GAP)


def _between(x: Float32[np.ndarray, " points"], start: float, end: float) -> np.ndarray:
    """The same numbers on one way from a start to an end, none at the same place."""
    way = 1.0 if end > start else -1.0
    steps = LEAST_STEP * np.arange(1, len(x) + 1)
    low, high = way * start + steps, way * end - steps[::-1]
    along = np.clip(np.sort(way * x), low, high)
    return way * (np.maximum.accumulate(along - steps) + steps)


def _in_order(groups: Groups) -> None:
    """Lips do not cross, and their points go from left to right."""
    seam = groups["lip_seam"]
    left, right = (float(corner[0]) for corner in groups["mouth_corners"])
    for name in ("lip_seam", "upper_lip", "lower_lip"):
        groups[name][:, 0] = _between(groups[name][:, 0], left, right)
    groups["upper_lip"][:, 1] = np.minimum(groups["upper_lip"][:, 1], seam[:, 1] - LEAST_GAP)
    groups["lower_lip"][:, 1] = np.maximum(groups["lower_lip"][:, 1], seam[:, 1] + LEAST_GAP)


def _eyes(groups: Groups) -> tuple[np.ndarray, float]:
    right, left = groups["iris_right"][0], groups["iris_left"][0]
    return (right + left) / 2, float(np.linalg.norm(left - right))


def _rest(found: Found, measures: Measures) -> dict[str, float]:
    """The expression that the portrait has already."""
    smile = smile_of(found)
    if smile < SMILING_FROM:
        return {}
    shares = {"mouthSmile": 1.0, "cheekSquint": 0.3}
    if measures.teeth_visible:
        shares |= {"mouthUpperUp": 0.6, "mouthDimple": 0.7}
    return {
        name + side: round(share * smile, 2)
        for name, share in shares.items()
        for side in ("Left", "Right")
    }


def write_portrait(portrait: Portrait, folder: Path, *, title: str, origin: Origin) -> None:
    """Write the bundle into `folder`, NAME.avatar, which is made when missing.

    Raises MediaError when it cannot be written.
    """
    name = folder.name.removesuffix(".avatar").lower().replace(" ", "-")
    size = portrait.picture.shape[0]
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "title": title,
        "licence": origin.licence,
        "provenance": {"source": origin.source, "consent": origin.consent},
        "space": "arkit58",
        "size": [size, size],
        "pose_limits_deg": POSE_LIMITS_DEG,
        "rest": portrait.rest,
        "style": {"shading": 1.0, "teeth_visible": portrait.teeth_visible},
    }
    plates = {
        "portrait.png": portrait.picture[..., ::-1],
        "matte.png": portrait.layers.matte,
        "background.png": portrait.layers.background[..., ::-1],
    }
    write_files(folder, manifest, {name: portrait.groups[name] for name in GROUPS}, plates)
