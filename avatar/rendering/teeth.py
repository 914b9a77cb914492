"""Teeth as two sprites in the portrait's own light.

Widths follow the usual proportions of central and lateral incisor, canine and premolars seen from
the front; the incisal edges follow the smile arc. Brightness follows the skin, so teeth are white
in a bright portrait and do not glow in a dark one.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.rendering.relief import Skin

OVERSAMPLING = 4.0
UPPER_WIDTHS = (0.27, 0.21, 0.22, 0.20, 0.18, 0.17)
LOWER_WIDTHS = (0.18, 0.18, 0.20, 0.19, 0.18)
EDGE_JITTER = (0.0, 0.035, -0.02, 0.0, 0.0, 0.0)
"""How much shorter each upper tooth is than the arc, in sprite heights."""
ENAMEL = (1.02, 0.975, 0.94)
BRIGHTNESS = (160.0, 224.0)

Sprite: TypeAlias = Float32[np.ndarray, "_ _ 4"]


@dataclass(frozen=True, eq=False)
class Teeth:
    """RGBA sprites, `OVERSAMPLING` pixels to one of the portrait; alpha in [0, 1]."""

    upper: Sprite
    lower: Sprite


def draw_teeth(mouth_width: float, skin: Skin) -> Teeth:
    """Both rows for a mouth of some width in pixels."""
    value = np.clip(1.12 * skin.bright, *BRIGHTNESS)
    tint = (skin.mean / skin.mean.mean()) ** 0.22
    colour = (value * np.array(ENAMEL) * tint).astype(np.float32)
    shape = (int(0.30 * mouth_width * OVERSAMPLING), int(1.20 * mouth_width * OVERSAMPLING))
    upper = _row(shape, UPPER_WIDTHS, colour, arc=0.34, edge=0.93, jitter=EDGE_JITTER)
    lower = _row(shape, LOWER_WIDTHS, 0.90 * colour, arc=0.20, edge=0.80, jitter=(0.0,) * 6)
    return Teeth(upper, np.ascontiguousarray(lower[::-1]))


def _row(
    shape: tuple[int, int],
    widths: tuple[float, ...],
    colour: Float32[np.ndarray, "3"],
    *,
    arc: float,
    edge: float,
    jitter: tuple[float, ...],
) -> Sprite:
    height, width = shape
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(0, 1, height))
    turn = np.cumsum([0.0, *widths])
    ends = np.sin(turn / turn[-1] * 1.30) / np.sin(1.30) * 0.98
    border = edge - arc * x**2
    tone = np.ones_like(x)
    for k, (inner, outer) in enumerate(pairwise(ends)):
        place = np.abs((np.abs(x) - (inner + outer) / 2) / ((outer - inner) / 2))
        rounding = 0.038 * np.clip(place, 0, 1) ** 5 + jitter[k]
        border = np.where(place <= 1, border - rounding, border)
        tone = np.where(place <= 1, 1.02 - 0.05 * place**3 - 0.012 * k, tone)
    gap = np.max([np.exp(-(((np.abs(x) - end) / 0.010) ** 2)) for end in ends], axis=0)
    light = tone * (1 - 0.60 * np.abs(x) ** 2.6) * (1 - 0.07 * gap * np.clip(1.3 - 0.9 * y, 0, 1))
    light *= 0.90 + 0.10 * np.clip(2.2 * y, 0, 1)
    light *= 1 - 0.06 * np.clip(1 - (border - y) / 0.10, 0, 1)
    alpha = np.clip((border - y) * height / (0.55 * OVERSAMPLING) + 0.5, 0, 1)
    alpha *= np.clip((0.985 - np.abs(x)) * width / OVERSAMPLING / 3, 0, 1)
    sprite = np.dstack([colour * light[..., None], alpha]).astype(np.float32)
    return cv2.GaussianBlur(sprite, (0, 0), 0.60 * OVERSAMPLING)
