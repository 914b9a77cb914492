"""The hairs of a face: brows and upper lashes."""

import numpy as np

from avatar.synthetic.characters import features
from avatar.synthetic.characters.character import Brows, Eyes
from avatar.synthetic.characters.distance import Points, Scalars, ramp
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.march import chunked, drop, normals
from avatar.synthetic.characters.materials import linear
from avatar.synthetic.characters.strands import Strands, bundle_up

BROW_WIDTH = 0.0068
BROW_LENGTH = (0.08, 0.125)
BROW_VERTICES = 7
BROW_BEND = -0.35
LASHES, LASH_VERTICES = 58, 7
LASH_WIDTH = 0.0085
LASH_SPAN = (-0.82, 0.985)
"""Where lashes grow, from the inner (-1) to the outer corner (+1)."""
LASH_COLOUR = (0.10, 0.065, 0.055)


def _skin(figure: Figure, x: Scalars, y: Scalars) -> tuple[Points, Points]:
    """Points of the skin over each (x, y) and their normals."""
    solid = chunked(lambda points: figure.parts(points)[Part.SKIN])
    ground = drop(solid, x, y)
    return ground, normals(solid, ground)


def grow_brows(figure: Figure) -> Strands:
    """Brow hairs: upright at the inner end, lying along the brow toward the tail."""
    character = figure.character
    chance = np.random.default_rng(character.seed + 1)
    sides = [_brow(character.brows, side, chance) for side in (-1, 1)]
    x, y, angle, t = (np.concatenate(rows) for rows in zip(*sides, strict=True))
    reach = chance.uniform(*BROW_LENGTH, (x.size, 1))
    u = np.linspace(-0.3, 0.7, BROW_VERTICES)
    across, along = np.cos(angle)[:, None], np.sin(angle)[:, None]
    bend = BROW_BEND * np.sign(across) * u**2
    flat = np.stack(
        [
            x[:, None] + reach * (across * u - along * bend),
            y[:, None] + reach * (along * u + across * bend),
        ]
    ).astype(np.float32)
    ground, outward = _skin(figure, *flat.reshape(2, -1))
    paths = (ground + outward * np.float32(0.008)).reshape(3, x.size, u.size)
    place = np.linspace(0, 1, u.size)
    opacity = np.clip(place / 0.25, 0.3, 1) * np.clip((1.05 - place) / 0.4, 0, 1)
    opacity = opacity * np.clip(0.40 + t / 0.22, 0, 1)[:, None] * 0.85
    colour = linear(character.palette.brows) * np.exp(chance.normal(0, 0.22, x.size))
    return bundle_up(paths, outward, colour, BROW_WIDTH * (1 - 0.5 * place), opacity, 0.25)


def _brow(
    brows: Brows, side: int, chance: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x, y and direction of the hairs of one brow, and how far along it each grows."""
    path = features.brow_path(brows, side)
    t = np.sort(chance.uniform(0, 1, brows.hairs)) ** 0.9
    places = np.linspace(0, 1, path.shape[1])
    half = features.brow_half_width(brows, t.astype(np.float32))
    offset = np.clip(chance.normal(0, 0.55, t.size), -1, 1)
    x = np.interp(t, places, path[0])
    y = np.interp(t, places, path[1]) + offset * half
    slope = np.interp(t, places, np.gradient(path[1]) / np.gradient(path[0] * side))
    tilt = np.arctan(slope) + 0.80 * (1 - t) ** 2 - 0.50 * offset * t + 0.10
    tilt = tilt + chance.normal(0, 0.13, t.size)
    return x, y, np.where(side > 0, tilt, np.pi - tilt), t


def grow_lashes(figure: Figure) -> Strands:
    """Short upper lashes that leave the edge of the lid and curl up and outward."""
    character = figure.character
    chance = np.random.default_rng(character.seed + 2)
    sides = [_lashes(character.eyes, side, chance) for side in (-1, 1)]
    root, end = (np.concatenate(rows, axis=1) for rows in zip(*sides, strict=True))
    base, _ = _skin(figure, *root.astype(np.float32))
    u = np.linspace(0, 1, LASH_VERTICES)
    lift = np.stack([u, 0.25 * u + 0.75 * u**2, u - 0.35 * u**2])
    start = base + np.array([[0.0], [-0.012], [0.004]])
    paths = start[:, :, None] + end[:, :, None] * lift[:, None, :]
    outward = np.zeros_like(paths)
    outward[2] = 1
    width = LASH_WIDTH * (1.15 - 0.75 * u)
    return bundle_up(paths, outward, linear(LASH_COLOUR), width, 0.95 - 0.5 * u**2, 0.0)


def _lashes(eyes: Eyes, side: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Roots (x, y) and directions of the lashes of one eye."""
    s = np.linspace(*LASH_SPAN, LASHES) + chance.normal(0, 0.020, LASHES)
    s = np.clip(s, -0.9, 0.99).astype(np.float32)
    x = side * (eyes.centre[0] + eyes.half_width * s)
    reach = eyes.lash_length * (0.40 + 0.70 * ramp(s, -0.9, 0.6))
    reach = reach * chance.uniform(0.55, 1.15, s.size)
    root = np.stack([x, features.upper_lid(eyes, s) + 0.014])
    return root, np.stack([side * (0.10 + 0.80 * s), 0.62 - 0.22 * s, 0.9 + 0 * s]) * reach
