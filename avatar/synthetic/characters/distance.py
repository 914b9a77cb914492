"""Signed distances to simple solids, and ways to melt them together.

Points are stored axis first, "3 n". A distance is negative inside. Ellipsoids and smooth unions
are bounds rather than exact distances, after Quilez, https://iquilezles.org/articles/distfunctions.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32

Points: TypeAlias = Float32[np.ndarray, "3 n"]
Scalars: TypeAlias = Float32[np.ndarray, " n"]
Values: TypeAlias = Float32[np.ndarray, "..."]
Column: TypeAlias = Float32[np.ndarray, "3 1"]
Triple: TypeAlias = tuple[float, float, float]


def column(triple: Triple) -> Column:
    """A position or direction as a column that broadcasts over points."""
    return np.array(triple, np.float32)[:, None]


def length(vectors: Points) -> Scalars:
    """Euclidean length of each vector."""
    x, y, z = vectors
    return np.sqrt(x * x + y * y + z * z)


def unit(vectors: Points) -> Points:
    """Vectors scaled to length one; a zero vector stays zero."""
    return vectors / np.maximum(length(vectors), 1e-9)


def dot(left: Points, right: Float32[np.ndarray, "3 _"]) -> Scalars:
    """Inner product of each pair."""
    return left[0] * right[0] + left[1] * right[1] + left[2] * right[2]


def mirrored(points: Points) -> Points:
    """Points folded onto x >= 0: what is built there appears on both sides."""
    folded = points.copy()
    np.abs(folded[0], out=folded[0])
    return folded


def sphere(points: Points, centre: Triple, radius: float) -> Scalars:
    """Distance to a ball."""
    return length(points - column(centre)) - np.float32(radius)


def ellipsoid(points: Points, centre: Triple, radii: Triple) -> Scalars:
    """Distance to an ellipsoid; exact on the axes of a sphere, a close bound elsewhere."""
    scaled = (points - column(centre)) / column(radii)
    norm = length(scaled)
    slope = length(scaled / column(radii))
    return norm * (norm - np.float32(1)) / np.maximum(slope, np.float32(1e-6))


def cone(points: Points, start: Triple, end: Triple, radii: tuple[float, float]) -> Scalars:
    """Distance to a capsule whose radius runs linearly from `start` to `end`."""
    axis = np.array(end, np.float32) - np.array(start, np.float32)
    relative = points - column(start)
    along = np.clip(dot(relative, axis[:, None]) / np.float32(axis @ axis), 0, 1)
    nearest = relative - axis[:, None] * along
    return length(nearest) - (np.float32(radii[0]) + np.float32(radii[1] - radii[0]) * along)


def smooth_union(left: Scalars, right: Scalars, blend: float) -> Scalars:
    """The nearer of two solids, with a fillet of about `blend` where they meet."""
    reach = np.float32(1.5 * blend)
    overlap = np.maximum(reach - np.abs(left - right), 0) / reach
    return np.minimum(left, right) - overlap * overlap * overlap * (reach / np.float32(6))


def smooth_intersection(left: Scalars, right: Scalars, blend: float) -> Scalars:
    """What two solids share, with its edge rounded by about `blend`."""
    return -smooth_union(-left, -right, blend)


def ramp(values: Values, low: float, high: float) -> Values:
    """0 below `low`, 1 above `high`, smooth between (Hermite); `high` < `low` reverses it."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (np.float32(3) - np.float32(2) * t)


def bump(offset: Values, width: float) -> Values:
    """A bell of height one: exp(-(offset / width)^2)."""
    scaled = offset / np.float32(width)
    return np.exp(-scaled * scaled)


@dataclass(frozen=True, eq=False)
class PlaneMap:
    """A function of (x, y) kept as samples, read bilinearly and held at its borders.

    `origin` is the (x, y) of the first sample, `step` the distance between samples.
    """

    values: Float32[np.ndarray, "rows columns"]
    origin: tuple[float, float]
    step: float

    def at(self, x: Scalars, y: Scalars) -> Scalars:
        """The value over each (x, y)."""
        rows, columns = self.values.shape
        u = np.clip((x - np.float32(self.origin[0])) / np.float32(self.step), 0, columns - 1.001)
        v = np.clip((y - np.float32(self.origin[1])) / np.float32(self.step), 0, rows - 1.001)
        i, j = u.astype(np.int32), v.astype(np.int32)
        u, v = u - i, v - j
        flat, first = self.values.reshape(-1), j * columns + i
        lower = flat[first] * (1 - u) + flat[first + 1] * u
        upper = flat[first + columns] * (1 - u) + flat[first + columns + 1] * u
        return (lower * (1 - v) + upper * v).astype(np.float32)


def grid(
    low: tuple[float, float], high: tuple[float, float], step: float
) -> tuple[Float32[np.ndarray, "rows columns"], Float32[np.ndarray, "rows columns"]]:
    """The x and y of the samples of a PlaneMap that covers a rectangle."""
    x = np.arange(low[0], high[0] + step, step, dtype=np.float32)
    y = np.arange(low[1], high[1] + step, step, dtype=np.float32)
    across, up = np.meshgrid(x, y)
    return across, up
