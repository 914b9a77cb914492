"""The second pass of a picture: hairs drawn as fine lines, hidden by what is in front.

Every hair is cut into points closer than a sample; per sample the nearest few are composited
front to back.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from avatar.synthetic.characters.camera import Camera
from avatar.synthetic.characters.distance import Scalars
from avatar.synthetic.characters.strands import Strands

SPACING = 0.8
"""Distance between the points of a hair, in samples."""
LAYERS = 6
"""Hairs that may lie over one sample."""
BIAS = 0.035
"""A hair may lie this far behind the surface and still be seen."""


@dataclass(frozen=True, eq=False)
class Veil:
    """What hairs add to each sample: premultiplied linear RGB, opacity, and their depth."""

    colour: Float32[np.ndarray, "samples 3"]
    opacity: Scalars
    depth: Scalars


@dataclass(frozen=True, eq=False)
class Dots:
    """Points of hairs in the picture."""

    sample: Int64[np.ndarray, " n"]
    depth: Scalars
    opacity: Scalars
    colour: Float32[np.ndarray, "n 3"]


def dots(
    strands: Strands,
    colour: Float32[np.ndarray, "3 count vertices"],
    camera: Camera,
    surface_depth: Scalars,
) -> Dots:
    """Cut lit strands into points and drop those that the surface hides."""
    count, vertices = strands.width.shape
    flat = strands.paths.reshape(3, -1)
    place = camera.project(flat).reshape(2, count, vertices)
    depth = camera.to_camera(flat)[2].reshape(count, vertices)
    step = np.hypot(*np.diff(place, axis=2))
    cuts = max(1, int(np.ceil(np.percentile(step, 99) / SPACING)))
    t = (np.arange(cuts, dtype=np.float32) + 0.5) / cuts

    def cut(values: Float32[np.ndarray, "*some vertices"]) -> Float32[np.ndarray, "*some n"]:
        first, second = values[..., :-1, None], values[..., 1:, None]
        fine = first + (second - first) * t
        return fine.reshape(*values.shape[:-1], -1)

    wide = cut(strands.width) * np.float32(camera.scale)
    run = np.repeat(np.diff(place, axis=2), cuts, axis=2)
    across = np.stack([-run[1], run[0]]) / np.maximum(np.hypot(*run), 1e-6)
    fine, fine_depth = cut(place), cut(depth)
    opacity, tone = cut(strands.opacity), cut(colour)
    taps = max(1, int(np.ceil(np.percentile(wide, 90))))
    pieces = []
    for tap in range(taps):
        offset = (tap + 0.5) / taps - 0.5
        x, y = np.rint(fine + across * (offset * wide)).astype(np.int32)
        part = opacity * np.minimum(1, wide / taps)
        inside = (x >= 0) & (y >= 0) & (x < camera.samples) & (y < camera.samples) & (part > 0.02)
        sample = y.astype(np.int64) * camera.samples + x
        seen = inside & (fine_depth + BIAS > surface_depth[np.where(inside, sample, 0)])
        pieces.append((sample[seen], fine_depth[seen], part[seen], tone[:, seen].T))
    return Dots(*(np.concatenate(group) for group in zip(*pieces, strict=True)))


def merge(groups: list[Dots]) -> Dots:
    """All points of several groups."""
    return Dots(
        np.concatenate([group.sample for group in groups]),
        np.concatenate([group.depth for group in groups]),
        np.concatenate([group.opacity for group in groups]),
        np.concatenate([group.colour for group in groups]),
    )


def composite(points: Dots, samples: int) -> Veil:
    """Blend the nearest `LAYERS` points of each of `samples` samples."""
    order = np.lexsort((-points.depth, points.sample))
    sample = points.sample[order]
    first = np.ones(sample.size, bool)
    first[1:] = sample[1:] != sample[:-1]
    begin = np.maximum.accumulate(np.where(first, np.arange(sample.size), 0))
    rank = np.arange(sample.size) - begin
    colour = np.zeros((samples, 3), np.float32)
    clear = np.ones(samples, np.float32)
    depth = np.full(samples, -np.inf, np.float32)
    for layer in range(LAYERS):
        chosen = order[rank == layer]
        where, opacity = points.sample[chosen], np.clip(points.opacity[chosen], 0, 1)
        colour[where] += points.colour[chosen] * (clear[where] * opacity)[:, None]
        clear[where] *= 1 - opacity
        depth[where] = np.maximum(depth[where], points.depth[chosen])
    return Veil(colour, (1 - clear).astype(np.float32), depth)
