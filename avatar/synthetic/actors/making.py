"""Making the pictures that a tracker learns from: shards of synthetic people, on several cores."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import cv2

from avatar.synthetic.actors.assets import HumanAssets
from avatar.synthetic.actors.drawn import characters
from avatar.synthetic.actors.humans import SIZE, people
from avatar.synthetic.actors.pictures import ActorPicture, Shard
from avatar.synthetic.actors.stage import Stage
from avatar.synthetic.actors.stills import SIZE as STILL_SIZE
from avatar.synthetic.actors.stills import stills

KINDS = ("human", "drawn", "still")
Told = Callable[[str, int, int], None]
"""Told the kind, and how many shards of how many are there."""


def shard_path(folder: Path, kind: str, seed: int) -> Path:
    """Where a shard lies."""
    return folder / f"{kind}-{seed:04d}.npz"


def make_shards(folder: Path, kind: str, count: int, told: Told, *, processes: int = 1) -> None:
    """Make the shards of seeds below `count` that are missing.

    Raises PartUnavailable when people cannot be drawn here, MediaError when the folder cannot be
    written.
    """
    make_missing(folder, kind, count, partial(_make, folder=folder, kind=kind), told, processes)


def make_missing(
    folder: Path, kind: str, count: int, make: Callable[[int], None], told: Told, processes: int
) -> None:
    """Make what a folder lacks of the seeds below `count`, in processes; `make` writes
    `shard_path` of a seed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in range(count) if not shard_path(folder, kind, seed).exists()]
    done = count - len(missing)
    told(kind, done, count)
    if not missing:
        return
    with ProcessPoolExecutor(processes) as pool:
        for _ in pool.map(make, missing):
            done += 1
            told(kind, done, count)


def pictures(kind: str, seed: int) -> Iterator[ActorPicture]:
    """The pictures of one shard."""
    if kind == "drawn":
        return characters(seed)
    if kind == "still":
        return stills(_stage(STILL_SIZE), seed)
    return people(_stage(SIZE), seed)


def _make(seed: int, *, folder: Path, kind: str) -> None:
    cv2.setNumThreads(1)
    Shard.of(list(pictures(kind, seed))).write(shard_path(folder, kind, seed))


@cache
def _stage(size: int) -> Stage:
    """One stage for all shards of a process."""
    return Stage(HumanAssets(), size)
