"""Light on hairs.

Two shifted highlights along the fibre, the first white and the second coloured, after Kajiya and
Kay (1989) with the shifts of Marschner et al. (2003).
"""

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters import lighting
from avatar.synthetic.characters.camera import Camera
from avatar.synthetic.characters.distance import Scalars, dot, unit
from avatar.synthetic.characters.figure import Figure
from avatar.synthetic.characters.lighting import Light
from avatar.synthetic.characters.march import chunks
from avatar.synthetic.characters.strands import Strands

SHINE_EVERY = 3
"""Shadows are found at every third vertex."""
SHINES = ((0.07, 90.0, 0.16), (-0.10, 22.0, 0.62))
"""Shift along the fibre, sharpness, strength; of the white and of the coloured highlight."""


def light_strands(
    figure: Figure, strands: Strands, light: Light, camera: Camera
) -> Float32[np.ndarray, "3 count vertices"]:
    """Linear RGB of every vertex."""
    shape = strands.paths.shape
    points, outward = strands.paths.reshape(3, -1), strands.normals.reshape(3, -1)
    tangent = unit(np.gradient(strands.paths, axis=2).reshape(3, -1).astype(np.float32))
    visible, opened, *behind = _shadows(figure, strands, light)
    toward = unit(camera.origin() - points)
    colour = np.repeat(strands.colour, shape[2], axis=1)
    body = lighting.irradiance(light, outward, visible, opened, lighting.CLOTH)
    grazing = np.sqrt(np.clip(1 - dot(tangent, light.key) ** 2, 0, 1))
    shade = body * (0.55 + 0.45 * grazing)
    lit = visible * np.clip(dot(outward, light.key) + 0.25, 0, 1) * opened
    result = colour * shade
    jitter = np.repeat(np.sin(np.arange(shape[1]) * 12.9898) * 0.10, shape[2]).astype(np.float32)
    half = unit(light.key + toward)
    for index, (shift, sharpness, strength) in enumerate(SHINES):
        skew = dot(unit(tangent + outward * (shift + jitter)), half)
        lobe = np.clip(1 - skew * skew, 0, 1) ** np.float32(sharpness / 2)
        tone = colour * 3.2 if index else np.float32(1)
        result = result + tone * (lobe * lit * np.float32(strength * strands.gloss))
    back = (
        lighting.rim(light, outward, toward, np.stack(behind))
        * opened
        * np.float32(0.8 * strands.gloss)
    )
    result = result + back * lighting.tint(light.rig.rim_colour) * (colour * 2.0 + 0.05)
    return result.reshape(shape).astype(np.float32)


def _shadows(figure: Figure, strands: Strands, light: Light) -> list[Scalars]:
    count, vertices = strands.width.shape
    picked = np.unique(np.append(np.arange(0, vertices, SHINE_EVERY), vertices - 1))
    points = np.ascontiguousarray(strands.paths[:, :, picked].reshape(3, -1))
    outward = np.ascontiguousarray(strands.normals[:, :, picked].reshape(3, -1))
    points = points + outward * np.float32(0.02)
    found = np.empty((2 + len(light.rims), points.shape[1]), np.float32)
    for part in chunks(points.shape[1]):
        local, normal = points[:, part], outward[:, part]
        found[0, part] = lighting.key_visibility(figure.distance, local, normal, light)
        found[1, part] = lighting.openness(figure.distance, local, normal)
        found[2:, part] = lighting.rim_visibility(figure.distance, local, normal, light)
    return [_spread(row.reshape(count, picked.size), picked, vertices) for row in found]


def _spread(
    sparse: Float32[np.ndarray, "count picked"], picked: np.ndarray, vertices: int
) -> Scalars:
    place = np.interp(np.arange(vertices), picked, np.arange(picked.size))
    low = np.minimum(place.astype(np.int64), picked.size - 2)
    part = (place - low).astype(np.float32)
    return (sparse[:, low] * (1 - part) + sparse[:, low + 1] * part).reshape(-1)
