"""Shoulders, chest, blouse and blazer.

The body is one smooth solid; garments are layers over it whose outlines are drawn on the plane
seen from the front and whose thickness, folds and seams make a map.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters.character import Character, Outfit
from avatar.synthetic.characters.distance import (
    PlaneMap,
    Points,
    Scalars,
    bump,
    cone,
    ellipsoid,
    grid,
    mirrored,
    ramp,
    smooth_union,
)

LOW, HIGH = (-3.6, -4.2), (3.6, -1.4)
STEP = 0.008
BLOUSE, BLAZER, LAPEL = 0.035, 0.10, 0.055
"""Thickness of the blouse, of the blazer, and of a lapel upon it."""
COLLAR_TOP = -1.88
"""y where the collar of the blazer meets the neck."""
NOTCH = -2.86
"""y of the notch between collar and lapel."""

Field = Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True, eq=False)
class Wardrobe:
    """Maps of a clothed chest: thickness over the body, and how far inside each garment a point is.

    `blouse`, `blazer` and `lapel` are signed: positive inside.
    """

    thickness: PlaneMap
    blouse: PlaneMap
    blazer: PlaneMap
    lapel: PlaneMap


def opening(outfit: Outfit, y: Field) -> Field:
    """Half width of the gap between the edges of the blazer at a height."""
    t = np.clip((y - outfit.opening) / (COLLAR_TOP - outfit.opening), 0, 1.2)
    return (0.06 + 0.60 * t**1.15).astype(np.float32)


def dress(character: Character) -> Wardrobe:
    """Cut the clothes of a character."""
    x, y = grid(LOW, HIGH, STEP)
    outfit = character.outfit
    blouse = _neckline(outfit, x, y)
    blazer = np.abs(x) - opening(outfit, y)
    lapel = _lapel(outfit, x, y)
    hem = 0.014 * ramp(blouse, -0.012, 0.006) * ramp(blouse, 0.10, 0.07)
    hem = hem - 0.010 * bump(blouse - 0.085, 0.010)
    thickness = BLOUSE * ramp(blouse, -0.012, 0.012) + hem
    thickness = thickness + _blouse_folds(x, y) * ramp(blouse, 0.08, 0.2)
    coat = BLAZER * ramp(blazer, -0.015, 0.02) + _coat_folds(x, y)
    coat = coat + LAPEL * ramp(lapel, -0.020, 0.016) - 0.012 * bump(lapel - 0.045, 0.008)
    coat = coat * ramp(y, COLLAR_TOP + 0.16, COLLAR_TOP - 0.22)
    thickness = np.where(blazer > -0.015, np.maximum(thickness, coat), thickness)
    thickness = np.where((blouse < -0.012) & (blazer < -0.015), -0.03, thickness)
    names = (thickness, blouse, blazer, lapel)
    return Wardrobe(*(PlaneMap(field.astype(np.float32), LOW, STEP) for field in names))


def _neckline(outfit: Outfit, x: Field, y: Field) -> Field:
    """A soft V of the blouse: positive below the neckline."""
    rise = np.abs(x) / outfit.neckline_width
    return (outfit.neckline + 0.75 * rise**1.35 - y).astype(np.float32)


def _lapel(outfit: Outfit, x: Field, y: Field) -> Field:
    """Collar and lapel with a notch: positive inside."""
    inner = np.abs(x) - opening(outfit, y)
    t = np.clip((y - outfit.opening) / (COLLAR_TOP - outfit.opening), 0, 1)
    width = outfit.lapel * np.clip(np.sin(np.pi * t**0.72), 0, 1) ** 0.7 + 0.10 * t
    notch = 0.20 * ramp(np.abs(y - NOTCH - 0.25 * (inner - 0.3)), 0.055, 0.02)
    outer = width - inner - notch
    return np.minimum(inner, outer).astype(np.float32)


def _blouse_folds(x: Field, y: Field) -> Field:
    fan = np.arctan2(x, y + 5.4)
    drape = 0.016 * np.sin(fan * 34 + 2.0 * np.sin(y * 3)) * ramp(np.abs(x), 0.02, 0.25)
    return drape.astype(np.float32)


def _coat_folds(x: Field, y: Field) -> Field:
    """Wide soft folds toward the armpits and the seam of the sleeve."""
    pull = np.abs(x) * 0.8 + y
    fold = 0.020 * np.sin(pull * 5.2 + 0.6 * np.sin(x * 2.3)) * ramp(np.abs(x), 0.7, 1.5)
    seam = 1.92 + 0.18 * (y + 3.0) ** 2
    sleeve = -0.012 * bump(np.abs(x) - seam, 0.014) + 0.012 * ramp(np.abs(x) - seam, 0.0, 0.2)
    return (fold + sleeve).astype(np.float32)


def body(points: Points) -> Scalars:
    """Distance to the bare shoulders and chest with a hint of the collarbones."""
    folded = mirrored(points)
    chest = ellipsoid(points, (0.0, -3.95, -0.30), (2.05, 1.55, 1.0))
    slope = cone(folded, (0.18, -1.95, -0.42), (1.85, -2.80, -0.42), (0.36, 0.46))
    solid = smooth_union(chest, slope, 0.45)
    arm = cone(folded, (1.98, -2.95, -0.42), (2.30, -4.4, -0.35), (0.44, 0.46))
    solid = smooth_union(solid, arm, 0.25)
    bone = cone(folded, (0.16, -2.50, 0.20), (1.25, -2.38, -0.05), (0.035, 0.045))
    return smooth_union(solid, bone, 0.16)


def garments(wardrobe: Wardrobe, points: Points, solid: Scalars) -> Scalars:
    """Distance to the clothes; `solid` is the distance to the body."""
    return solid - wardrobe.thickness.at(points[0], points[1])
