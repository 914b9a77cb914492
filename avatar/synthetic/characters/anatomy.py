"""The solid of a head: skull, face, nose, lips, lids and neck.

Fine forms are a relief over the front of the face, kept as a map because it is read at every
step of every ray.
"""

from dataclasses import dataclass
from math import cos, log, sin

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters import features
from avatar.synthetic.characters.character import Character, Ears, Eyes, Head, Mouth, Nose
from avatar.synthetic.characters.distance import (
    PlaneMap,
    Points,
    Scalars,
    bump,
    column,
    cone,
    ellipsoid,
    grid,
    length,
    mirrored,
    ramp,
    smooth_intersection,
    smooth_union,
)

LID_THICKNESS = 0.030
LID_BLEND = 0.085
LID_EDGE = 0.016
"""How far the edge of a lid is rounded."""
FACE_LOW, FACE_HIGH = (-1.15, -1.75), (1.15, 1.25)
EYES_LOW, EYES_HIGH = (-1.0, -0.32), (1.0, 0.36)
RELIEF_STEP = 0.004
OPENING_STEP = 0.004
NECK_TOP, NECK_BOTTOM = (0.0, -0.75, -0.12), (0.0, -2.45, -0.36)

CREASE_ENDS = (1.15, 0.75)
"""Where the folds of the lids fade, in half widths of the eye."""
FOLDS = ((0.0, 0.014, -0.018), (0.045, 0.040, 0.012), (-0.045, 0.030, 0.006))
"""Distance, width and rise: of the fold from its line, of the roll from it, of the lower roll."""

EAR_BLEND, EAR_EDGE = 0.07, 0.05
EAR_HOLLOW = ((1.0, 0.12, 0.05), (0.95, 0.62, 0.55))
"""Place and size of the hollow of an ear, in its radii."""

Field = Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class LipForm:
    """Shape of closed lips. A roll is its crest and what is left of it at the outline."""

    upper_roll: tuple[float, float] = (0.50, 0.22)
    lower_roll: tuple[float, float] = (0.48, 0.10)
    upper_part: float = 0.84
    """Height of the upper lip against the lower one."""
    thinnest: float = 0.012
    groove: tuple[float, float] = (0.018, 0.016)
    """Depth and width of the seam."""
    dent: tuple[float, float, float] = (0.030, 0.13, 0.05)
    """Depth, width and height of the dent beside a corner."""
    philtrum: tuple[float, float] = (0.10, 0.085)
    """Height above the upper lip, and half length."""
    ridge: tuple[float, float, float] = (0.014, 0.075, 0.035)
    """Rise, distance from the middle and width of its ridges."""


LIPS = LipForm()


@dataclass(frozen=True, eq=False)
class Sculpture:
    """The maps of one face: relief toward the camera and distance to the openings of the lids."""

    relief: PlaneMap
    opening: PlaneMap


def sculpt(character: Character) -> Sculpture:
    """Compute the maps of a character's face."""
    x, y = grid(FACE_LOW, FACE_HIGH, RELIEF_STEP)
    relief = _soft_relief(character.head, x, y) + _lips(character.mouth, x, y)
    relief = relief + _crease(character.eyes, x, y)
    return Sculpture(PlaneMap(relief, FACE_LOW, RELIEF_STEP), _opening(character.eyes))


def _soft_relief(head: Head, x: Field, y: Field) -> Field:
    total = np.zeros_like(x)
    for at_x, at_y, wide, high, rise in head.relief:
        bell = bump(y - at_y, high) * np.float32(rise)
        sides = bump(x - at_x, wide) + (bump(x + at_x, wide) if at_x else 0)
        total += bell * sides
    return total


def _lips(mouth: Mouth, x: Field, y: Field) -> Field:
    """Two rolls that meet in the seam, a dent at the corners and the ridges of the philtrum."""
    form, seam = LIPS, features.seam(mouth, x)
    up = (y - seam) / np.maximum(features.upper_lip(mouth, x) - seam, form.thinnest)
    down = (seam - y) / np.maximum(seam - features.lower_lip(mouth, x), form.thinnest)
    u = x / np.float32(mouth.half_width)
    upper = _roll(up, *form.upper_roll) * (0.85 + 0.3 * bump(u, 0.2)) * form.upper_part
    lower = _roll(down, *form.lower_roll) * (1 + 0.12 * bump(np.abs(u) - 0.3, 0.25))
    ends = np.sqrt(np.clip(1 - u * u, 0, 1)) * np.float32(mouth.fullness)
    relief = np.where(y > seam, upper, lower) * ends
    depth, width = form.groove
    relief = relief - depth * bump(y - seam, width) * np.clip(1.08 - u * u, 0, 1)
    depth, wide, high = form.dent
    relief = relief - depth * bump(np.abs(u) - 1.05, wide) * bump(y - seam, high)
    above, high = form.philtrum
    rise, place, width = form.ridge
    ridges = bump(np.abs(x) - place, width) - bump(x, width * 1.3)
    relief = relief + rise * ridges * bump(y - (mouth.seam + mouth.upper + above), high)
    return relief.astype(np.float32)


def _roll(t: Field, crest: float, rest: float) -> Field:
    """Profile of a lip from the seam (t = 0) over its outline (1) into the skin.

    It is highest at `crest`; `rest` of its height is left at the outline.
    """
    power = np.float32(log(0.5) / log(crest))
    inside = np.clip(np.sin(np.pi * np.clip(t, 0, 1) ** power), 0, 1) ** np.float32(0.8)
    edge = rest * np.exp(-np.clip(t - 1, 0, 4) / 0.35) * np.clip(t * 1.4, 0, 1)
    return (inside * (1 - rest * 0.5) + edge).astype(np.float32)


def _crease(eyes: Eyes, x: Field, y: Field) -> Field:
    """The fold above the upper lid, the roll over it, and the soft roll under the lower lid."""
    total = np.zeros_like(x)
    for side in (-1, 1):
        s = features.lid_position(eyes, x, side)
        inside = ramp(np.abs(s), *CREASE_ENDS)
        fold = features.upper_lid(eyes, np.clip(s * 0.93, -1, 1)) + np.float32(eyes.crease)
        under = features.lower_lid(eyes, np.clip(s, -1, 1))
        for line, (offset, width, rise) in zip((fold, fold, under), FOLDS, strict=True):
            total += rise * bump(y - line - np.float32(offset), width) * inside
    return total


def _opening(eyes: Eyes) -> PlaneMap:
    x, y = grid(EYES_LOW, EYES_HIGH, OPENING_STEP)
    values = np.empty_like(x)
    for side in (-1, 1):
        half = np.sign(x) == side if side > 0 else x <= 0
        outline = features.lid_outline(eyes, side)
        s = features.lid_position(eyes, x[half], side)
        clipped = np.clip(s, -1, 1)
        between = (y[half] < features.upper_lid(eyes, clipped)) & (
            y[half] > features.lower_lid(eyes, clipped)
        )
        away = _polygon_distance(np.stack([x[half], y[half]]), outline)
        values[half] = np.where(between & (np.abs(s) < 1), -away, away)
    return PlaneMap(values, EYES_LOW, OPENING_STEP)


def _polygon_distance(
    points: Float32[np.ndarray, "2 n"], outline: Float32[np.ndarray, "2 m"]
) -> Scalars:
    nearest = np.full(points.shape[1], np.inf, np.float32)
    for start, end in zip(outline.T, np.roll(outline, -1, axis=1).T, strict=True):
        edge, relative = end - start, points - start[:, None]
        along = np.clip((edge @ relative) / max(float(edge @ edge), 1e-12), 0, 1)
        offset = relative - edge[:, None] * along
        np.minimum(nearest, (offset * offset).sum(0), out=nearest)
    return np.sqrt(nearest)


def skull(head: Head, points: Points) -> Scalars:
    """Distance to the bare head without features, ears and neck."""
    folded = mirrored(points)
    first = head.middle[0]
    solid = ellipsoid(points, first.centre, first.radii)
    for ball in head.middle[1:]:
        solid = smooth_union(solid, ellipsoid(points, ball.centre, ball.radii), ball.blend)
    for ball in head.paired:
        solid = smooth_union(solid, ellipsoid(folded, ball.centre, ball.radii), ball.blend)
    return solid


def skin(character: Character, sculpture: Sculpture, points: Points) -> Scalars:
    """Distance to the skin: head, face and neck, with the lids open."""
    solid = skull(character.head, points)
    front = np.flatnonzero((points[2] > 0.2) & (solid < 0.6))
    if front.size:
        solid[front] = _face(character, sculpture, points[:, front], solid[front])
    if character.ears is not None:
        solid = smooth_union(solid, ears(character.ears, points), EAR_BLEND)
    radius = character.head.neck_radius
    return smooth_union(solid, cone(points, NECK_TOP, NECK_BOTTOM, (radius, radius * 1.06)), 0.14)


def ears(shape: Ears, points: Points) -> Scalars:
    """Distance to the ears."""
    local = mirrored(points) - column(shape.centre)
    c, s = np.float32(cos(shape.lean)), np.float32(sin(shape.lean))
    turned = np.stack([c * local[0] + s * local[2], local[1], c * local[2] - s * local[0]])
    # An ear is wider at the top, and its lobe hangs a little forward.
    turned[2] += 0.25 * turned[1]
    plate = ellipsoid(turned, (0.0, 0.0, 0.0), shape.radii)
    thick, high, wide = shape.radii
    place, size = EAR_HOLLOW
    centre = (place[0] * thick, place[1] * high, place[2] * wide)
    hollow = ellipsoid(turned, centre, (size[0] * thick, size[1] * high, size[2] * wide))
    return smooth_intersection(plate, -hollow, EAR_EDGE)


def _face(character: Character, sculpture: Sculpture, points: Points, solid: Scalars) -> Scalars:
    gate = ramp(points[2], 0.2, 0.75)
    solid = solid - sculpture.relief.at(points[0], points[1]) * gate
    solid = _nose(character.nose, points, solid)
    eyes = character.eyes
    near = np.flatnonzero((np.abs(points[1] - eyes.centre[1]) < 0.7) & (np.abs(points[0]) < 1.2))
    if near.size:
        solid[near] = _lids(eyes, sculpture, points[:, near], solid[near])
    return solid


def _nose(nose: Nose, points: Points, solid: Scalars) -> Scalars:
    near = np.flatnonzero((np.abs(points[0]) < 0.6) & (points[1] < 0.5) & (points[1] > -1.1))
    if not near.size:
        return solid
    middle, folded, local = points[:, near], mirrored(points[:, near]), solid[near]
    bridge = cone(middle, nose.root, nose.tip, (nose.root_radius, nose.tip_radii[1] * 0.75))
    local = smooth_union(local, bridge, 0.20)
    local = smooth_union(local, ellipsoid(middle, nose.tip, nose.tip_radii), 0.13)
    local = smooth_union(local, ellipsoid(folded, nose.wing, nose.wing_radii), 0.075)
    hole = ellipsoid(folded, nose.nostril, nose.nostril_radii)
    solid[near] = smooth_intersection(local, -hole, 0.05)
    return solid


def _lids(eyes: Eyes, sculpture: Sculpture, points: Points, solid: Scalars) -> Scalars:
    folded = mirrored(points)
    shell = length(folded - column(eyes.centre)) - np.float32(eyes.radius + LID_THICKNESS)
    solid = smooth_union(solid, shell, LID_BLEND)
    opening = sculpture.opening.at(points[0], points[1])
    opening = np.maximum(opening, np.float32(eyes.centre[2]) - points[2])
    return smooth_intersection(solid, -opening, LID_EDGE)


def eyeballs(eyes: Eyes, points: Points) -> Scalars:
    """Distance to the nearer eyeball."""
    return length(mirrored(points) - column(eyes.centre)) - np.float32(eyes.radius)
