"""The drawn lines of a face seen from the front: lid edges, lip outlines, brows.

Sculpting, painting and the landmarks all read these curves, so they agree exactly. `side` is +1
for the subject's left and -1 for the right.
"""

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters.character import Brows, Eyes, Mouth
from avatar.synthetic.characters.distance import Column, Values, bump, column, unit

LOOK_AT = (0.0, -0.2, 15.0)
"""The point the eyes look at: the camera in front of an unturned head."""
LID_SAMPLES = 65
UPPER_ARCH, LOWER_ARCH = (0.76, -0.08), (0.92, 0.16)
"""How pointed the corners of a lid are (0.5 an ellipse, 1 a parabola) and its lean outward."""
TEAR_DIP = (0.006, 0.18)
"""How far the inner corner dips, and over which part of the lid."""
SMILE_POWER = 2.4
"""How late toward the corners a smile rises."""
TUBERCLE = ((0.013, 0.0, 0.16), (-0.013, 0.36, 0.20), (-0.013, -0.36, 0.20))
"""Waves of the seam: depth, place and width, as parts of the half width."""
BOW = ((0.10, 0.24, 0.15), (-0.20, 0.0, 0.12))
"""Waves of the upper outline: height, distance from the middle, width."""
UPPER_TAPER, LOWER_TAPER = 0.82, 0.60
"""How lips thin out toward the corners: 0.5 late, 1 early."""
BROW_CROWN = 0.62
"""Where along a brow its peak is."""
BROW_TAPER = (0.16, 0.6, 0.82, 1.6)
"""Length and power of the inner end, loss of thickness at the tail and its power."""
BROW_SAMPLES = 41


def gaze(eyes: Eyes, side: int) -> Column:
    """Unit direction in which an eye looks."""
    return unit(column(LOOK_AT) - column((side * eyes.centre[0], *eyes.centre[1:])))


def iris_centre(eyes: Eyes, side: int) -> Column:
    """The middle of the pupil, on the eyeball."""
    centre = column((side * eyes.centre[0], *eyes.centre[1:]))
    return centre + gaze(eyes, side) * np.float32(eyes.radius)


def iris_distance(eyes: Eyes) -> float:
    """Distance between the irises."""
    return float(np.linalg.norm(iris_centre(eyes, 1) - iris_centre(eyes, -1)))


def lid_position(eyes: Eyes, x: Values, side: int) -> Values:
    """Where x lies in an eye: -1 at the inner corner, +1 at the outer one."""
    return (np.float32(side) * x - np.float32(eyes.centre[0])) / np.float32(eyes.half_width)


def _lid(eyes: Eyes, s: Values, rise: float, power: float, skew: float) -> Values:
    arch = np.clip(1 - s * s, 0, 1) ** np.float32(power)
    dip, width = TEAR_DIP
    corner = np.float32(eyes.tilt) * s - np.float32(dip) * bump(s + 1, width)
    return (np.float32(eyes.centre[1]) + corner + rise * arch * (1 + skew * s)).astype(np.float32)


def upper_lid(eyes: Eyes, s: Values) -> Values:
    """Height of the edge of the upper lid at s in [-1, 1]."""
    return _lid(eyes, s, eyes.upper_rise, *UPPER_ARCH)


def lower_lid(eyes: Eyes, s: Values) -> Values:
    """Height of the edge of the lower lid at s in [-1, 1]."""
    return _lid(eyes, s, -eyes.lower_rise, *LOWER_ARCH)


def lid_outline(eyes: Eyes, side: int) -> Float32[np.ndarray, "2 n"]:
    """The closed outline of the opening: outer corner, upper edge, inner corner, lower edge."""
    s = np.cos(np.linspace(0, np.pi, LID_SAMPLES)).astype(np.float32)
    x = np.float32(side) * (np.float32(eyes.centre[0]) + np.float32(eyes.half_width) * s)
    upper, lower = np.stack([x, upper_lid(eyes, s)]), np.stack([x, lower_lid(eyes, s)])
    return np.concatenate([upper, lower[:, -2:0:-1]], axis=1)


def smile_line(mouth: Mouth, x: Values) -> Values:
    """The smooth arc through the corners and the middle of the mouth."""
    u = x / np.float32(mouth.half_width)
    arc = np.abs(u) ** np.float32(SMILE_POWER) * np.float32(mouth.smile)
    return (np.float32(mouth.seam) + arc + np.float32(mouth.lopsided / 2) * u).astype(np.float32)


def seam(mouth: Mouth, x: Values) -> Values:
    """Height of the line between the closed lips."""
    u = x / np.float32(mouth.half_width)
    line = smile_line(mouth, x)
    for depth, place, width in TUBERCLE:
        line = line - np.float32(depth) * bump(u - np.float32(place), width)
    return line


def upper_lip(mouth: Mouth, x: Values) -> Values:
    """Height of the upper outline of the upper lip, with its bow."""
    u = np.clip(x / np.float32(mouth.half_width), -1, 1)
    height = np.float32(mouth.upper) * _taper(u, UPPER_TAPER)
    waves = (rise * bump(np.abs(u) - place, width) for rise, place, width in BOW)
    return (smile_line(mouth, x) + height * (1 + sum(waves))).astype(np.float32)


def lower_lip(mouth: Mouth, x: Values) -> Values:
    """Height of the lower outline of the lower lip."""
    u = np.clip(x / np.float32(mouth.half_width), -1, 1)
    return smile_line(mouth, x) - np.float32(mouth.lower) * _taper(u, LOWER_TAPER)


def _taper(u: Values, power: float) -> Values:
    return (np.clip(1 - u * u, 0, 1) ** np.float32(power)).astype(np.float32)


def brow_path(brows: Brows, side: int) -> Float32[np.ndarray, "2 n"]:
    """The middle line of a brow, inner end first."""
    t = np.linspace(0, 1, BROW_SAMPLES, dtype=np.float32)
    inner, peak, tail = (np.array(p, np.float32) for p in (brows.inner, brows.peak, brows.tail))
    here, rest = BROW_CROWN, 1 - BROW_CROWN
    control = (peak - rest**2 * inner - here**2 * tail) / (2 * here * rest)
    path = np.outer(inner, (1 - t) ** 2) + np.outer(control, 2 * t * (1 - t))
    path = path + np.outer(tail, t * t)
    path[1] += np.float32(brows.lift / 2 * side)
    path[0] *= np.float32(side)
    return path.astype(np.float32)


def brow_half_width(brows: Brows, t: Values) -> Values:
    """Half the thickness of a brow at t in [0, 1] from the inner end."""
    length, early, loss, late = BROW_TAPER
    shape = np.clip(t / length, 0, 1) ** early * (1 - loss * t**late)
    return (np.float32(brows.thickness / 2) * shape).astype(np.float32)
