"""What years and shaving leave on a face: lines, stubble, freckles. Painted, not carved."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters.character import Character
from avatar.synthetic.characters.distance import (
    Column,
    Points,
    Scalars,
    bump,
    column,
    mirrored,
    ramp,
)

LINE_SHADE, LINE_GLOW = 0.62, 1.07
"""Albedo in a line and on the fold beside it, against the skin."""
STUBBLE_SHADE = (0.46, 0.44, 0.46)
FRECKLE = (0.74, 0.58, 0.50)
LINE_WIDTH = 0.013
CHEEK_LINE = ((0.23, -0.58), (0.40, -0.80), (0.47, -1.02), (0.47, -1.18))
"""The fold beside the mouth, from the nose down."""
EYE_LINES = (
    ((0.86, 0.02), (1.02, 0.07)),
    ((0.86, -0.04), (1.03, -0.06)),
    ((0.83, -0.10), (0.98, -0.17)),
)
UNDER_EYE = ((0.25, -0.16), (0.42, -0.26), (0.62, -0.27), (0.78, -0.19))
FOREHEAD_LINES = (0.62, 0.74, 0.85)

BEARD_EDGE = ((0.0, 0.2, 0.55, 0.85, 1.1), (-0.70, -0.70, -0.86, -0.55, -0.20))
"""Upper edge of a beard: x, and y there."""

Path = tuple[tuple[float, float], ...]


def age(character: Character, points: Points, colour: Points, front: Scalars) -> Points:
    """Paint lines, stubble and freckles on the skin."""
    marks, folded = character.complexion, mirrored(points)
    if marks.freckles > 0:
        colour = _shaded(colour, column(FRECKLE), _freckles(folded) * front * marks.freckles)
    if marks.stubble > 0:
        colour = _shaded(colour, column(STUBBLE_SHADE), _beard(character, folded) * marks.stubble)
    if marks.lines > 0:
        dark, light = _lines(folded)
        colour = _shaded(colour, np.float32(LINE_SHADE), dark * front * marks.lines)
        colour = _shaded(colour, np.float32(LINE_GLOW), light * front * marks.lines)
    return colour


def _shaded(colour: Points, shade: Column | np.float32, amount: Scalars) -> Points:
    return (colour * (1 + (shade - 1) * amount)).astype(np.float32)


def _lines(folded: Points) -> tuple[Scalars, Scalars]:
    """How much of a line each point is, and of the fold that rises beside it."""
    x, y = folded[0], folded[1]
    dark, light = np.zeros_like(x), np.zeros_like(x)
    for path, strength in ((CHEEK_LINE, 0.85), (UNDER_EYE, 0.45), *((p, 0.5) for p in EYE_LINES)):
        away, along = _from_path(folded, path)
        ends = np.clip(np.sin(np.pi * np.clip(along, 0, 1)), 0, 1) ** np.float32(0.7)
        dark = np.maximum(dark, bump(away, LINE_WIDTH) * ends * np.float32(strength))
        dark = np.maximum(dark, bump(away, 4 * LINE_WIDTH) * ends * np.float32(0.22 * strength))
        light = np.maximum(light, bump(away - 0.045, 0.03) * ends * np.float32(strength))
    for height in FOREHEAD_LINES:
        wave = np.float32(height) + 0.02 * np.cos(x * 4.0)
        line = bump(y - wave, LINE_WIDTH) * ramp(x, 0.62, 0.25)
        dark = np.maximum(dark, line * np.float32(0.35))
    return dark.astype(np.float32), light.astype(np.float32)


def _from_path(folded: Points, path: Path) -> tuple[Scalars, Scalars]:
    """Signed distance from a path (positive outward), and how far along it the nearest point is."""
    nearest = np.full(folded.shape[1], np.inf, np.float32)
    signed, along = nearest.copy(), np.zeros_like(nearest)
    count = len(path) - 1
    for index, (start, end) in enumerate(pairwise(path)):
        edge = np.array(end, np.float32) - np.array(start, np.float32)
        off = folded[:2] - np.array(start, np.float32)[:, None]
        t = np.clip((edge @ off) / np.float32(edge @ edge), 0, 1)
        away = off - edge[:, None] * t
        size = np.sqrt((away * away).sum(axis=0))
        side = np.sign(away[0])
        closer = size < nearest
        nearest = np.where(closer, size, nearest)
        signed = np.where(closer, size * side, signed)
        along = np.where(closer, (index + t) / np.float32(count), along)
    return signed, along.astype(np.float32)


def _beard(character: Character, folded: Points) -> Scalars:
    """Where a beard grows: around the mouth, along the jaw, up to the ears."""
    x, y, z = folded
    mouth, nose = character.mouth, character.nose
    upper = np.interp(x, *BEARD_EDGE).astype(np.float32)
    under = ramp(y - upper, 0.05, -0.06) * ramp(z, -0.35, 0.05) * ramp(y, -2.1, -1.75)
    cheek = ramp(x - mouth.half_width, -0.02, 0.10) * ramp(y, -1.0, -0.7)
    lips = bump(x, mouth.half_width * 0.95) * bump(y - np.float32(mouth.seam), 0.10)
    philtrum = ramp(y, nose.tip[1] - 0.10, nose.tip[1] - 0.16)
    grain = 0.85 + 0.15 * np.sin(x * 151 + 7 * np.sin(y * 83)) * np.sin(
        y * 167 + 5 * np.sin(x * 71)
    )
    amount = under * philtrum * (1 - 0.9 * np.clip(lips, 0, 1)) * (1 - 0.35 * cheek)
    return np.clip(amount * grain, 0, 1).astype(np.float32)


def _freckles(folded: Points) -> Float32[np.ndarray, " n"]:
    """Small spots on cheeks and nose."""
    x, y, _ = folded
    spots = np.sin(x * 61 + 3 * np.sin(y * 37)) * np.sin(y * 53 + 4 * np.sin(x * 43 + 1))
    where = bump(x - 0.42, 0.34) * bump(y + 0.42, 0.20) + 0.6 * bump(x, 0.2) * bump(y + 0.35, 0.15)
    return (ramp(spots, 0.72, 0.95) * np.clip(where, 0, 1)).astype(np.float32)
