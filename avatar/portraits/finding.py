"""Finding the face of a photo: the cascade proposes, the tracker's network decides."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import UInt8

from avatar.errors import MediaError
from avatar.portraits.network import PortraitLook, PortraitNetwork
from avatar.tracking.crops import first_crop
from avatar.tracking.detection import Box, FaceDetector, Grey
from avatar.tracking.networks import FaceLook, FaceNetworks

SEARCHED = (256, 512)
"""Pixels of the longer side at which faces are looked for: near ones, and far ones."""
IS_FACE = 0.6
SAME_FACE = 0.25
QUARTERS = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)
STATURE = 2.0
"""How many times as large as any other face one must be to be the one that is meant."""

Pixels = UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True, eq=False)
class Found:
    """A face in a photo, which may have been turned upright; `others` are faces beside it."""

    pixels: Pixels
    grey: Grey
    look: FaceLook
    fine: PortraitLook
    told: np.ndarray
    others: int
    turned: bool


class PortraitFinder:
    """Finds faces and their landmarks in photos."""

    def __init__(self, networks: FaceNetworks, portraits: PortraitNetwork) -> None:
        self._networks, self._portraits = networks, portraits
        self._detector = FaceDetector()

    def find(self, pixels: Pixels) -> Found:
        """The face of a photo. Raises MediaError when there is none, or several that compete."""
        for quarter in QUARTERS:
            turned = pixels if quarter is None else cv2.rotate(pixels, quarter).astype(np.uint8)
            grey = cv2.cvtColor(turned, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
            faces = self._faces(grey)
            if faces:
                return self._meant(
                    np.ascontiguousarray(turned), grey, faces, turned=quarter is not None
                )
        raise MediaError(
            "no face was found: take a photo of one person who looks into the camera, upright, in "
            "even light; drawings, statues and animals are not known as faces"
        )

    def _faces(self, grey: Grey) -> list[FaceLook]:
        """Faces, largest first."""
        found = list[FaceLook]()
        for side in SEARCHED:
            scale = min(1.0, side / max(grey.shape))
            size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
            small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
            for box in self._detector.find(small):
                whole = Box(box.x / scale, box.y / scale, box.side / scale)
                look = self._networks.look(grey, first_crop(whole))
                look = self._networks.look(grey, look.frame.face)
                if look.presence > IS_FACE and not any(_same(look, other) for other in found):
                    found.append(look)
        return sorted(found, key=lambda look: -look.frame.unit)

    def _meant(self, pixels: Pixels, grey: Grey, faces: list[FaceLook], *, turned: bool) -> Found:
        if len(faces) > 1 and faces[0].frame.unit < STATURE * faces[1].frame.unit:
            raise MediaError(
                f"the photo shows {len(faces)} faces: crop it to the one that is meant"
            )
        look = faces[0]
        fine = self._portraits.look(grey, look.frame.face)
        return Found(
            pixels, grey, look, fine, self._networks.tell(grey, look), len(faces) - 1, turned
        )


def _same(one: FaceLook, other: FaceLook) -> bool:
    away = np.hypot(one.frame.face.x - other.frame.face.x, one.frame.face.y - other.frame.face.y)
    return float(away) < SAME_FACE * max(one.frame.face.reach, other.frame.face.reach) * 2
