"""Light on surfaces: a warm key, a cool fill, a rim from behind, and the room.

Directions are in the camera's space, so a head that turns moves through the light.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters.camera import Camera
from avatar.synthetic.characters.distance import Column, Points, Scalars, Triple, dot, unit
from avatar.synthetic.characters.march import Distance

SHADOW_STEPS = 18
SHADOW_START = 0.04
SHADOW_PENUMBRA = 0.16
"""Half angle of the key light as seen from the skin, in radians."""
OCCLUSION_REACH = (0.035, 0.09, 0.18, 0.34)
OCCLUSION_FALL = 0.62
RIM_START, RIM_STEPS = 0.10, 9
OCCLUSION_GAIN = 1.25


@dataclass(frozen=True)
class Rig:
    """The lamps: directions toward them in the camera's space and their linear colours."""

    key: Triple = (0.50, 0.60, 0.74)
    key_colour: Triple = (2.10, 1.90, 1.66)
    fill: Triple = (-0.80, 0.10, 0.55)
    fill_colour: Triple = (0.42, 0.42, 0.46)
    rims: tuple[Triple, Triple] = ((0.75, 0.30, -0.62), (-0.80, 0.35, -0.55))
    rim_colour: Triple = (1.25, 1.10, 0.95)
    sky: Triple = (0.47, 0.48, 0.52)
    ground: Triple = (0.30, 0.22, 0.19)


@dataclass(frozen=True, eq=False)
class Light:
    """A rig turned into the head's space."""

    rig: Rig
    key: Column
    fill: Column
    rims: tuple[Column, ...]
    up: Column


def aim(rig: Rig, camera: Camera) -> Light:
    """Turn the lamps into the head's space."""

    def turned(direction: Triple) -> Points:
        return camera.to_head(unit(np.array(direction, np.float32)[:, None]))

    rims = tuple(turned(rim) for rim in rig.rims)
    return Light(rig, turned(rig.key), turned(rig.fill), rims, turned((0.0, 1.0, 0.0)))


def tint(colour: Triple) -> Column:
    """A colour as a column."""
    return np.array(colour, np.float32)[:, None]


def key_visibility(distance: Distance, points: Points, normals: Points, light: Light) -> Scalars:
    """Part of the key light that reaches each point, with soft edges."""
    start = points + normals * np.float32(0.012)
    travelled = np.full(points.shape[1], SHADOW_START, np.float32)
    seen = np.ones(points.shape[1], np.float32)
    for _ in range(SHADOW_STEPS):
        gap = distance(start + light.key * travelled)
        seen = np.minimum(seen, 0.5 + 0.5 * gap / (np.float32(SHADOW_PENUMBRA) * travelled))
        travelled += np.clip(gap, 0.035, 0.22)
    seen = np.clip(seen, 0, 1)
    return (seen * seen * (3 - 2 * seen)).astype(np.float32)


def openness(distance: Distance, points: Points, normals: Points) -> Scalars:
    """How much of the room a point sees: 1 in the open, toward 0 in a crevice."""
    closed = np.zeros(points.shape[1], np.float32)
    for step, reach in enumerate(OCCLUSION_REACH):
        gap = distance(points + normals * np.float32(reach))
        closed += np.clip(reach - gap, 0, None) / reach * np.float32(0.36 * OCCLUSION_FALL**step)
    return np.clip(1 - np.float32(OCCLUSION_GAIN) * closed, 0.06, 1).astype(np.float32)


@dataclass(frozen=True)
class Softness:
    """How light wraps around a material, for each primary, and how its occlusion is coloured."""

    wrap: Triple
    occlusion: Triple


SKIN = Softness((0.34, 0.20, 0.15), (0.75, 1.10, 1.25))
CLOTH = Softness((0.12, 0.12, 0.12), (1.0, 1.0, 1.0))
EYE = Softness((0.45, 0.40, 0.38), (0.70, 0.85, 0.90))


def irradiance(
    light: Light, normals: Points, visible: Scalars, opened: Scalars, soft: Softness
) -> Points:
    """Light that arrives at surfaces, linear RGB."""
    rig, wrap = light.rig, tint(soft.wrap)
    lit = np.clip((dot(normals, light.key) + wrap) / (1 + wrap), 0, None)
    shade = visible ** (1 / (1 + 1.6 * wrap))
    key = tint(rig.key_colour) * lit * shade
    room = opened ** tint(soft.occlusion)
    fill = tint(rig.fill_colour) * np.clip((dot(normals, light.fill) + 0.35) / 1.35, 0, None)
    up = dot(normals, light.up) * np.float32(0.5) + np.float32(0.5)
    ambient = tint(rig.sky) * up + tint(rig.ground) * (1 - up)
    return (key + (fill + ambient) * room).astype(np.float32)


def gloss(light: Light, normals: Points, toward: Points, roughness: float, level: float) -> Scalars:
    """Highlight of the key light: GGX lobe times Schlick's Fresnel; `toward` points at the eye.

    After Walter et al., "Microfacet models for refraction" (2007).
    """
    half = unit(toward + light.key)
    alpha = np.float32(roughness * roughness)
    facing = np.clip(dot(normals, half), 0, 1)
    spread = facing * facing * (alpha * alpha - 1) + 1
    lobe = alpha * alpha / (np.float32(np.pi) * spread * spread)
    fresnel = level + (1 - level) * (1 - np.clip(dot(half, toward), 0, 1)) ** 5
    lit = np.clip(dot(normals, light.key), 0, 1)
    return (lobe * fresnel * lit * np.float32(0.8)).astype(np.float32)


def rim(
    light: Light, normals: Points, toward: Points, reached: Float32[np.ndarray, "lamps n"]
) -> Scalars:
    """Light from behind that grazes the outline; `reached` says which lamps a point sees."""
    edge = (1 - np.clip(dot(normals, toward), 0, 1)) ** np.float32(2.6)
    total = np.zeros_like(edge)
    for lamp, open_to in zip(light.rims, reached, strict=True):
        total += np.clip(dot(normals, lamp) + 0.15, 0, 1) * open_to
    return (edge * total).astype(np.float32)


def rim_visibility(
    distance: Distance, points: Points, normals: Points, light: Light
) -> Float32[np.ndarray, "lamps n"]:
    """Which of the lamps behind the head each point sees, from 0 to 1."""
    start = points + normals * np.float32(0.02)
    seen = np.ones((len(light.rims), points.shape[1]), np.float32)
    for row, lamp in enumerate(light.rims):
        travelled = np.full(points.shape[1], RIM_START, np.float32)
        for _ in range(RIM_STEPS):
            gap = distance(start + lamp * travelled)
            seen[row] = np.minimum(seen[row], gap / (np.float32(0.12) * travelled))
            travelled += np.clip(gap, 0.06, 0.5)
    return np.clip(seen, 0, 1).astype(np.float32)
