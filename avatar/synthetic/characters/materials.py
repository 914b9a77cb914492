"""What colour a surface has before light falls on it, in linear RGB."""

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters import complexion, features, hair
from avatar.synthetic.characters.character import Character, Eyes
from avatar.synthetic.characters.clothing import Wardrobe
from avatar.synthetic.characters.distance import (
    Column,
    Points,
    Scalars,
    Triple,
    bump,
    column,
    length,
    mirrored,
    ramp,
    unit,
)

SCLERA = (0.93, 0.89, 0.865)
SCLERA_EDGE = (0.86, 0.72, 0.67)
"""What the white turns to toward the edge of the ball."""
TEAR_DUCT = (0.86, 0.58, 0.54)
TEAR_DUCT_SIZE = (0.040, 0.06, 0.75)
"""Width, height and strength of the pink at the inner corner."""
FIBRES = ((0.13, 23, 2.2, 5, 3.0), (0.10, 41, 1.7, 7, -5.0), (0.08, 67, 0.0, 1, 7.0))
"""Rays of the iris: strength, how many, how much and how often they bend, twist outward."""
IRIS_GLOW = (0.75, 0.25)
"""How much brighter the iris is opposite the light: below, and away from the key lamp."""
COLLAR = (2.4, 1.9, 1.2)
"""The ring around the pupil, against the colour of the iris."""
LIMBUS = (0.10, 0.78)
"""Darkness of the outer ring and where it begins, as a part of the radius."""
ROOTS = 0.75
"""How much hair shows through the skin at the hairline."""
PUPIL = (0.018, 0.014, 0.014)
LASH_LINE = (0.12, 0.07, 0.055)
SEAM = (0.36, 0.12, 0.12)
LID_SHADE = (0.55, 0.33, 0.29)
WATERLINE = (0.93, 0.70, 0.64)
FLUSH: tuple[tuple[float, float, float, float, float], ...] = (
    (0.66, -0.42, 0.27, 0.20, 0.50),
    (0.00, -0.54, 0.17, 0.12, 0.30),
    (0.00, -1.42, 0.22, 0.12, 0.16),
    (0.50, 0.10, 0.34, 0.10, 0.10),
    (0.15, -0.60, 0.09, 0.08, 0.22),
)
"""Where skin is redder: x, y, width, height, strength; mirrored."""


def linear(colour: Triple) -> Column:
    """An sRGB colour as a linear column."""
    value = np.array(colour, np.float64)
    low, high = value / 12.92, ((value + 0.055) / 1.055) ** 2.4
    return np.where(value <= 0.04045, low, high).astype(np.float32)[:, None]


def mix(under: Points, over: Float32[np.ndarray, "3 _"], amount: Scalars) -> Points:
    """Paint `over` on `under` with an opacity in [0, 1]."""
    return (under + (over - under) * amount).astype(np.float32)


def mottle(points: Points, scale: float, phase: float) -> Scalars:
    """Smooth irregular variation in about [-1, 1], with features of size 1 / `scale`."""
    x, y, z = points * np.float32(scale)
    warp = np.sin(y * 1.7 + 1.3 * np.sin(z * 1.1 + phase)) + np.sin(x * 1.3 - z * 0.7 + phase * 2)
    return (
        np.sin(x * 2.1 + warp + phase) * np.sin(y * 2.3 + 1.2 * np.sin(x * 1.9) - phase)
        + 0.6 * np.sin(z * 2.9 + 2.1 * warp + y)
    ).astype(np.float32) * np.float32(0.6)


def skin(character: Character, points: Points, opening: Scalars) -> Points:
    """Albedo of the skin; `opening` is the distance to the nearest lid opening."""
    palette = character.palette
    folded = mirrored(points)
    colour = np.broadcast_to(linear(palette.skin), points.shape).astype(np.float32)
    colour = colour * (1 + 0.035 * mottle(points, 1.6, 0.4) + 0.02 * mottle(points, 9.0, 1.9))
    colour = colour * (1 + 0.016 * mottle(points, 33.0, 2.6))
    front = ramp(points[2], 0.3, 0.8)
    for x, y, wide, high, strength in FLUSH:
        amount = bump(folded[0] - x, wide) * bump(folded[1] - y, high) * strength * front
        colour = mix(colour, linear(palette.blush), amount * (1 + 0.2 * mottle(points, 6.0, 3.0)))
    roots = ramp(hair.hairline(character.hair, points), -0.09, 0.02) * ramp(points[1], -0.2, 0.1)
    colour = mix(colour, linear(character.palette.hair), roots * (points[2] > 0) * ROOTS)
    colour = complexion.age(character, points, colour, front)
    colour = _lip_paint(character, points, colour, front)
    colour = _lid_paint(character.eyes, points, colour, opening)
    return _brow_paint(character, points, colour, front)


def lip_coverage(character: Character, points: Points) -> Scalars:
    """1 on the lips, 0 on the skin around them."""
    mouth, (x, y, z) = character.mouth, points
    inside = np.minimum(features.upper_lip(mouth, x) - y, y - features.lower_lip(mouth, x))
    ends = ramp(np.abs(x), mouth.half_width * 1.01, mouth.half_width * 0.88)
    return ramp(inside, -0.012, 0.016) * ramp(z, 0.5, 0.8) * ends


def _lip_paint(character: Character, points: Points, colour: Points, front: Scalars) -> Points:
    mouth, (x, y, _) = character.mouth, points
    wrinkle = np.sin(x * 95 + 3 * np.sin(x * 31)) * bump(y - np.float32(mouth.seam - 0.05), 0.12)
    lips = linear(character.palette.lips) * (1 + 0.06 * wrinkle)
    lips = lips * (0.94 + 0.12 * ramp(y, mouth.seam + 0.02, mouth.seam - 0.05))
    colour = mix(colour, lips.astype(np.float32), lip_coverage(character, points) * 0.90)
    ends = ramp(np.abs(x), mouth.half_width * 1.04, mouth.half_width * 0.94)
    line = bump(y - features.seam(mouth, x), 0.011) * ends * front
    return mix(colour, linear(SEAM), line * 0.62)


def _lid_paint(eyes: Eyes, points: Points, colour: Points, opening: Scalars) -> Points:
    near = np.flatnonzero((opening < 0.2) & (points[2] > 0.6))
    if not near.size:
        return colour
    local, away = points[:, near], opening[near]
    side = np.where(local[0] > 0, np.float32(1), np.float32(-1))
    s = np.clip((local[0] * side - eyes.centre[0]) / np.float32(eyes.half_width), -1, 1)
    middle = (features.upper_lid(eyes, s) + features.lower_lid(eyes, s)) / 2
    above = ramp(local[1] - middle, -0.006, 0.010)
    outward = ramp(s, -1.0, 0.3)
    shade = bump(np.clip(away, 0, None), 0.07) * above * 0.16
    painted = mix(colour[:, near], linear(LID_SHADE), shade)
    lash = ramp(away, 0.026, 0.010) * above * (0.62 + 0.36 * outward)
    painted = mix(painted, linear(LASH_LINE), lash)
    wet = ramp(away, 0.016, 0.002) * (1 - above) * 0.55
    painted = mix(painted, linear(WATERLINE), wet)
    faint = bump(away - 0.018, 0.010) * (1 - above) * outward * 0.22
    painted = mix(painted, linear(LASH_LINE), faint)
    result = colour.copy()
    result[:, near] = painted
    return result


def _brow_paint(character: Character, points: Points, colour: Points, front: Scalars) -> Points:
    """A soft shade under the hairs of the brows."""
    for side in (-1, 1):
        path = features.brow_path(character.brows, side)
        order = np.argsort(path[0])
        x, y = points[0], points[1]
        middle = np.interp(x, path[0][order], path[1][order]).astype(np.float32)
        t = np.interp(x, path[0][order], np.linspace(0, 1, path.shape[1])[order])
        half = features.brow_half_width(character.brows, t.astype(np.float32))
        ends = ramp((x - path[0][0]) * side, -0.01, 0.14) * ramp((path[0][-1] - x) * side, 0, 0.12)
        amount = np.exp(-(((y - middle) / (half + 0.012)) ** 2)) * ends
        colour = mix(colour, linear(character.palette.brows), (amount * front * 0.30))
    return colour


def clothes(character: Character, wardrobe: Wardrobe, points: Points) -> Points:
    """Albedo of blouse and blazer, with a faint weave."""
    x, y = points[0], points[1]
    palette = character.palette
    weave = 1 + 0.03 * mottle(points, 31.0, 0.2) + 0.04 * mottle(points, 2.4, 0.7)
    blazer = linear(palette.blazer) * weave
    blouse = np.broadcast_to(linear(palette.blouse), points.shape)
    colour = mix(
        blouse.astype(np.float32),
        blazer.astype(np.float32),
        ramp(wardrobe.blazer.at(x, y), -0.014, -0.004),
    )
    lapel = wardrobe.lapel.at(x, y)
    stitch = bump(lapel - 0.045, 0.007) * 0.35
    return mix(colour, linear(palette.blazer) * np.float32(0.4), stitch)


def eye(character: Character, points: Points) -> Points:
    """Albedo of the eyeballs: sclera, iris with fibres and limbal ring, pupil."""
    eyes, folded = character.eyes, mirrored(points)
    side = np.where(points[0] > 0, np.float32(1), np.float32(-1))
    out = unit(folded - column(eyes.centre))
    axis = features.gaze(eyes, 1)
    lateral = out - axis * (out * axis).sum(0)
    radius = length(lateral) * np.float32(eyes.radius)
    behind = (out * axis).sum(0) < 0
    rho = np.where(behind, np.float32(9), radius / np.float32(eyes.iris_radius))
    angle = np.arctan2(lateral[1], lateral[0] * side)
    white = _sclera(eyes, folded, radius)
    iris = _iris(character, rho, angle)
    return mix(white, iris, ramp(rho, 1.06, 0.95))


def _sclera(eyes: Eyes, folded: Points, radius: Scalars) -> Points:
    white = np.broadcast_to(linear(SCLERA), folded.shape).astype(np.float32)
    white = mix(white, linear(SCLERA_EDGE), ramp(radius, 0.55, 1.0) * 0.5)
    inner = eyes.centre[0] - eyes.half_width
    wide, high, strength = TEAR_DUCT_SIZE
    duct = bump(folded[0] - np.float32(inner), wide) * bump(folded[1] - eyes.centre[1] + 0.02, high)
    return mix(white, linear(TEAR_DUCT), np.clip(duct * strength, 0, 1))


def _iris(character: Character, rho: Scalars, angle: Scalars) -> Points:
    base = linear(character.palette.iris)
    pupil = character.eyes.pupil_radius / character.eyes.iris_radius
    fibre = np.zeros_like(rho)
    for strength, count, bend, curl, twist in FIBRES:
        fibre += strength * np.sin(angle * count + bend * np.sin(angle * curl) + rho * twist)
    below, aside = IRIS_GLOW
    glow = 1.05 - below * np.sin(angle) * ramp(rho, 0.2, 0.7)
    glow = glow - aside * np.cos(angle) * ramp(rho, pupil, 0.9)
    colour = base * (np.clip(glow, 0.35, 1.9) * (1 + fibre * ramp(rho, 0.35, 0.55)))
    collar = bump(rho - np.float32(pupil + 0.10), 0.13)
    colour = mix(colour.astype(np.float32), base * column(COLLAR), collar * 0.40)
    colour = mix(colour, base * np.float32(LIMBUS[0]), ramp(rho, LIMBUS[1], 0.99) * 0.85)
    return mix(colour, linear(PUPIL), ramp(rho, pupil + 0.05, pupil - 0.03))
