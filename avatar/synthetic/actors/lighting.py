"""Light for people on a stage."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Triple: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Lighting:
    """A key and a fill light from far away (unit vectors, linear colours) and light all around."""

    key: Triple
    key_colour: Triple
    fill: Triple
    fill_colour: Triple
    sky: Triple
    ground: Triple


def lit(rng: np.random.Generator) -> Lighting:
    """Rooms, windows, lamps, screens and the sun: light from any side that shows the face."""
    brightness = float(np.exp(rng.normal(0.0, 0.3)))
    contrast = rng.uniform(0.1, 1.0)
    key_warmth, fill_warmth = rng.normal(0, 0.12, 2)
    ambient = brightness * (1.0 - 0.75 * contrast) * rng.uniform(0.7, 1.1)
    return Lighting(
        key=_direction(rng, 1.3, 0.7),
        key_colour=_warm(brightness * (0.35 + 0.9 * contrast), key_warmth),
        fill=_direction(rng, 1.6, 0.6),
        fill_colour=_warm(brightness * rng.uniform(0.0, 0.45), fill_warmth),
        sky=_warm(ambient, rng.normal(0, 0.06)),
        ground=_warm(ambient * rng.uniform(0.3, 0.8), rng.normal(0.03, 0.06)),
    )


def _direction(rng: np.random.Generator, across: float, up: float) -> Triple:
    """From the front, up to `across` radians aside and mostly from above."""
    aside = rng.uniform(-across, across)
    above = rng.normal(0.45, 0.4) * up / 0.7
    x, y, z = np.sin(aside) * np.cos(above), np.sin(above), np.cos(aside) * np.cos(above)
    return float(x), float(y), float(z)


def _warm(level: float, warmth: float) -> Triple:
    return (float(level * (1 + warmth)), float(level), float(level * (1 - warmth)))
