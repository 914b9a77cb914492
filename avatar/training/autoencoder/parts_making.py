"""Making pictures of parts: who is in them, and what lies where."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np

from avatar.synthetic.actors.making import Told, make_missing
from avatar.synthetic.actors.making import shard_path as album_path
from avatar.training.autoencoder.parts_people import (
    PartAlbum,
    character_parts,
    shipped_parts,
    still_parts,
    write_parts,
)
from avatar.training.autoencoder.people import SHIPPED, stage

KINDS = (SHIPPED, "still", "drawn")
_SALT = 40
"""Of the seeds: other people than those of the albums."""


def make_parts(
    folder: Path, kind: str, count: int, pictures: int, told: Told, *, processes: int = 1
) -> None:
    """Make the parts of seeds below `count` that are missing.

    Raises PartUnavailable when people cannot be drawn here, MediaError when the folder cannot be
    written.
    """
    make = partial(_make, folder=folder, kind=kind, pictures=pictures)
    make_missing(folder, kind, count, make, told, processes)


def _make(seed: int, *, folder: Path, kind: str, pictures: int) -> None:
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, KINDS.index(kind), _SALT])
    write_parts(_parts(seed, kind, pictures, rng), album_path(folder, kind, seed))


def _parts(seed: int, kind: str, pictures: int, rng: np.random.Generator) -> dict[str, PartAlbum]:
    if kind == SHIPPED:
        return shipped_parts(seed, pictures, rng)
    if kind == "drawn":
        return character_parts(pictures, rng)
    return still_parts(stage(), pictures, rng)
