"""Hairs outside the main flow: loose locks beside the face and the fine edge of the hairline."""

import numpy as np
from scipy.interpolate import CubicSpline

from avatar.synthetic.characters.distance import unit
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.march import chunked, drop, normals
from avatar.synthetic.characters.materials import linear
from avatar.synthetic.characters.strands import HAIR_WIDTH, Strands, bundle_up

TENDRIL_VERTICES, TENDRIL_HAIRS = 40, 30
EDGE_VERTICES, EDGE_HAIRS = 8, 900
EDGE_ANGLES = (0.48, 2.66)
"""Where the fine hairs grow along the arc of the hairline, in radians."""
EDGE_SPREAD = (-0.012, 0.028)
"""Mean and spread of their distance from the arc, as parts of its radius."""
EDGE_OVER_HAIR = 0.2
"""What is left of their opacity where they lie on other hair."""
EDGE_LENGTH = (0.12, 0.26)


def grow_tendrils(figure: Figure) -> Strands:
    """Loose locks along given paths, each a few hairs that spread toward the tip."""
    character = figure.character
    chance = np.random.default_rng(character.seed + 3)
    t = np.linspace(0, 1, TENDRIL_VERTICES)
    paths: list[np.ndarray] = []
    for lock in character.hair.tendrils:
        knots = np.array(lock.path).T
        middle = CubicSpline(np.linspace(0, 1, knots.shape[1]), knots, axis=1)(t)
        for _ in range(TENDRIL_HAIRS):
            sway = np.sin(t * 5 + chance.uniform(0, 6)) * chance.normal(0, 0.25, (3, 1))
            offset = chance.normal(0, 0.5, (3, 1)) * (0.25 + t) + sway
            reach = t * chance.uniform(0.72, 1.0)
            paths.append(CubicSpline(t, middle[:3] + offset * middle[3], axis=1)(reach))
    shape = np.stack(paths, axis=1).astype(np.float32)
    outward = unit((shape * np.array([1, 0, 1], np.float32)[:, None, None]).reshape(3, -1))
    count = shape.shape[1]
    colour = linear(character.palette.hair) * np.exp(chance.normal(0.05, 0.2, count))
    opacity = np.clip(t / 0.1, 0, 1) * np.clip((1.02 - t) / 0.3, 0, 1)
    opacity = opacity * chance.uniform(0.5, 0.95, (count, 1))
    return bundle_up(shape, outward, colour, np.array(HAIR_WIDTH * 0.85), opacity, 0.9)


def grow_hairline(figure: Figure) -> Strands:
    """Fine short hairs that leave the skin at the hairline and run back into the volume."""
    character = figure.character
    chance = np.random.default_rng(character.seed + 4)
    x, y, wide, high = character.hair.hairline
    angle = chance.uniform(*EDGE_ANGLES, EDGE_HAIRS)
    inset = 1 + chance.normal(*EDGE_SPREAD, angle.size)
    root = np.stack([x + wide * np.cos(angle) * inset, y + high * np.sin(angle) * inset])
    away = np.where(root[0] > character.hair.parting, 1.0, -1.0)
    heading = np.stack([np.cos(angle) + 0.55 * away, np.sin(angle) - 0.1])
    heading = (heading + chance.normal(0, 0.16, heading.shape))[:, :, None]
    t = np.linspace(0, 1, EDGE_VERTICES)
    bend = np.stack([0.35 * away, np.full(angle.size, -0.25)])[:, :, None] * t**2
    reach = chance.uniform(*EDGE_LENGTH, (angle.size, 1))
    flat = root[:, :, None] + (heading * t + bend) * reach
    solid = chunked(lambda p: figure.parts(p)[[Part.SKIN, Part.HAIR]].min(axis=0))
    ground = drop(solid, *flat.reshape(2, -1).astype(np.float32))
    outward = normals(solid, ground)
    paths = (ground + outward * np.float32(0.006)).reshape(3, angle.size, t.size)
    colour = linear(character.palette.hair) * np.exp(chance.normal(0, 0.2, angle.size))
    opacity = np.clip(t / 0.35, 0.12, 1) * np.clip((1 - t) / 0.35, 0, 1)
    opacity = opacity * chance.uniform(0.35, 0.85, (angle.size, 1))
    parts = figure.parts(ground)
    covered = (parts[Part.HAIR] < parts[Part.SKIN]).reshape(opacity.shape)
    opacity = np.where(covered, opacity * EDGE_OVER_HAIR, opacity)
    return bundle_up(paths, outward, colour, np.array(HAIR_WIDTH * 0.8), opacity, 0.6)
