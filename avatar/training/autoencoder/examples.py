"""From albums to what a step is shown: a source and drivers of each person, spoiled alike."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, Float32, Float64
from torch import Tensor

from avatar.motion import ARKIT58, POSE
from avatar.rendering.moving import mirrored_flow
from avatar.rendering.part_painter import mirror_image
from avatar.tracking.networks import eye_middle
from avatar.tracking.places import group_slice
from avatar.training.autoencoder.albums import CELL, MARGIN, Album
from avatar.training.autoencoder.recipes import DrawRecipe, LossRecipe

EYE_REACH, MOUTH_REACH = 0.3, 0.45
"""Standard deviations of the places that count more, in inter-ocular distances."""
GAIN_SPREAD, TINT_SPREAD, GAMMA_SPREAD = 0.15, 0.06, 0.15
"""Standard deviations of the logarithms of exposure, colour and contrast."""
DRAWN_LIDS = 0.1
"""Blink from which lids are drawn over the eye, and its colours come from nowhere."""
BLINKS = [ARKIT58.index("eyeBlinkLeft"), ARKIT58.index("eyeBlinkRight")]

CANDIDATES, LIVELY = 4, 0.1
"""Of how many pictures the liveliest is taken, and radians of a turn that jaw or lid weigh up."""
TURNS = [ARKIT58.index(name) for name in POSE[:3]]
SHOWN_MOST = [*BLINKS, ARKIT58.index("jawOpen")]


class Batch(NamedTuple):
    """Sources of people, and of each so many drivers, person by person.

    Pictures are -1 to 1. `motion` is NaN where it is not known, `sources` where no one knows;
    `weights` say how much pixels count, on cells of a picture.
    """

    source: Float[Tensor, "people 3 side side"]
    driver: Float[Tensor, "pictures 3 side side"]
    motion: Float[Tensor, "pictures 58"]
    sources: Float[Tensor, "pictures 2 cells cells"]
    weights: Float[Tensor, "people 1 cells cells"]


class Drawn(NamedTuple):
    """What is drawn of one person, as arrays."""

    source: np.ndarray
    drivers: np.ndarray
    motion: np.ndarray
    sources: np.ndarray
    weights: np.ndarray


def drawn_batch(
    albums: Sequence[Album],
    odds: Float64[np.ndarray, " albums"],
    draw: DrawRecipe,
    losses: LossRecipe,
    rng: np.random.Generator,
) -> Batch:
    """A batch of random people; `odds` are those of each album."""
    chosen = rng.choice(len(albums), size=draw.people, p=odds)
    people = [drawn_person(albums[int(index)], draw, losses, rng) for index in chosen]
    source, drivers, motion, sources, weights = (
        torch.from_numpy(np.ascontiguousarray(np.concatenate(column)))
        for column in zip(*people, strict=True)
    )
    return Batch(
        as_colours(source),
        as_colours(drivers),
        motion,
        rearrange(sources.float(), "b h w c -> b c h w"),
        weights[:, None],
    )


def drawn_person(
    album: Album, draw: DrawRecipe, losses: LossRecipe, rng: np.random.Generator
) -> Drawn:
    """A source and drivers of one person, in the same crop, mirror and light."""
    portrait = rng.random() < draw.portrait_share and album.at_rest
    source = 0 if portrait else int(rng.integers(len(album)))
    others = [index for index in range(len(album)) if index != source]
    drivers = [_driver(album, others, draw, rng) for _ in range(draw.drivers)]
    right, down = (int(value) * CELL for value in rng.integers(0, 2 * MARGIN // CELL + 1, 2))
    table, flipped = light(rng), rng.random() < 0.5

    def shown(picture: np.ndarray) -> np.ndarray:
        side = picture.shape[0] - 2 * MARGIN
        crop = picture[down : down + side, right : right + side]
        lit = cv2.LUT(np.ascontiguousarray(crop), table)
        return lit[:, ::-1] if flipped else lit

    side = album.picture(0).shape[0] - 2 * MARGIN
    rows, columns = (slice(edge // CELL, (edge + side) // CELL) for edge in (down, right))
    sources = album.sources[drivers][:, rows, columns].astype(np.float32)
    motion = album.motion[drivers]
    eyes = importance(album, LossRecipe(eyes=1.0, mouth=0.0), (right, down), side) > 1.5
    blinks = np.any(motion[:, BLINKS] > DRAWN_LIDS, axis=1)
    sources[blinks[:, None, None] & eyes] = np.nan
    if source != 0:
        sources = np.full_like(sources, np.nan)
    weights = importance(album, losses, (right, down), side)
    if flipped:
        sources = mirrored_flow(sources)
        motion, weights = np.stack([mirror_image(one) for one in motion]), weights[:, ::-1]
    return Drawn(
        shown(album.picture(source))[None],
        np.stack([shown(album.picture(index)) for index in drivers]),
        motion,
        sources,
        weights[None],
    )


def _driver(album: Album, others: list[int], draw: DrawRecipe, rng: np.random.Generator) -> int:
    """Any picture; in a share of draws, of some the one whose face does most and head least."""
    if rng.random() >= draw.lively_share:
        return int(rng.choice(others))
    chosen = rng.choice(others, CANDIDATES)
    motion = np.nan_to_num(album.motion[chosen])
    turned = np.linalg.norm(motion[:, TURNS], axis=1)
    done = motion[:, SHOWN_MOST].sum(axis=1)
    return int(chosen[int(np.argmin(turned - LIVELY * done))])


def importance(
    album: Album, losses: LossRecipe, corner: tuple[int, int], side: int
) -> Float32[np.ndarray, "cells cells"]:
    """How much each cell of a crop counts: eyes and mouth more than the rest."""
    places = album.places
    if not np.isfinite(places).any():
        return np.ones((side // CELL, side // CELL), np.float32)
    right, left = (eye_middle(places, name) for name in ("right", "left"))
    unit = float(np.linalg.norm(left - right))
    mouth = np.nanmean(places[group_slice("mouth_corners")], axis=0)
    line = np.arange(side // CELL, dtype=np.float32) * CELL + CELL / 2
    x, y = np.meshgrid(line + corner[0], line + corner[1])
    total = np.ones_like(x)
    for middle, reach, more in (
        (right, EYE_REACH, losses.eyes),
        (left, EYE_REACH, losses.eyes),
        (mouth, MOUTH_REACH, losses.mouth),
    ):
        away = ((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / (2 * (reach * unit) ** 2)
        total += more * np.exp(-away)
    return total.astype(np.float32)


def as_colours(pictures: Tensor) -> Float[Tensor, "pictures 3 side side"]:
    """From bytes to -1 to 1."""
    return rearrange(pictures, "b h w c -> b c h w").float() / 127.5 - 1


def light(rng: np.random.Generator) -> np.ndarray:
    """Another exposure, white balance and contrast, as a table of levels for each colour."""
    levels = np.linspace(0, 1, 256)[:, None] ** np.exp(rng.normal(0, GAMMA_SPREAD))
    gain = np.exp(rng.normal(0, GAIN_SPREAD) + rng.normal(0, TINT_SPREAD, 3))
    return (levels * gain * 255).clip(0, 255).astype(np.uint8)[None]
