"""The landmarks of a portrait: named groups of points, and what may be wrong with them.

Points are portrait pixels, x to the right, y down, pixel centres at whole numbers. "right" is the
subject's own right, the left side of the picture. Lids and brows run from the outer to the inner
end, lips and jaw from the left of the picture to the right.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Float32

from avatar.errors import BundleError

Points: TypeAlias = Float32[np.ndarray, "points 2"]
Point: TypeAlias = Float[np.ndarray, "2"]

GROUPS: Mapping[str, int] = {
    "brow_right": 5,
    "brow_left": 5,
    "upper_lid_right": 9,
    "lower_lid_right": 9,
    "upper_lid_left": 9,
    "lower_lid_left": 9,
    "iris_right": 2,
    "iris_left": 2,
    "nose": 6,
    "mouth_corners": 2,
    "lip_seam": 5,
    "upper_lip": 5,
    "lower_lip": 5,
    "jaw": 11,
    "cheek": 4,
    "forehead": 3,
    "head": 9,
    "neck": 8,
}
"""Name and number of points of every group; `docs/avatar-bundle.md` says where each point lies."""

SIDES = ("right", "left")

HEAD_ANGLES = (168, 145, 118, 90, 62, 35, 12, 200, -20)
"""Directions from the middle of the head to the points of `head`, in degrees against the x axis."""


class Landmarks:
    """The landmark groups of one portrait.

    Raises BundleError when a group is missing, has another number of points, holds a number that is
    not finite, lies outside the picture, or when lids or lips cross.
    """

    def __init__(self, groups: Mapping[str, object], *, size: int, source: str) -> None:
        self._groups = {
            name: _points(groups, name, count, source) for name, count in GROUPS.items()
        }
        unknown = sorted(set(groups) - set(GROUPS))
        if unknown:
            raise BundleError(
                f"{source}: unknown landmark group {unknown[0]!r}: remove or rename it"
            )
        for name, points in self._groups.items():
            if name not in ("neck", "head") and ((points < 0) | (points > size - 1)).any():
                lost = points[((points < 0) | (points > size - 1)).any(axis=1)][0].tolist()
                raise BundleError(
                    f"{source}: {name} leaves the picture (0 to {size - 1}) at {lost}: move it back"
                )
        self._check_order(source)

    def __getitem__(self, name: str) -> Points:
        return self._groups[name]

    @property
    def eye_distance(self) -> float:
        """Distance between the centres of the irises in pixels: the unit of all motion."""
        return float(np.linalg.norm(self["iris_left"][0] - self["iris_right"][0]))

    @property
    def mouth_width(self) -> float:
        """Distance between the corners of the mouth in pixels."""
        return float(np.linalg.norm(self["mouth_corners"][1] - self["mouth_corners"][0]))

    def seam_curve(self) -> Points:
        """The line between the closed lips with both corners, left to right."""
        corners = self["mouth_corners"]
        return np.vstack([corners[:1], self["lip_seam"], corners[1:]])

    def lid_curves(self, side: str) -> tuple[Points, Points]:
        """Upper and lower lid of one eye, both left to right in the picture."""
        upper, lower = self[f"upper_lid_{side}"], self[f"lower_lid_{side}"]
        if upper[0, 0] > upper[-1, 0]:
            upper, lower = upper[::-1], lower[::-1]
        return upper, lower

    def scaled(self, factor: float, *, size: int) -> "Landmarks":
        """The same landmarks of a portrait that was scaled to `size`."""
        groups = {name: (points + 0.5) * factor - 0.5 for name, points in self._groups.items()}
        return Landmarks(groups, size=size, source=f"the portrait at {size} pixels")

    def _check_order(self, source: str) -> None:
        if self["iris_right"][0, 0] >= self["iris_left"][0, 0]:
            raise BundleError(
                f"{source}: iris_right lies right of iris_left: sides are the subject's own, "
                "so the right eye is on the left of the picture"
            )
        curves = [("lips", self.seam_curve(), self.seam_curve())]
        curves += [(f"{side} lids", *self.lid_curves(side)) for side in SIDES]
        for name, upper, lower in curves:
            for curve in (upper, lower):
                if (np.diff(curve[:, 0]) <= 0).any():
                    at = curve[int(np.argmin(np.diff(curve[:, 0]))) + 1].tolist()
                    raise BundleError(
                        f"{source}: the {name} double back at {at}: x must grow from left to right"
                    )
            below = np.interp(upper[:, 0], lower[:, 0], lower[:, 1])
            over = upper[1:-1, 1] - below[1:-1]
            if (over > 1e-3).any():
                at = upper[1:-1][int(over.argmax())].tolist()
                raise BundleError(f"{source}: the {name} cross at {at}: upper lies below lower")
        if _crosses_itself(self["jaw"]):
            raise BundleError(
                f"{source}: the jaw crosses itself: its points go from the left of the picture "
                "over the chin to the right"
            )
        for upper, lower in (("upper_lip", "lip_seam"), ("lip_seam", "lower_lip")):
            if (self[upper][:, 1] > self[lower][:, 1]).any():
                raise BundleError(f"{source}: {upper} lies below {lower}: lips cross")


def _crosses_itself(line: Points) -> bool:
    """Whether any two of the line's segments cross."""

    def turn(a: Point, b: Point, c: Point) -> float:
        return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    segments = list(pairwise(line))
    return any(
        turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
        for i, (a, b) in enumerate(segments)
        for c, d in segments[i + 2 :]
    )


def _points(groups: Mapping[str, object], name: str, count: int, source: str) -> Points:
    if name not in groups:
        raise BundleError(f"{source}: landmark group {name!r} is missing ({count} points)")
    try:
        points = np.array(groups[name], np.float32)
    except (TypeError, ValueError) as error:
        raise BundleError(f"{source}: {name} must be a list of [x, y]: {error}") from error
    if points.shape != (count, 2):
        raise BundleError(f"{source}: {name} must have shape {(count, 2)}, it has {points.shape}")
    if not np.isfinite(points).all():
        raise BundleError(f"{source}: {name} holds a number that is not finite")
    return points
