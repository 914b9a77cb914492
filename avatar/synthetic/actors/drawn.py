"""Pictures of this project's own drawn characters with random shapes and colours, moved by the
portrait renderer.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from avatar.rendering.bundle import load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.actors.moving import moved
from avatar.synthetic.actors.pictures import ActorPicture
from avatar.synthetic.characters.bundle import write_bundle
from avatar.synthetic.characters.cast import CAST
from avatar.synthetic.characters.character import Ball, Character, Palette

SIZE = 384
"""Pixels of a drawn portrait."""
PEOPLE = 8
"""Characters in a shard."""
SHAPE_SPREAD, COLOUR_SPREAD = 0.06, 0.12
"""Standard deviations by which numbers of a character and its colours differ, relative."""
FIRST_ACTOR = 1_000_000
"""Numbers of drawn people begin here."""


def characters(seed: int) -> Iterator[ActorPicture]:
    """A shard's pictures of drawn people."""
    rng = np.random.default_rng([seed, 6])
    for number in range(PEOPLE):
        person = varied(CAST[str(rng.choice(sorted(CAST)))], rng)
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder) / "person.avatar"
            write_bundle(person, bundle, size=SIZE, supersampling=1)
            loaded = load_bundle(bundle)
            renderer = WarpRenderer.of(loaded, Path(folder))
        yield from moved(renderer, loaded.landmarks, FIRST_ACTOR + seed * PEOPLE + number, rng)


def varied(character: Character, rng: np.random.Generator) -> Character:
    """A relative of a character: other bones, features and colours."""

    def stretched(value: float, spread: float = SHAPE_SPREAD) -> float:
        return float(value * np.exp(rng.normal(0, spread)))

    def ball(old: Ball) -> Ball:
        return replace(old, radii=tuple(stretched(radius, 0.04) for radius in old.radii))

    head, eyes, mouth, brows = character.head, character.eyes, character.mouth, character.brows
    shift = rng.normal(0, 0.03)
    return replace(
        character,
        seed=int(rng.integers(1 << 30)),
        head=replace(
            head,
            middle=tuple(ball(old) for old in head.middle),
            paired=tuple(ball(old) for old in head.paired),
        ),
        eyes=replace(
            eyes,
            half_width=stretched(eyes.half_width, 0.05),
            upper_rise=stretched(eyes.upper_rise, 0.12),
            lower_rise=stretched(eyes.lower_rise, 0.10),
            iris_radius=stretched(eyes.iris_radius, 0.05),
            tilt=float(eyes.tilt + rng.normal(0, 0.03)),
        ),
        brows=replace(
            brows,
            inner=(brows.inner[0], brows.inner[1] + shift),
            peak=(brows.peak[0], brows.peak[1] + shift + rng.normal(0, 0.02)),
            tail=(brows.tail[0], brows.tail[1] + shift + rng.normal(0, 0.03)),
            thickness=stretched(brows.thickness, 0.25),
        ),
        mouth=replace(
            mouth,
            seam=float(mouth.seam + rng.normal(0, 0.03)),
            half_width=stretched(mouth.half_width),
            upper=stretched(mouth.upper, 0.2),
            lower=stretched(mouth.lower, 0.2),
            smile=float(max(-0.01, mouth.smile + rng.normal(-0.03, 0.03))),
        ),
        palette=_coloured(character.palette, rng),
    )


def _coloured(palette: Palette, rng: np.random.Generator) -> Palette:
    """Other colours; the skin goes from pale to dark with lips and blush."""
    darkness = float(rng.uniform(0.0, 1.0)) ** 1.5
    changed: dict[str, Any] = {}
    for item in fields(palette):
        value = getattr(palette, item.name)
        if item.name == "backdrop":
            changed[item.name] = tuple(_tinted(triple, rng, 0.3) for triple in value)
        elif item.name in ("skin", "blush", "lips"):
            shade = tuple(
                v * (1 - darkness * d) for v, d in zip(value, (0.62, 0.68, 0.72), strict=True)
            )
            changed[item.name] = _tinted(shade, rng, 0.05)
        else:
            changed[item.name] = _tinted(value, rng, 0.35)
    return replace(palette, **changed)


def _tinted(triple: Any, rng: np.random.Generator, spread: float) -> tuple[float, float, float]:
    level = np.exp(rng.normal(0, spread))
    red, green, blue = np.clip(
        np.array(triple) * level * np.exp(rng.normal(0, COLOUR_SPREAD * spread, 3)), 0.01, 0.97
    )
    return float(red), float(green), float(blue)
