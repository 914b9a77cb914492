"""Parts of a picture that the networks look at: turned upright and brought to one size."""

from dataclasses import dataclass
from math import atan2, cos, sin

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from avatar.tracking.detection import Box

Grey = UInt8[np.ndarray, "_ _"]
Points = Float32[np.ndarray, "points 2"]
Affine = Float64[np.ndarray, "2 3"]

FACE = (96, 96)
EYE, MOUTH, BROWS = (48, 32), (64, 48), (80, 32)
"""Width and height in pixels of what the networks see."""
FACE_REACH = 1.6
"""From the middle of a crop to its side; this and what follows are units of the face."""
EYE_REACH, MOUTH_REACH, BROWS_REACH = 0.46, 0.75, 1.05
BROWS_ABOVE = 0.30
"""How far above the eyes the brows' crop is."""
MIDDLE = 0.45
"""The middle of a face's crop, as a part of the way from the eyes to the mouth."""
BOX_UNITS, BOX_BELOW = 2.4, 0.05
"""Side of a detector's box, and how far below its middle a crop's middle is."""
SHRINK_FROM = 1.5
"""Pixels of the picture to one of the crop from which the picture is shrunk first."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A turned rectangle of a picture.

    `x`, `y` is its middle and `reach` half its width in pixels; `tilt` in radians is how far it is
    turned with a head that rolls to its own left, clockwise in the picture.
    """

    x: float
    y: float
    reach: float
    tilt: float

    def matrix(self, size: tuple[int, int], *, mirrored: bool = False) -> Affine:
        """From pixels of the picture to those of a crop of `size`."""
        width, height = size
        scale = width / (2 * self.reach)
        c, s = scale * cos(self.tilt), scale * sin(self.tilt)
        turn = np.array([[c, s], [-s, c]])
        if mirrored:
            turn[0] *= -1
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        return np.c_[turn, middle - turn @ np.array([self.x, self.y])]

    def inside(self, points: Points) -> Points:
        """Points of the picture in units of the reach, (0, 0) being the middle."""
        c, s = cos(self.tilt), sin(self.tilt)
        moved = (points - np.array([self.x, self.y])) @ np.array([[c, -s], [s, c]]) / self.reach
        return moved.astype(np.float32)

    def outside(self, points: Points) -> Points:
        """The inverse of `inside`."""
        c, s = cos(self.tilt), sin(self.tilt)
        moved = points @ np.array([[c, s], [-s, c]]) * self.reach + np.array([self.x, self.y])
        return moved.astype(np.float32)


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """A face's own axes in a picture: where its eyes and mouth are, its unit, and its tilt.

    The unit is the distance between the eyes, or that of the eyes from the mouth when a turned
    head makes the first the shorter.
    """

    eyes: tuple[float, float]
    mouth: tuple[float, float]
    unit: float
    tilt: float

    @classmethod
    def of(cls, right_eye: np.ndarray, left_eye: np.ndarray, mouth: np.ndarray) -> "FaceFrame":
        """From the middles of both eyes and of the mouth."""
        across, middle = left_eye - right_eye, (left_eye + right_eye) / 2
        down = mouth - middle
        unit = max(float(np.hypot(*across)), float(np.hypot(*down)), 1e-3)
        way = across + np.array([down[1], -down[0]])
        return cls(
            (float(middle[0]), float(middle[1])),
            (float(mouth[0]), float(mouth[1])),
            unit,
            atan2(float(way[1]), float(way[0])),
        )

    @property
    def face(self) -> Crop:
        """The whole face."""
        x = self.eyes[0] + MIDDLE * (self.mouth[0] - self.eyes[0])
        y = self.eyes[1] + MIDDLE * (self.mouth[1] - self.eyes[1])
        return Crop(x, y, FACE_REACH * self.unit, self.tilt)

    @property
    def mouth_crop(self) -> Crop:
        """The mouth."""
        return Crop(*self.mouth, MOUTH_REACH * self.unit, self.tilt)

    @property
    def brows(self) -> Crop:
        """Both brows."""
        up = BROWS_ABOVE * self.unit
        x, y = self.eyes[0] + up * sin(self.tilt), self.eyes[1] - up * cos(self.tilt)
        return Crop(x, y, BROWS_REACH * self.unit, self.tilt)

    def eye(self, middle: np.ndarray) -> Crop:
        """One eye."""
        return Crop(float(middle[0]), float(middle[1]), EYE_REACH * self.unit, self.tilt)


def first_crop(box: Box) -> Crop:
    """Where to look for a face that a detector found."""
    unit = box.side / BOX_UNITS
    return Crop(box.x, box.y + BOX_BELOW * unit, FACE_REACH * unit, 0.0)


def cut(grey: Grey, crop: Crop, size: tuple[int, int], *, mirrored: bool = False) -> Grey:
    """What a crop shows, without aliasing; the picture goes on beyond its edge as at its edge."""
    shrink = 2 * crop.reach / size[0]
    if shrink < SHRINK_FROM:
        return _warp(grey, crop.matrix(size, mirrored=mirrored), size)
    reach = 1.5 * crop.reach * max(1.0, size[1] / size[0])
    height, width = grey.shape
    left, right = (int(np.clip(crop.x + side * reach, 0, width)) for side in (-1, 1))
    top, bottom = (int(np.clip(crop.y + side * reach, 0, height)) for side in (-1, 1))
    if right - left < 2 or bottom - top < 2:
        return np.zeros(size[::-1], np.uint8)
    part = grey[top:bottom, left:right]
    small = cv2.resize(
        part,
        (max(1, round((right - left) / shrink)), max(1, round((bottom - top) / shrink))),
        interpolation=cv2.INTER_AREA,
    )
    fx, fy = small.shape[1] / (right - left), small.shape[0] / (bottom - top)
    to_small = np.array(
        [[fx, 0, (0.5 - left) * fx - 0.5], [0, fy, (0.5 - top) * fy - 0.5], [0, 0, 1]]
    )
    matrix = crop.matrix(size, mirrored=mirrored) @ np.linalg.inv(to_small)
    return _warp(small, matrix, size)


def _warp(grey: Grey, matrix: Affine, size: tuple[int, int]) -> Grey:
    return cv2.warpAffine(
        np.ascontiguousarray(grey),
        matrix,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
