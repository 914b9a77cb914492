"""Who is in the albums: parametric people, portraits of them in motion, and drawn characters.

The portrait renderer tells where each pixel comes from, which a network would otherwise have to
find out; parametric people tell how heads really turn.
"""

from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

from avatar.synthetic.actors.assets import HumanAssets
from avatar.synthetic.actors.making import Told, make_missing
from avatar.synthetic.actors.making import shard_path as album_path
from avatar.synthetic.actors.stage import Stage
from avatar.training.autoencoder.albums import Album, AlbumSize
from avatar.training.autoencoder.humans import human_album
from avatar.training.autoencoder.portraits import SIZE, drawn_album, shipped_album, still_album

SHIPPED = "shipped"
KINDS = (SHIPPED, "still", "drawn", "human")
_SALT = 12
"""Of the seeds: other people than those whom the tracker knows."""


def make_albums(
    folder: Path, kind: str, count: int, size: AlbumSize, told: Told, *, processes: int = 1
) -> None:
    """Make the albums of seeds below `count` that are missing.

    Raises PartUnavailable when people cannot be drawn here, MediaError when the folder cannot be
    written.
    """
    make = partial(_make, folder=folder, kind=kind, size=size)
    make_missing(folder, kind, count, make, told, processes)


def _make(seed: int, *, folder: Path, kind: str, size: AlbumSize) -> None:
    cv2.setNumThreads(1)
    album(kind, seed, size).write(album_path(folder, kind, seed))


def album(kind: str, seed: int, size: AlbumSize) -> Album:
    """The album of one person; of the avatars that ship, the seed is the number."""
    rng = np.random.default_rng([seed, KINDS.index(kind), _SALT])
    if kind == SHIPPED:
        return shipped_album(seed, size, rng)
    if kind == "drawn":
        return drawn_album(size, rng)
    make = still_album if kind == "still" else human_album
    return make(stage(), size, rng)


@cache
def stage() -> Stage:
    """One stage for all albums of a process."""
    return Stage(HumanAssets(), SIZE)
