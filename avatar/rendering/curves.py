"""Lid and lip curves as one height per picture column, and distances to drawn strokes."""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Float32
from scipy.interpolate import PchipInterpolator

Curve: TypeAlias = Float32[np.ndarray, " width"]
Map: TypeAlias = Float[np.ndarray, "rows columns"]
"""Values over a grid; whoever keeps one makes it 32 bit."""

END_SLOPE = 0.6
"""Share of its end slope that a curve keeps beyond its ends; less makes a kink, more a spike."""


def column_curve(points: Float32[np.ndarray, "n 2"], width: int) -> Curve:
    """Height of a left-to-right curve at every column: monotone cubic, continued past its ends."""
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    curve = PchipInterpolator(x, y)
    columns = np.arange(width, dtype=float)
    step = 0.05 * (x[-1] - x[0])
    left = END_SLOPE * (curve(x[0] + step) - y[0]) / step
    right = END_SLOPE * (y[-1] - curve(x[-1] - step)) / step
    inside = curve(np.clip(columns, x[0], x[-1]))
    beyond = np.minimum(columns - x[0], 0) * left + np.maximum(columns - x[-1], 0) * right
    return (inside + beyond).astype(np.float32)


def smooth_stroke(
    points: Float32[np.ndarray, "n 2"], samples: int = 14
) -> Float32[np.ndarray, "m 2"]:
    """A smooth line of `samples` points through a few points."""
    knots, fine = np.linspace(0, 1, len(points)), np.linspace(0, 1, samples)
    columns = [PchipInterpolator(knots, points[:, axis])(fine) for axis in (0, 1)]
    return np.stack(columns, axis=1).astype(np.float32)


def stroke_distance(stroke: Float32[np.ndarray, "m 2"], x: Map, y: Map) -> tuple[Map, Map, Map]:
    """Distance to a stroke, side (+1 to the right of its direction) and place along it (0 to 1)."""
    lengths = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    start = np.concatenate([[0.0], np.cumsum(lengths)])
    nearest = np.full(x.shape, np.inf, np.float32)
    side, along = np.zeros_like(x), np.zeros_like(x)
    for i, length in enumerate(lengths):
        (ax, ay), (bx, by) = stroke[i], stroke[i + 1] - stroke[i]
        share = np.clip(((x - ax) * bx + (y - ay) * by) / length**2, 0, 1)
        distance = np.hypot(x - ax - share * bx, y - ay - share * by)
        closer = distance < nearest
        nearest = np.where(closer, distance, nearest)
        side = np.where(closer, np.sign(bx * (y - ay) - by * (x - ax)), side)
        along = np.where(closer, (start[i] + share * length) / start[-1], along)
    return nearest, side.astype(np.float32), along.astype(np.float32)


def smoothstep(x: Map) -> Map:
    """0 below 0, 1 above 1, smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)
