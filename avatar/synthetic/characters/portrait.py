"""Puts a picture together: surface, hairs, room, and the plates that the renderer needs."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8, UInt16

from avatar.synthetic.characters import (
    background,
    face_hair,
    fibres,
    figure,
    lighting,
    splat,
    strands,
    wisps,
)
from avatar.synthetic.characters.camera import Camera
from avatar.synthetic.characters.character import Character
from avatar.synthetic.characters.distance import Points, column, dot, unit
from avatar.synthetic.characters.features import iris_distance
from avatar.synthetic.characters.figure import Figure
from avatar.synthetic.characters.landmarks import Landmarks, find_landmarks
from avatar.synthetic.characters.lighting import Light
from avatar.synthetic.characters.surface import Surface, see, shade_eyes

EXPOSURE = 0.80
CONTRAST = 0.16
SHOULDER = 0.50
"""How strongly bright light is compressed."""
DEPTH_ZERO, DEPTH_SCALE = 4.0, 8192.0
"""A depth z is stored as round((z + DEPTH_ZERO) * DEPTH_SCALE)."""
FULL_DENSITY, LEAST_DENSITY = 700, 0.05
"""Samples along the picture from which on every hair is drawn, and the least part drawn."""


@dataclass(frozen=True, eq=False)
class Plates:
    """A drawn person, 8-bit sRGB; `depth` is in inter-iris distances, 0 where nothing is."""

    portrait: UInt8[np.ndarray, "size size 3"]
    matte: UInt8[np.ndarray, "size size"]
    background: UInt8[np.ndarray, "size size 3"]
    depth: UInt16[np.ndarray, "size size"]
    eyes: UInt8[np.ndarray, "size size 4"]
    landmarks: Landmarks


def draw(
    character: Character,
    size: int,
    supersampling: int,
    *,
    view: tuple[float, float] = (0.0, 0.0),
) -> Plates:
    """Draw a character with `supersampling`^2 samples a pixel.

    `view` is yaw and pitch of the head in radians. The same arguments give the same plates.
    """
    person = figure.build(character)
    camera = Camera(size, supersampling, view)
    light = lighting.aim(lighting.Rig(), camera)
    surface = see(person, camera, light)
    colour, opacity, depth = _with_hairs(person, camera, light, surface)
    room = background.room(character.palette, size)
    matte = _shrink(opacity, camera)
    portrait = _shrink(display(colour) * opacity[:, None], camera) + room * (1 - matte)[..., None]
    covered = _bytes(matte)
    return Plates(
        portrait=_bytes(np.where((covered == 0)[..., None], room, portrait)),
        matte=covered,
        background=_bytes(room),
        depth=_depth_plate(depth / iris_distance(character.eyes), opacity, camera),
        eyes=_eyes_plate(person, camera, light),
        landmarks=find_landmarks(person, camera),
    )


def display(colour: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Linear light as sRGB in [0, 1], with a soft shoulder."""
    level = np.clip(colour, 0, None) * np.float32(EXPOSURE)
    level = level * (1 + level * np.float32(0.12)) / (1 + level * np.float32(SHOULDER))
    low, high = level * 12.92, 1.055 * np.maximum(level, 1e-6) ** (1 / 2.4) - 0.055
    shown = np.clip(np.where(level <= 0.0031308, low, high), 0, 1)
    crisp = shown * shown * (3 - 2 * shown)
    return (shown + CONTRAST * (crisp - shown)).astype(np.float32)


def _with_hairs(
    person: Figure, camera: Camera, light: Light, surface: Surface
) -> tuple[
    Float32[np.ndarray, "samples 3"],
    Float32[np.ndarray, " samples"],
    Float32[np.ndarray, " samples"],
]:
    count = surface.hit.size
    depth = np.full(count, -np.inf, np.float32)
    depth[surface.hit] = surface.depth
    groups = [
        splat.dots(hairs, fibres.light_strands(person, hairs, light, camera), camera, depth)
        for hairs in _grow(person, camera)
    ]
    veil = splat.composite(splat.merge(groups), count)
    under = np.zeros((count, 3), np.float32)
    under[surface.hit] = surface.colour.T
    solid = surface.hit.astype(np.float32)
    colour = veil.colour + under * (1 - veil.opacity)[:, None]
    opacity = veil.opacity + solid * (1 - veil.opacity)
    colour = colour / np.maximum(opacity, 1e-4)[:, None]
    return colour, opacity, np.where(veil.opacity > 0.5, np.maximum(depth, veil.depth), depth)


def _grow(person: Figure, camera: Camera) -> list[strands.Strands]:
    """All hairs, fewer and wider ones in small pictures."""
    density = float(np.clip((camera.samples / FULL_DENSITY) ** 2, LEAST_DENSITY, 1))
    grown = [
        strands.grow_hair(person, density),
        wisps.grow_hairline(person),
        face_hair.grow_brows(person),
        face_hair.grow_lashes(person),
    ]
    if person.character.hair.tendrils:
        grown.append(wisps.grow_tendrils(person))
    return grown


def _shrink(values: np.ndarray, camera: Camera) -> np.ndarray:
    side, factor = camera.size, camera.supersampling
    blocks = values.reshape(side, factor, side, factor, -1).mean(axis=(1, 3), dtype=np.float32)
    return blocks if values.ndim > 1 else blocks[..., 0]


def _bytes(values: np.ndarray) -> np.ndarray:
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


def _depth_plate(
    depth: Float32[np.ndarray, " samples"], opacity: Float32[np.ndarray, " samples"], camera: Camera
) -> UInt16[np.ndarray, "size size"]:
    seen = (opacity > 0.5) & np.isfinite(depth)
    count = _shrink(seen.astype(np.float32), camera)
    total = _shrink(np.where(seen, depth, 0), camera)
    mean = total / np.maximum(count, 1e-6)
    stored = np.clip(np.rint((mean + DEPTH_ZERO) * DEPTH_SCALE), 1, 65535)
    return np.where(count >= 0.5, stored, 0).astype(np.uint16)


def _eyes_plate(person: Figure, camera: Camera, light: Light) -> UInt8[np.ndarray, "size size 4"]:
    """Both eyeballs alone, whole, in open light."""
    origin, rays = camera.origin(), camera.rays()
    eyes = person.character.eyes
    colour = np.zeros((rays.shape[1], 3), np.float32)
    solid = np.zeros(rays.shape[1], np.float32)
    for side in (-1, 1):
        centre = column((side * eyes.centre[0], *eyes.centre[1:]))
        along = dot(rays, centre - origin)
        nearest = origin + rays * along
        inside = eyes.radius**2 - ((nearest - centre) ** 2).sum(0)
        chosen = np.flatnonzero(inside > 0)
        points: Points = nearest[:, chosen] - rays[:, chosen] * np.sqrt(inside[chosen])
        outward = unit(points - centre)
        colour[chosen] = shade_eyes(person, light, points.astype(np.float32), outward).T
        solid[chosen] = 1
    matte = _shrink(solid, camera)
    mean = _shrink(display(colour) * solid[:, None], camera) / np.maximum(matte, 1e-4)[..., None]
    return np.dstack([_bytes(mean), _bytes(matte)])
