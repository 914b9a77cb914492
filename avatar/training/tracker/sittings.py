"""Portraits of strangers: how many become an avatar without a hand."""

from dataclasses import dataclass
from time import perf_counter

import cv2
import numpy as np

from avatar.errors import VisavisError
from avatar.portraits.creating import create
from avatar.portraits.finding import PortraitFinder
from avatar.rendering.base import Picture
from avatar.rendering.landmarks import Landmarks
from avatar.synthetic.actors.stage import Stage
from avatar.synthetic.actors.stills import sitting
from avatar.tracking.networks import frame_of
from avatar.tracking.places import Places

SIZE = 512
FIRST_PERSON = 700_000
"""Seeds of people whom no shard holds."""
MOST_LEAN_DEG = 8.0
MOST_MISSED = 0.04
"""Mean error of the landmarks in inter-ocular distances up to which nobody has to move one."""


@dataclass(frozen=True, slots=True)
class Sittings:
    """What became of people who sat for a portrait: `missed` is the mean error of landmarks in
    inter-ocular distances, `seconds` the median time of a creation.
    """

    people: int
    without_a_hand: int
    missed: float
    seconds: float


def sat(finder: PortraitFinder, stage: Stage, people: int) -> Sittings:
    """Make avatars of strangers; the stage is of `SIZE`."""
    missed, seconds = list[float](), list[float]()
    for seed in range(FIRST_PERSON, FIRST_PERSON + people):
        rng = np.random.default_rng([seed, 9])
        picture, places = _leaning(*sitting(stage, rng), rng)
        begun = perf_counter()
        off = _created(finder, picture, places)
        seconds.append(perf_counter() - begun)
        missed.append(off)
    good = np.array(missed)
    return Sittings(
        people,
        int((good < MOST_MISSED).sum()),
        float(good[np.isfinite(good)].mean()),
        float(np.median(seconds)),
    )


def _leaning(picture: Picture, places: Places, rng: np.random.Generator) -> tuple[Picture, Places]:
    """Nobody holds a camera quite straight."""
    middle = (SIZE - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), float(rng.uniform(-1, 1)) * MOST_LEAN_DEG, 1.0)
    turned = cv2.warpAffine(
        picture, turn, (SIZE, SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    moved = places @ turn[:, :2].T + turn[:, 2]
    return turned.astype(np.uint8, copy=False), moved.astype(np.float32)


def _created(finder: PortraitFinder, picture: Picture, places: Places) -> float:
    """How far landmarks are off; infinite when no avatar comes of it."""
    try:
        found = finder.find(picture)
        portrait = create(found)
        Landmarks(portrait.groups, size=portrait.picture.shape[0], source="the portrait")
    except VisavisError:
        return float("inf")
    if portrait.refused:
        return float("inf")
    off = np.linalg.norm(found.fine.places - places, axis=1)
    return float(np.nanmean(off)) / frame_of(places).unit
