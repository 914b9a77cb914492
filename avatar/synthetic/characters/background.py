"""The room behind the person: a wall, a window, a plant and lamps, all far out of focus."""

from dataclasses import dataclass
from math import cos, sin

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters.character import Palette

BLUR = 0.022
"""Radius of the blur, as a part of the width."""
LAMP_BLUR = 0.0035
VIGNETTE = 0.18


@dataclass(frozen=True)
class Disc:
    """One lamp out of focus; place and radius as parts of the width."""

    x: float
    y: float
    radius: float
    glow: float


@dataclass(frozen=True)
class Panel:
    """An upright rectangle of the room and how much brighter it is than the wall."""

    left: float
    right: float
    top: float
    bottom: float
    brightness: float


@dataclass(frozen=True)
class Leaf:
    """One leaf of the plant: middle, half length, half width, angle in radians, opacity."""

    x: float
    y: float
    length: float
    width: float
    angle: float
    opacity: float


DISCS = (
    Disc(0.905, 0.145, 0.046, 0.34),
    Disc(0.815, 0.075, 0.030, 0.24),
    Disc(0.960, 0.275, 0.034, 0.24),
    Disc(0.300, 0.050, 0.022, 0.13),
)
PANELS = (
    Panel(0.015, 0.105, -0.1, 0.58, 0.20),
    Panel(0.125, 0.215, -0.1, 0.58, 0.15),
    Panel(0.740, 0.765, -0.1, 0.70, -0.07),
    Panel(0.765, 1.100, 0.40, 0.415, -0.10),
    Panel(-0.10, 1.100, 0.69, 1.10, -0.09),
)
LEAVES = (
    Leaf(0.865, 0.600, 0.085, 0.022, 2.00, 0.55),
    Leaf(0.905, 0.560, 0.100, 0.024, 1.55, 0.60),
    Leaf(0.950, 0.590, 0.090, 0.024, 1.10, 0.60),
    Leaf(0.840, 0.660, 0.070, 0.020, 2.50, 0.50),
    Leaf(0.985, 0.640, 0.080, 0.022, 0.70, 0.55),
    Leaf(0.920, 0.655, 0.075, 0.026, 1.75, 0.60),
)
WALL_TILT = 0.10
"""How much faster the wall darkens toward the right."""


def room(palette: Palette, size: int) -> Float32[np.ndarray, "size size 3"]:
    """The picture without the person, sRGB in [0, 1]."""
    x, y = np.meshgrid(*(np.linspace(0, 1, size, dtype=np.float32),) * 2)
    upper, lower, lamps, plant = (np.array(colour, np.float32) for colour in palette.backdrop)
    fall = np.clip(y * 0.95 + WALL_TILT * (x - 0.5), 0, 1)[..., None]
    picture = upper * (1 - fall) + lower * fall
    for panel in PANELS:
        across = _edge(np.minimum(x - panel.left, panel.right - x), 0.012)
        inside = across * _edge(np.minimum(y - panel.top, panel.bottom - y), 0.012)
        picture = picture * (1 + (inside * panel.brightness)[..., None])
    for leaf in LEAVES:
        amount = (_leaf(leaf, x, y) * leaf.opacity)[..., None]
        picture = picture * (1 - amount) + plant * amount
    picture = cv2.GaussianBlur(picture, (0, 0), max(BLUR * size, 0.3))
    for disc in DISCS:
        away = np.hypot(x - disc.x, y - disc.y)
        shape = _edge(disc.radius - away, 0.006) * (0.72 + 0.28 * (away / disc.radius) ** 2)
        amount = (shape * disc.glow)[..., None]
        picture = picture * (1 - amount) + lamps * amount
    picture = cv2.GaussianBlur(picture, (0, 0), max(LAMP_BLUR * size, 0.3))
    shade = 1 - VIGNETTE * np.clip(np.hypot(x - 0.5, y - 0.45) - 0.25, 0, 1)
    return np.clip(picture * shade[..., None], 0, 1).astype(np.float32)


def _leaf(
    leaf: Leaf, x: Float32[np.ndarray, "size size"], y: Float32[np.ndarray, "size size"]
) -> Float32[np.ndarray, "size size"]:
    right, down = x - leaf.x, y - leaf.y
    along = (right * cos(leaf.angle) - down * sin(leaf.angle)) / leaf.length
    across = (right * sin(leaf.angle) + down * cos(leaf.angle)) / leaf.width
    return _edge(1 - np.hypot(along, across), 0.2)


def _edge(
    inside: Float32[np.ndarray, "size size"], width: float
) -> Float32[np.ndarray, "size size"]:
    t = np.clip(inside / width + 0.5, 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)
