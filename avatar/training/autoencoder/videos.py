"""Albums from face videos: close-ups that stand still, and the motion that the tracker sees."""

import glob
import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from avatar.clock import TICK_S
from avatar.errors import DataError, MediaError
from avatar.footage import pictures_of
from avatar.motion import ARKIT58
from avatar.portraits.finding import PortraitFinder
from avatar.rendering.base import Picture
from avatar.rendering.close_up import CloseUp
from avatar.tracking.base import UserTracker
from avatar.tracking.networks import eye_middle
from avatar.training.autoencoder.albums import Album, AlbumSize

VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
LENGTH_S = 10.0
"""Of a piece of video that becomes an album: the camera should stand still for so long."""
FEWEST = 2
"""Pictures that an album needs."""

Told = Callable[[str, int, int], None]
"""Told what is read, and how many videos of how many are done."""


def videos_in(folders: Sequence[Path]) -> list[Path]:
    """Video files of folders, by name. Raises DataError for a folder that holds none."""
    found = list[Path]()
    for folder in folders:
        if not folder.is_dir():
            raise DataError(f"{folder}: no such folder; --data takes folders of face videos")
        own = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEOS)
        if not own:
            raise DataError(f"{folder}: holds no videos ({', '.join(VIDEOS)})")
        found += own
    return found


def _digest(video: Path) -> str:
    """Tells videos of one name in several folders apart."""
    return hashlib.sha256(str(video.resolve()).encode()).hexdigest()[:8]


class VideoReader:
    """Cuts videos of one face each into albums."""

    def __init__(self, finder: PortraitFinder, tracker: UserTracker[Any]) -> None:
        self._finder, self._tracker = finder, tracker

    def albums(self, video: Path, size: AlbumSize) -> Iterator[Album]:
        """An album of each piece in which a face is found; pieces without one are left out.

        Raises MediaError for what is no video.
        """
        pictures = pictures_of(video)
        ticks = round(LENGTH_S / TICK_S)
        while piece := list(islice(pictures, ticks)):
            album = self._album(piece, size)
            if album is not None:
                yield album

    def _album(self, piece: Sequence[Picture], size: AlbumSize) -> Album | None:
        try:
            found = self._finder.find(piece[0])
        except MediaError:
            return None
        if found.turned or len(piece) < FEWEST:
            return None
        places = found.fine.places
        close_up = CloseUp.of_eyes(*(eye_middle(places, side) for side in ("right", "left")))
        motions = self._motions(piece)
        kept = [index for index, motion in enumerate(motions) if motion is not None]
        spread = (
            np.linspace(0, len(kept) - 1, min(size.pictures - 1, len(kept))).round().astype(int)
        )
        chosen = [0, *(kept[index] for index in spread if kept[index] > 0)]
        if len(chosen) < FEWEST:
            return None
        unknown = np.full(ARKIT58.dim, np.nan, np.float32)
        seen = (motions[index] for index in chosen)
        return Album(
            tuple(size.cut(piece[index], close_up) for index in chosen),
            np.stack([unknown if motion is None else motion for motion in seen]),
            size.nobody_knows(len(chosen)),
            size.seen(places, close_up),
        )

    def _motions(self, piece: Sequence[Picture]) -> list[Float32[np.ndarray, "58"] | None]:
        """What the tracker sees in each picture; None where it sees no face."""
        state = self._tracker.start()
        motions = list[Float32[np.ndarray, "58"] | None]()
        for index, picture in enumerate(piece):
            face, state = self._tracker.step(picture, index * TICK_S, state)
            motions.append(None if face is None else face.motion)
        return motions


def make_video_albums(
    folders: Sequence[Path], out: Path, size: AlbumSize, reader: VideoReader, told: Told
) -> list[Path]:
    """The albums of all videos of folders, made where they are missing; their files.

    A video that is read to its end leaves a mark, so that none is read twice. Raises DataError when
    no face was found in any of them.
    """
    out.mkdir(parents=True, exist_ok=True)
    videos, albums = videos_in(folders), list[Path]()
    for done, video in enumerate(videos):
        told("videos", done, len(videos))
        name = f"video-{video.stem}-{_digest(video)}"
        mark = out / f"{name}.read"
        if not mark.exists():
            for number, album in enumerate(reader.albums(video, size)):
                album.write(out / f"{name}-{number:04d}.npz")
            mark.touch()
        albums += sorted(out.glob(f"{glob.escape(name)}-*.npz"))
    told("videos", len(videos), len(videos))
    if not albums:
        raise DataError(
            f"no face was found in {len(videos)} videos: give videos of one upright face, near "
            "enough to be a tenth of the picture"
        )
    return albums
