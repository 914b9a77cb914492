"""Faces cut out as networks of identity want them: eyes and mouth at the same places."""

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from avatar.assets import TRACKER
from avatar.rendering.base import Picture
from avatar.tracking.crops import first_crop
from avatar.tracking.detection import FaceDetector, grey_of
from avatar.tracking.networks import FaceLook, FaceNetworks, eye_middle
from avatar.tracking.places import group

SIDE = 112
PLACES = np.array([[38.3, 51.7], [73.5, 51.5], [41.5, 92.4], [70.7, 92.2]])
"""Pixels of right eye, left eye and mouth corners in a crop, as ArcFace was trained (Deng 2019)."""
IS_FACE = 0.5


class AlignedFaces:
    """Finds the largest face of a picture and turns, scales and moves it to `PLACES`."""

    def __init__(self) -> None:
        self._detector = FaceDetector()
        self._networks = FaceNetworks(TRACKER)

    def cut(self, picture: Picture) -> UInt8[np.ndarray, "112 112 3"] | None:
        """The face; None where there is none."""
        grey = grey_of(picture)
        for box in self._detector.find(grey)[:1]:
            look = self._networks.look(grey, first_crop(box))
            look = self._networks.look(grey, look.frame.face)
            if look.presence > IS_FACE:
                scale = grey.shape[1] / picture.shape[1]
                matrix = _similarity(_found(look) / scale)
                return cv2.warpAffine(picture, matrix, (SIDE, SIDE)).astype(np.uint8, copy=False)
        return None


def _found(look: FaceLook) -> Float64[np.ndarray, "4 2"]:
    corners = group(look.places, "mouth_corners")
    by_side = corners[np.argsort(corners[:, 0])]
    eyes = [eye_middle(look.places, side) for side in ("right", "left")]
    return np.array([*eyes, *by_side], np.float64)


def _similarity(points: Float64[np.ndarray, "4 2"]) -> Float64[np.ndarray, "2 3"]:
    """The turn, scale and move that brings points nearest to `PLACES` (least squares)."""
    x, y = points.T
    one, none = np.ones(4), np.zeros(4)
    rows = np.r_[np.c_[x, -y, one, none], np.c_[y, x, none, one]]
    c, s, right, down = np.linalg.lstsq(rows, PLACES.T.ravel(), rcond=None)[0]
    return np.array([[c, -s, right], [s, c, down]])
