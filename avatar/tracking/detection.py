"""Finding faces in a grey picture with the cascade that OpenCV brings (Viola and Jones 2001)."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import UInt8

from avatar.errors import MediaError, PartUnavailable

Grey: TypeAlias = UInt8[np.ndarray, "_ _"]

LONGER_SIDE, SEARCHED_SIDE = 640, 256
"""Pixels of the longer side of pictures, and of those in which faces are looked for."""
LEAST_SIDE = 64
"""Pixels: a picture with a shorter side is refused."""
LEAST_FACE = 22
"""Pixels of the smallest face that is found."""
LEAST_CONTRAST = 3.0
"""Standard deviation of grey below which a picture shows nothing."""
GOOD_CONTRAST = 45.0
"""Darker pictures are stretched to it: the cascade passes over windows that deviate by under 10."""

_CASCADE = "haarcascade_frontalface_alt2.xml"
_STEP, _NEIGHBOURS = 1.15, 4


@dataclass(frozen=True, slots=True)
class Box:
    """A square around a face from brow to chin, in pixels; `x` and `y` are its centre."""

    x: float
    y: float
    side: float

    def overlap(self, other: "Box") -> float:
        """Shared area as a part of the area of both together."""
        reach = (self.side + other.side) / 2
        across = min(reach - abs(self.x - other.x), self.side, other.side)
        down = min(reach - abs(self.y - other.y), self.side, other.side)
        shared = max(0.0, across) * max(0.0, down)
        return shared / (self.side**2 + other.side**2 - shared)


class FaceDetector:
    """Finds frontal faces that stand within about 20 degrees of upright.

    Owns a cascade, which is not safe to use from two threads at once. Raises PartUnavailable when
    this OpenCV has none.
    """

    def __init__(self) -> None:
        folder = getattr(getattr(cv2, "data", None), "haarcascades", None)
        if not hasattr(cv2, "CascadeClassifier") or folder is None:
            raise PartUnavailable(
                f"finding faces needs OpenCV's cascades, which OpenCV {cv2.__version__} does not "
                "bring: install opencv-python-headless below 5"
            )
        path = Path(folder) / _CASCADE
        self._cascade = cv2.CascadeClassifier(str(path)) if path.exists() else None
        if self._cascade is None or self._cascade.empty():
            raise PartUnavailable(
                f"finding faces needs {path}, which is missing or broken: "
                "install opencv-python-headless below 5 again"
            )

    def find(self, grey: Grey, *, near: Box | None = None, least: float = 0.0) -> list[Box]:
        """The faces with a side of at least `least` pixels, largest first.

        With `near`, only faces of about its place and size.
        """
        assert self._cascade is not None
        left = top = 0
        smallest, largest = max(least, LEAST_FACE), float(max(grey.shape))
        if near is not None:
            reach = 0.9 * near.side
            left, top = max(0, round(near.x - reach)), max(0, round(near.y - reach))
            grey = grey[top : round(near.y + reach), left : round(near.x + reach)]
            smallest, largest = max(smallest, 0.7 * near.side), 1.45 * near.side
        if min(grey.shape) < LEAST_FACE:
            return []
        clear = _clear(grey)
        if clear is None:
            return []
        found = self._cascade.detectMultiScale(
            clear,
            scaleFactor=_STEP,
            minNeighbors=_NEIGHBOURS,
            minSize=(round(smallest),) * 2,
            maxSize=(round(largest),) * 2,
        )
        boxes = [
            Box(left + float(x) + float(w) / 2, top + float(y) + float(h) / 2, float(w))
            for x, y, w, h in found
        ]
        return sorted(boxes, key=lambda box: -box.side)


def _clear(grey: Grey) -> Grey | None:
    """The picture with less noise and enough contrast; None when it shows nothing."""
    calm = cv2.GaussianBlur(np.ascontiguousarray(grey), (3, 3), 0)
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(calm))
    if deviation < LEAST_CONTRAST:
        return None
    gain = max(1.0, GOOD_CONTRAST / deviation)
    table = np.clip((np.arange(256) - mean) * gain + max(mean, 128.0), 0, 255)
    return cv2.LUT(calm, table.astype(np.uint8)) if gain > 1 else calm


def grey_of(image: UInt8[np.ndarray, "height width 3"]) -> Grey:
    """The picture in grey, with a longer side of at most 640 pixels. Raises MediaError for none."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise MediaError(
            f"a camera picture is uint8 [height, width, 3], came {image.dtype} "
            f"{list(image.shape)}: convert it to RGB"
        )
    height, width = image.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise MediaError(
            f"a camera picture has {LEAST_SIDE} pixels a side at least, came {width} x {height}: "
            "ask the camera for more"
        )
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    return _sized(grey, min(1.0, LONGER_SIDE / max(height, width)))


def shrunk(grey: Grey) -> tuple[Grey, float]:
    """A picture in which faces are looked for, and its scale."""
    scale = SEARCHED_SIDE / max(grey.shape)
    return _sized(grey, scale), scale


def _sized(grey: Grey, scale: float) -> Grey:
    if scale == 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
