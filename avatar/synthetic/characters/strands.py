"""Single hairs of the head: curves grown over the volume of the hair.

A hair starts on a random point of the surface and follows `hair.flow` forward and backward while it
stays on a layer near the surface, so the fibres run wherever the volume leads them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters import anatomy, hair
from avatar.synthetic.characters.character import Character
from avatar.synthetic.characters.distance import Points, Scalars, dot, ramp, unit
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.march import chunked, normals
from avatar.synthetic.characters.materials import linear

STRIDE = 0.05
"""Length of one piece of a grown hair."""
FORWARD, BACKWARD = 24, 20
"""Pieces grown toward the tip and toward the root."""
TO_ROOT = 40
"""Pieces back to the root, where neighbours are told apart from strangers."""
HAIR_WIDTH = 0.0075
LAYER = 0.010
"""Spread of the layers in which hairs lie."""
LOCK_RELIEF = 0.020
"""How much higher some locks lie than others."""
STRAY = 0.020
"""How far flyaway hairs stand off."""
SUN = (0.75, 0.62, 0.45)
"""How much lighter the sun has made red, green and blue of the tips."""
SHADE, LOCK_SHADE = 0.24, 0.26
"""Spread of the brightness from hair to hair and from lock to lock."""
SEED_LOW, SEED_HIGH = (-1.6, -2.0, -0.75), (1.6, 2.1, 1.45)
SETTLE = 7
"""Newton steps that bring a random point to the surface."""

Paths = Float32[np.ndarray, "3 count vertices"]
Along = Float32[np.ndarray, "count vertices"]


@dataclass(frozen=True, eq=False)
class Strands:
    """Curves in space: `colour` is linear RGB per hair, `opacity` and `width` go along it."""

    paths: Paths
    normals: Paths
    colour: Float32[np.ndarray, "3 count"]
    width: Along
    opacity: Along
    gloss: float


def bundle_up(
    paths: np.ndarray,
    outward: np.ndarray,
    colour: np.ndarray,
    width: np.ndarray,
    opacity: np.ndarray,
    gloss: float,
) -> Strands:
    """Strands from arrays of any precision; what does not vary is repeated."""
    shape = paths.shape

    def single(values: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
        return np.ascontiguousarray(np.broadcast_to(values, size), dtype=np.float32)

    return Strands(
        single(paths, shape),
        single(outward.reshape(shape), shape),
        single(colour, shape[:2]),
        single(width, shape[1:]),
        single(opacity, shape[1:]),
        gloss,
    )


def grow_hair(figure: Figure, density: float) -> Strands:
    """The hairs of the head; `density` in (0, 1] thins them and makes each wider in return."""
    character, hairdo = figure.character, figure.character.hair
    chance = np.random.default_rng(character.seed)
    seeds = _seeds(figure, max(64, round(hairdo.strands * density)), chance)
    count = seeds.shape[1]
    root = _follow(character, seeds, np.zeros(count, np.float32), TO_ROOT, -1.0)[-1]
    lock = _lock_pattern(character, root)
    stray = chance.uniform(0, 1, count) < hairdo.flyaways / hairdo.strands
    layer = LAYER * chance.normal(0, 1, count) + LOCK_RELIEF * lock
    layer = np.where(stray, 0.02 + np.abs(chance.normal(0, STRAY, count)), layer)
    paths, outward = _trace(character, seeds, layer.astype(np.float32))
    colour = _colours(character, seeds, lock, chance)
    along = np.linspace(0, 1, paths.shape[2])
    opacity = np.clip(along / 0.12, 0, 1) * np.clip((1 - along) / 0.2, 0, 1)
    opacity = opacity * chance.uniform(0.5, 1, (count, 1)) * _off_the_face(character, paths)
    opacity = opacity * _afloat(figure, paths) * _hanging_down(paths)
    end = hairdo.end + chance.normal(0, 0.09, (count, 1))
    opacity = opacity * np.clip((paths[1] - end) / 0.22 + 1, 0, 1)
    width = (
        HAIR_WIDTH / np.sqrt(density) * chance.uniform(0.6, 1.2, count) * np.where(stray, 0.6, 1)
    )
    return bundle_up(paths, outward, colour, width[:, None], opacity, 1 - 0.75 * hairdo.curl)


def _colours(
    character: Character, seeds: Points, lock: Scalars, chance: np.random.Generator
) -> Float32[np.ndarray, "3 count"]:
    count = lock.size
    shade = np.exp(SHADE * chance.normal(0, 1, count) + LOCK_SHADE * lock)
    warm = np.stack([1 + 0.05 * lock, np.ones(count), 1 - 0.06 * lock])
    sun = ramp(seeds[1], 0.3, -1.7) * chance.uniform(0.2, 1.0, count)
    gold = 1 + sun * np.array(SUN)[:, None]
    return (linear(character.palette.hair) * (warm * shade * gold)).astype(np.float32)


def _off_the_face(character: Character, paths: Paths) -> Along:
    """0 where a hair would lie on the bare face, 1 elsewhere."""
    points = np.ascontiguousarray(paths.reshape(3, -1))
    away = chunked(lambda p: anatomy.skull(character.head, p))(points)
    bare = ramp(hair.hairline(character.hair, points), 0.03, -0.05)
    lying = ramp(away, 0.09, 0.02) * (points[1] > 0)
    return (1 - bare * lying).reshape(paths.shape[1:])


def _afloat(figure: Figure, paths: Paths) -> Along:
    """0 where a hair has sunk into the skin or the clothes, 1 elsewhere."""
    points = np.ascontiguousarray(paths.reshape(3, -1))
    skin = chunked(lambda p: figure.parts(p)[Part.SKIN])(points)
    clothes = chunked(lambda p: figure.parts(p)[Part.CLOTHES])(points)
    return ramp(np.minimum(2 * skin, clothes), 0.0, 0.04).reshape(paths.shape[1:])


def _hanging_down(paths: Paths) -> Along:
    """0 where a hair at the side of the head was caught in a gap and does not fall, else 1."""
    step = np.gradient(paths, axis=2)
    fall = -step[1] / np.maximum(np.sqrt((step * step).sum(axis=0)), 1e-6)
    side = ramp(paths[1], 0.1, -0.2)
    return (1 - side * ramp(fall.astype(np.float32), 0.5, 0.2)).astype(np.float32)


def _lock_pattern(character: Character, root: Points) -> Scalars:
    """In about [-1, 1], alike for hairs that grow side by side."""
    side = np.where(root[0] > character.hair.parting, np.float32(1), np.float32(4))
    place = root[2] * np.float32(6.5) + root[1] * np.float32(2.5)
    wide = np.sin(place * np.float32(2.3) + side)
    middle = np.sin(place * np.float32(5.1) + 2 * side)
    fine = np.sin(place * np.float32(11.7) + 3 * side)
    return (0.5 * wide + 0.4 * middle + 0.3 * fine).astype(np.float32)


def _seeds(figure: Figure, count: int, chance: np.random.Generator) -> Points:
    """Random points on the visible surface of the hair."""
    character = figure.character
    volume = chunked(lambda p: hair.volume(character, p))
    low, high = np.array(SEED_LOW)[:, None], np.array(SEED_HIGH)[:, None]
    points = chance.uniform(low, high, (3, count * 4)).astype(np.float32)
    points = np.ascontiguousarray(points[:, np.abs(volume(points)) < 0.28])
    for _ in range(SETTLE):
        points = points - normals(volume, points) * volume(points)
    others = chunked(lambda p: figure.parts(p)[[Part.SKIN, Part.CLOTHES]].min(axis=0))
    settled = (np.abs(volume(points)) < 0.01) & (others(points) > -0.02)
    return np.ascontiguousarray(points[:, settled][:, :count])


def _trace(character: Character, seeds: Points, layer: Scalars) -> tuple[Paths, Paths]:
    ahead = _follow(character, seeds, layer, FORWARD, 1.0)
    behind = _follow(character, seeds, layer, BACKWARD, -1.0)
    paths = np.stack([*behind[:0:-1], *ahead], axis=2)
    flat = np.ascontiguousarray(paths.reshape(3, -1))
    outward = normals(chunked(lambda p: hair.volume(character, p)), flat)
    return paths, outward.reshape(paths.shape)


def _follow(
    character: Character, seeds: Points, layer: Scalars, pieces: int, sense: float
) -> list[Points]:
    """Walk along the flow; below the volume's end hairs hang free, at the parting they stop."""
    volume = chunked(lambda p: hair.volume(character, p))
    points, path = seeds, [seeds]
    parting = np.float32(character.hair.parting)
    for _ in range(pieces):
        outward = normals(volume, points)
        run = hair.flow(character, points)
        run = unit(run - outward * dot(run, outward)) * np.float32(sense * STRIDE)
        step = points + run
        hanging = ramp(points[1], character.hair.end + 0.12, character.hair.end + 0.02)
        gap = (volume(step) - layer) * (1 - hanging)
        step = step - outward * np.clip(gap, -0.05, 0.05)
        crossed = ((step[0] - parting) * (points[0] - parting) < 0) & (points[1] > 1.0)
        points = np.where(crossed, points, step).astype(np.float32)
        path.append(points)
    return path
