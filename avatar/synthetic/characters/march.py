"""Sphere tracing: how far each ray travels until it meets a surface.

After Hart, "Sphere tracing" (1996). A coarse grid of rays runs first and gives the fine ones a
start close to the surface.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int64

from avatar.synthetic.characters.distance import Column, Points, Scalars, unit

Distance: TypeAlias = Callable[[Points], Scalars]

CHUNK = 32768
"""Points treated at once: their intermediate results fit the cache."""
NEAR, FAR = 11.5, 19.0
"""A ray lives between these distances from the camera."""
CAUTION = 0.72
"""Part of a distance that is travelled: the solids are bounds, not exact."""
TOUCH = 0.0012
"""A ray has arrived when this close."""
GRAZE = 0.02
"""A ray that ran out of steps this close has arrived, too."""
STEPS = 220
NORMAL_REACH = 0.006
DROP_STEPS = 80
DROP_HEIGHT = 2.5
"""z in front of every face."""
TETRAHEDRON = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)


def chunks(count: int) -> Iterator[slice]:
    """Slices that cover `count` items in pieces of `CHUNK`."""
    return (slice(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK))


def march(
    distance: Distance, origin: Column, rays: Points, start: Scalars
) -> tuple[Scalars, Bool[np.ndarray, " n"]]:
    """Travelled length of each ray and whether it met anything."""
    travelled, hit = start.copy(), np.zeros(start.size, bool)
    for part in chunks(start.size):
        travelled[part], hit[part] = _march(distance, origin, rays[:, part], start[part])
    return travelled, hit


def _march(
    distance: Distance, origin: Column, rays: Points, start: Scalars
) -> tuple[Scalars, Bool[np.ndarray, " n"]]:
    travelled, hit = start.copy(), np.zeros(start.size, bool)
    active: Int64[np.ndarray, " k"] = np.flatnonzero(start < FAR)
    for _ in range(STEPS):
        if not active.size:
            return travelled, hit
        gap = distance(origin + rays[:, active] * travelled[active])
        travelled[active] += gap * np.float32(CAUTION)
        arrived = np.abs(gap) < TOUCH
        hit[active[arrived]] = True
        active = active[~arrived & (travelled[active] < FAR)]
    if active.size:
        gap = distance(origin + rays[:, active] * travelled[active])
        hit[active] = gap < GRAZE
    return travelled, hit


def coarse_start(
    distance: Distance, origin: Column, rays: Points, samples: int, stride: int
) -> Scalars:
    """A safe start for every ray of a square picture; FAR where nothing is near.

    Every `stride`-th ray in both directions is marched from the camera to find it.
    """
    rows = rays.reshape(3, samples, samples)[:, stride // 2 :: stride, stride // 2 :: stride]
    side = rows.shape[1]
    sparse = np.ascontiguousarray(rows.reshape(3, -1))
    length, hit = march(distance, origin, sparse, np.full(sparse.shape[1], NEAR, np.float32))
    length = np.where(hit, length, np.float32(FAR)).reshape(side, side)
    nearest = cv2.erode(length, np.ones((5, 5), np.uint8))
    fine = cv2.resize(nearest, (samples, samples), interpolation=cv2.INTER_NEAREST)
    return np.where(fine < FAR, fine - np.float32(0.06), fine).reshape(-1).astype(np.float32)


def normals(distance: Distance, points: Points) -> Points:
    """Outward unit normals, from four differences around each point."""
    result = np.zeros_like(points)
    for part in chunks(points.shape[1]):
        local = points[:, part]
        for corner in TETRAHEDRON:
            offset = corner[:, None]
            result[:, part] += offset * distance(local + offset * np.float32(NORMAL_REACH))
    return unit(result)


def chunked(distance: Distance) -> Distance:
    """The same function, evaluated in pieces that fit the cache."""

    def evaluate(points: Points) -> Float32[np.ndarray, " n"]:
        result = np.empty(points.shape[1], np.float32)
        for part in chunks(result.size):
            result[part] = distance(np.ascontiguousarray(points[:, part]))
        return result

    return evaluate


def drop(distance: Distance, x: Scalars, y: Scalars) -> Points:
    """Points of a surface seen from the front over each (x, y); z = 0 where there is none."""
    z = np.full_like(x, DROP_HEIGHT)
    active = np.arange(x.size)
    for _ in range(DROP_STEPS):
        gap = distance(np.stack([x[active], y[active], z[active]]))
        z[active] -= gap * np.float32(CAUTION)
        active = active[(np.abs(gap) > TOUCH / 4) & (z[active] > -DROP_HEIGHT)]
        if not active.size:
            break
    return np.stack([x, y, np.where(z > -DROP_HEIGHT, z, 0)]).astype(np.float32)
