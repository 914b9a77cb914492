"""The points that carry expression fields, and the table of how coefficients move them."""

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32

from avatar.rendering.landmarks import SIDES, Landmarks

Displacement: TypeAlias = Float32[np.ndarray, "points 2"]
Amount: TypeAlias = float | Float32[np.ndarray, " points"]


class Points:
    """The points that carry a portrait's expression fields.

    Seam points exist twice, on either side of the cut between the lips. `side` is -1 for points
    that belong above a cut, +1 below, 0 for neither.
    """

    def __init__(self, landmarks: Landmarks) -> None:
        groups: list[tuple[str, Float32[np.ndarray, "n 2"], int]] = []
        for side in SIDES:
            upper, lower = landmarks[f"upper_lid_{side}"], landmarks[f"lower_lid_{side}"]
            groups.append((f"brow_{side}", landmarks[f"brow_{side}"], 0))
            groups.append((f"eye_corners_{side}", upper[[0, -1]], 0))
            groups.append((f"upper_lid_{side}", upper[1:-1], -1))
            groups.append((f"lower_lid_{side}", lower[1:-1], 1))
        free = ("nose", "mouth_corners", "upper_lip", "lower_lip", "jaw", "cheek")
        groups.extend((name, landmarks[name], 0) for name in (*free, "forehead", "head"))
        groups.append(("body", landmarks["neck"][3:], 0))
        groups.append(("seam_upper", landmarks["lip_seam"], -1))
        groups.append(("seam_lower", landmarks["lip_seam"], 1))
        self.slices: dict[str, slice] = {}
        count = 0
        for name, points, _ in groups:
            self.slices[name] = slice(count, count + len(points))
            count += len(points)
        self.xy = np.vstack([points for _, points, _ in groups]).astype(np.float32)
        self.side = np.concatenate([np.full(len(points), side) for _, points, side in groups])

    def __len__(self) -> int:
        return len(self.xy)


class Basis:
    """Collects the displacement of every point for every coefficient."""

    def __init__(self, landmarks: Landmarks) -> None:
        self.points = Points(landmarks)
        self.moves: dict[str, Displacement] = {}
        self._landmarks = landmarks
        self._unit = landmarks.eye_distance / 100

    def move(
        self,
        coefficient: str,
        group: str,
        dx: Amount = 0.0,
        dy: Amount = 0.0,
        at: Sequence[int] | None = None,
    ) -> None:
        """Add a displacement of a group, or of some of its points, to a coefficient."""
        moves = self.moves.setdefault(coefficient, np.zeros((len(self.points), 2), np.float32))
        where = np.arange(len(self.points))[self.points.slices[group]]
        where = where if at is None else where[list(at)]
        moves[where, 0] += np.float32(dx) * self._unit
        moves[where, 1] += np.float32(dy) * self._unit

    def lids(self, coefficient: str, side: str, *, lower: float, upper: float = 0.0) -> None:
        """Close an eye by fractions of its opening, the lower lid upward, the upper downward."""
        top, bottom = (self._landmarks[f"{lid}_lid_{side}"][1:-1] for lid in ("upper", "lower"))
        opening = np.maximum(bottom[:, 1] - top[:, 1], 0) / self._unit
        self.move(coefficient, f"lower_lid_{side}", dy=-lower * opening)
        self.move(coefficient, f"upper_lid_{side}", dy=upper * opening)

    @property
    def digest(self) -> str:
        """Identifies the table."""
        digest = hashlib.sha256()
        for name in self.names:
            digest.update(name.encode() + self.moves[name].tobytes())
        return digest.hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """The coefficients that have a field, in a fixed order."""
        return tuple(sorted(self.moves))
