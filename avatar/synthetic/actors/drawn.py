"""Pictures of this project's own drawn characters with random shapes and colours, moved by the
portrait renderer.

Their coefficients are exact by definition: the renderer is what gives the numbers their meaning.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from avatar.motion import ARKIT58, Vector
from avatar.rendering.bundle import load_bundle
from avatar.rendering.landmarks import Landmarks
from avatar.rendering.warp import Displacement, WarpRenderer
from avatar.synthetic.actors.acting import act
from avatar.synthetic.actors.pictures import (
    KNOWN_POSE,
    ActorPicture,
    joined,
    known_channels,
)
from avatar.synthetic.characters.bundle import write_bundle
from avatar.synthetic.characters.cast import CAST
from avatar.synthetic.characters.character import Ball, Character, Palette
from avatar.tracking.places import PLACE_GROUPS, Places, group_slice

SIZE, SHOWN_SIZE = 384, 288
"""Pixels of a drawn portrait, and of a picture."""
PEOPLE, POSES = 8, 60
"""Characters in a shard, and pictures of each."""
SHAPE_SPREAD, COLOUR_SPREAD = 0.06, 0.12
"""Standard deviations by which numbers of a character and its colours differ, relative."""
FIRST_ACTOR = 1_000_000
"""Numbers of drawn people begin here."""
UNKNOWN = ("jawForward", "jawLeft", "jawRight", "mouthClose", "mouthLeft", "mouthRight",
           "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
           "mouthDimpleLeft", "mouthDimpleRight", "tongueOut")  # fmt: skip
"""Coefficients that the network is not asked for."""
BELOW_SEAM = ("lower_seam", "lower_lip")
"""Groups that lie below the cut between the lips."""

_POSE = [ARKIT58.index(name) for name in KNOWN_POSE]


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
        yield from warped(renderer, loaded.landmarks, FIRST_ACTOR + seed * PEOPLE + number, rng)


def warped(
    renderer: WarpRenderer, landmarks: Landmarks, actor: int, rng: np.random.Generator
) -> Iterator[ActorPicture]:
    """Pictures of one portrait in motion. The camera comes nearer than the portrait was."""
    limits = np.array([15.0, 12.0, 12.0]) * np.pi / 180
    for _ in range(POSES):
        motion = act(rng, calm=0.5)
        motion[_POSE] = np.clip(motion[_POSE], -limits, limits)
        shown = np.where(KNOWN, motion, ARKIT58.rest).astype(np.float32)
        picture, _ = renderer.render(shown, None)
        places = moved_places(renderer, landmarks, shown)
        zoom = float(rng.uniform(1.0, 1.25))
        side = picture.shape[0] / zoom
        corner = (picture.shape[0] - side) / 2 + rng.normal(0, 0.02, 2) * picture.shape[0]
        scale = SHOWN_SIZE / side
        view = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
        image = cv2.warpAffine(
            picture, view, (SHOWN_SIZE, SHOWN_SIZE),
            flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        moved = ((places - corner) * scale).astype(np.float32)
        yield ActorPicture(_relit(image, rng), shown, KNOWN, moved, actor)


KNOWN = known_channels(
    tuple(name for name in ARKIT58.channels[:52] if name not in UNKNOWN) + KNOWN_POSE
)
"""What a moved portrait shows."""


def moved_places(renderer: WarpRenderer, landmarks: Landmarks, motion: Vector) -> Places:
    """Where a motion takes the landmarks of a portrait; lids that close are not known."""
    above, below = renderer.displaced(motion)
    size = renderer.size[0]
    groups: dict[str, np.ndarray] = {}
    for name in PLACE_GROUPS:
        points = landmarks["lip_seam" if name == "lower_seam" else name]
        field = below if name.startswith(("lower_lid", *BELOW_SEAM)) else above
        groups[name] = (points + _at(field, points, size)).astype(np.float32)
    jaw = landmarks["jaw"]
    groups["jaw"] = (jaw + _at(below, jaw, size)).astype(np.float32)
    places = joined(groups)
    for side in ("Left", "Right"):
        moving = ("eyeBlink", "eyeWide", "eyeLookUp", "eyeLookDown")
        if max(float(motion[ARKIT58.index(name + side)]) for name in moving) > 0.02:
            places[group_slice(f"upper_lid_{side.lower()}")] = np.nan
        places[group_slice(f"iris_{side.lower()}")] = np.nan
    return places


def _at(field: Displacement, points: np.ndarray, size: int) -> np.ndarray:
    cells = ((points + 0.5) * field.shape[0] / size - 0.5).astype(np.float32)
    nothing: Any = None
    return cv2.remap(
        field, cells[:, None], nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )[:, 0]


def _relit(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another exposure, white balance and a light from one side."""
    side = image.shape[0]
    slope = np.outer(np.ones(side), np.linspace(-1, 1, side)) * rng.normal(0, 0.25)
    gain = np.exp(rng.normal(0, 0.2) + slope)[..., None] * np.exp(rng.normal(0, 0.06, 3))
    return np.clip(image * gain, 0, 255).astype(np.uint8)


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
