"""The squares of a portrait in which eyes and mouth are painted, laid by its landmarks.

They lie in the portrait as it is, before a head is turned: no pose is in them. The square of the
left eye is seen in a mirror, so that both eyes share one network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from avatar.motion import COEFFICIENTS
from avatar.rendering.close_up import CloseUp

EYE, MOUTH = "eye", "mouth"
CELLS: Mapping[str, int] = {EYE: 48, MOUTH: 64}
"""Pixels of a square's side by part."""
EYE_SIDE, MOUTH_SIDE = 0.8, 1.5
"""Sides of the squares in inter-ocular distances."""
CHIN = 0.28
"""How far the middle of the mouth's square lies below the lips, so that a dropped jaw is in it."""
KEPT = np.array([name.startswith("brow") for name in COEFFICIENTS])
"""Coefficients that painters leave to what moves the whole portrait."""


@runtime_checkable
class Marks(Protocol):
    """Groups of landmarks by name."""

    def __getitem__(self, name: str) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class PartSquare:
    """Where a part lies in a portrait, and whether it is seen in a mirror."""

    part: str
    box: CloseUp
    mirrored: bool = False


def part_squares(marks: Marks) -> tuple[PartSquare, PartSquare, PartSquare]:
    """The right eye's, the left eye's and the mouth's square of a portrait."""
    right, left = (_eye_middle(marks, side) for side in ("right", "left"))
    unit = float(np.linalg.norm(left - right))
    lips = np.concatenate([marks["mouth_corners"], marks["lip_seam"]]).mean(axis=0)
    mouth = lips + np.array([0.0, CHIN * unit])
    return (
        PartSquare(EYE, _square(right, EYE_SIDE * unit)),
        PartSquare(EYE, _square(left, EYE_SIDE * unit), mirrored=True),
        PartSquare(MOUTH, _square(mouth, MOUTH_SIDE * unit)),
    )


def _eye_middle(marks: Marks, side: str) -> np.ndarray:
    lids = np.concatenate([marks[f"upper_lid_{side}"], marks[f"lower_lid_{side}"]])
    return lids[[0, 8, 9, 17]].mean(axis=0)


def _square(middle: np.ndarray, side: float) -> CloseUp:
    x, y = (float(value) + 0.5 for value in middle)
    return CloseUp(x - side / 2, y - side / 2, side)
