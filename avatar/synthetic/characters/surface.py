"""The first pass of a picture: what every ray meets, and how it is lit."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int64

from avatar.synthetic.characters import features, lighting, materials
from avatar.synthetic.characters.camera import Camera
from avatar.synthetic.characters.distance import Points, Scalars, bump, dot, ramp
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.lighting import Light
from avatar.synthetic.characters.march import chunked, chunks, coarse_start, march, normals

COARSE_STRIDE = 4
SCATTER = (0.050, 0.022, 0.012)
"""How far red, green and blue light travel in skin, in inter-iris distances."""
SCATTERED = 0.8
"""Part of the light that leaves the skin elsewhere."""
LID_SHADOW = (0.72, 0.065)
"""What the upper lid takes from the light on the eye below it, and how far down that reaches."""
BLEED = (2.6, 0.13)
"""Scattered light is at most this multiple of the light that arrives, plus this."""
EYE_LEVEL = 0.90
WINDOW = (0.050, 0.056, 0.034, 0.038)
"""Reflection of the key lamp on the cornea: x and y from the centre, half width, half height."""
SPARK = (0.098, 0.022, 0.011, 0.55)
"""Reflection of a small lamp: x, y, radius, strength."""
BOUNCE = (-0.070, -0.072, 0.030, 0.14)
"""Reflection of the desk: x, y, radius, strength."""
HAIR_DEPTH = 0.45
"""Brightness between the strands, against their own."""


@dataclass(frozen=True, eq=False)
class Surface:
    """What each sample of the picture shows; the rows of the others belong to the `hit` ones.

    `colour` is linear RGB, `depth` z in the camera's space.
    """

    hit: Bool[np.ndarray, " samples"]
    colour: Points
    depth: Scalars


@dataclass(frozen=True, eq=False)
class Shading:
    """Surface points of one part and the light around them."""

    samples: Int64[np.ndarray, " n"]
    points: Points
    normals: Points
    toward: Points
    visible: Scalars
    opened: Scalars
    behind: Float32[np.ndarray, "lamps n"]

    def only(self, chosen: Int64[np.ndarray, " k"]) -> "Shading":
        """Some of the points."""
        return Shading(
            self.samples[chosen],
            self.points[:, chosen],
            self.normals[:, chosen],
            self.toward[:, chosen],
            self.visible[chosen],
            self.opened[chosen],
            self.behind[:, chosen],
        )


@dataclass(frozen=True, eq=False)
class Stage:
    """Who is drawn, from where and in what light."""

    figure: Figure
    camera: Camera
    light: Light


def see(figure: Figure, camera: Camera, light: Light) -> Surface:
    """March, shade and colour all samples."""
    distance = chunked(figure.distance)
    origin, rays = camera.origin(), camera.rays()
    start = coarse_start(distance, origin, rays, camera.samples, COARSE_STRIDE)
    travelled, hit = march(figure.distance, origin, rays, start)
    samples = np.flatnonzero(hit)
    points = np.ascontiguousarray(origin + rays[:, samples] * travelled[samples])
    scene = _light_up(figure, light, samples, points, -rays[:, samples])
    part = np.empty(samples.size, np.int64)
    for piece in chunks(samples.size):
        part[piece] = figure.nearest(np.ascontiguousarray(points[:, piece]))
    stage = Stage(figure, camera, light)
    colour = np.zeros_like(points)
    for which, shade in _SHADERS.items():
        chosen = np.flatnonzero(part == which)
        colour[:, chosen] = shade(stage, scene.only(chosen))
    return Surface(hit, colour, camera.to_camera(points)[2])


def _light_up(
    figure: Figure, light: Light, samples: Int64[np.ndarray, " n"], points: Points, toward: Points
) -> Shading:
    outward = normals(figure.distance, points)
    visible, opened = np.empty((2, samples.size), np.float32)
    behind = np.empty((len(light.rims), samples.size), np.float32)
    for piece in chunks(samples.size):
        local, normal = (np.ascontiguousarray(v[:, piece]) for v in (points, outward))
        visible[piece] = lighting.key_visibility(figure.distance, local, normal, light)
        opened[piece] = lighting.openness(figure.distance, local, normal)
        behind[:, piece] = lighting.rim_visibility(figure.distance, local, normal, light)
    return Shading(samples, points, outward, toward, visible, opened, behind)


def _skin(stage: Stage, at: Shading) -> Points:
    figure, light = stage.figure, stage.light
    opening = figure.sculpture.opening.at(at.points[0], at.points[1])
    opening = np.where(at.points[2] > 0.5, opening, np.float32(1))
    albedo = materials.skin(figure.character, at.points, opening)
    arriving = lighting.irradiance(light, at.normals, at.visible, at.opened, lighting.SKIN)
    arriving = _scatter(arriving, at.samples, stage.camera)
    lips = materials.lip_coverage(figure.character, at.points)
    oil = lighting.gloss(light, at.normals, at.toward, 0.47, 0.038) * (1 - lips)
    wet = lighting.gloss(light, at.normals, at.toward, 0.40, 0.045) * lips
    shine = (oil + wet) * at.visible * at.opened
    edge = lighting.rim(light, at.normals, at.toward, at.behind) * at.opened
    warm = lighting.tint(light.rig.rim_colour)
    return (
        albedo * arriving
        + shine * lighting.tint((1.0, 0.96, 0.9))
        + edge * warm * (albedo * 0.9 + 0.06)
    )


def _scatter(arriving: Points, samples: Int64[np.ndarray, " n"], camera: Camera) -> Points:
    """Blur light across the skin, red farthest: light that entered and left elsewhere."""
    count = camera.samples
    mask = np.zeros(count * count, np.float32)
    mask[samples] = 1
    result = np.empty_like(arriving)
    for channel, reach in enumerate(SCATTER):
        image = np.zeros(count * count, np.float32)
        image[samples] = arriving[channel]
        sigma = max(reach * camera.scale, 0.3)
        both = np.stack([mask, image], axis=1).reshape(count, count, 2)
        weight, light = cv2.GaussianBlur(both, (0, 0), sigma).reshape(-1, 2)[samples].T
        spread = light / np.maximum(weight, 1e-4)
        result[channel] = np.minimum(spread, arriving[channel] * BLEED[0] + BLEED[1])
    return result * np.float32(SCATTERED) + arriving * np.float32(1 - SCATTERED)


def _eyes(stage: Stage, at: Shading) -> Points:
    figure, points = stage.figure, at.points
    eyes = figure.character.eyes
    colour = shade_eyes(figure, stage.light, points, at.normals)
    opening = figure.sculpture.opening.at(points[0], points[1])
    side = np.sign(points[0]).astype(np.float32)
    s = (points[0] * side - np.float32(eyes.centre[0])) / np.float32(eyes.half_width)
    below = np.clip(features.upper_lid(eyes, np.clip(s, -1, 1)) - points[1], 0, None)
    dark, reach = LID_SHADOW
    shadow = 1 - dark * bump(below, reach) - 0.22 * bump(opening, 0.025)
    return colour * np.clip(shadow, 0.1, 1) + _catch_lights(figure, points)


def shade_eyes(figure: Figure, light: Light, points: Points, outward: Points) -> Points:
    """Eyeballs in open light, without lids."""
    ones = np.ones(points.shape[1], np.float32)
    arriving = lighting.irradiance(light, outward, ones, ones, lighting.EYE)
    return materials.eye(figure.character, points) * arriving * np.float32(EYE_LEVEL)


def _catch_lights(figure: Figure, points: Points) -> Points:
    """Reflections of the lamps on the cornea: a soft window and a faint bounce below."""
    eyes = figure.character.eyes
    side = np.sign(points[0]).astype(np.float32)
    x = points[0] - side * np.float32(eyes.centre[0])
    y = points[1] - np.float32(eyes.centre[1])
    at_x, at_y, wide, high = WINDOW
    square = (np.abs((x - at_x) / wide) ** 3 + np.abs((y - at_y) / high) ** 3) ** (1 / 3)
    spark = bump(np.hypot(x - SPARK[0], y - SPARK[1]), SPARK[2]) * SPARK[3]
    low_x, low_y, radius, strength = BOUNCE
    low = bump(np.hypot((x - low_x) / 1.3, y - low_y), radius) * strength
    window = ramp(square.astype(np.float32), 1.12, 0.80) * 1.25
    return (window + low + spark) * lighting.tint((1.0, 0.98, 0.95))


def _hair(stage: Stage, at: Shading) -> Points:
    arriving = lighting.irradiance(stage.light, at.normals, at.visible, at.opened, lighting.CLOTH)
    return materials.linear(stage.figure.character.palette.hair) * arriving * np.float32(HAIR_DEPTH)


def _clothes(stage: Stage, at: Shading) -> Points:
    figure, light = stage.figure, stage.light
    albedo = materials.clothes(figure.character, figure.wardrobe, at.points)
    arriving = lighting.irradiance(light, at.normals, at.visible, at.opened, lighting.CLOTH)
    edge = lighting.rim(light, at.normals, at.toward, at.behind) * at.opened
    sheen = (1 - np.clip(dot(at.normals, at.toward), 0, 1)) ** np.float32(3) * np.float32(0.10)
    warm = lighting.tint(light.rig.rim_colour)
    return albedo * (arriving + sheen) + edge * warm * (albedo * 0.8 + 0.025)


_SHADERS = {Part.SKIN: _skin, Part.EYES: _eyes, Part.HAIR: _hair, Part.CLOTHES: _clothes}
