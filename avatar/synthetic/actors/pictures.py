"""Pictures of synthetic people with all that is known of them, and shards of them on disk."""

import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from avatar.errors import MediaError
from avatar.files import beside
from avatar.motion import ARKIT58, Vector
from avatar.tracking.places import PLACE_GROUPS, Places

QUALITY = 92
"""Of the JPEG pictures in a shard."""


@dataclass(frozen=True, eq=False)
class ActorPicture:
    """One picture.

    `motion` is `arkit58`; `known` marks the channels that the picture shows for sure; `places` are
    NaN where a point is not known; `covered` marks points that something worn hides. `actor` tells
    people apart.
    """

    image: UInt8[np.ndarray, "size size 3"]
    motion: Vector
    known: np.ndarray
    places: Places
    covered: Bool[np.ndarray, "96"]
    actor: int


def joined(
    groups: dict[str, Float32[np.ndarray, "_ axes"]], dimensions: int = 2
) -> Float32[np.ndarray, "96 axes"]:
    """Landmark groups as one array, NaN for groups that are missing."""
    return np.concatenate(
        [
            groups.get(name, np.full((count, dimensions), np.nan, np.float32))
            for name, count in PLACE_GROUPS.items()
        ]
    ).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Shard:
    """Many pictures, encoded; `pictures` decodes them."""

    encoded: tuple[bytes, ...]
    motion: Float32[np.ndarray, "pictures 58"]
    known: np.ndarray
    places: Float32[np.ndarray, "pictures 96 2"]
    covered: Bool[np.ndarray, "pictures 96"]
    actor: np.ndarray

    @classmethod
    def of(cls, pictures: list[ActorPicture]) -> "Shard":
        """Encode pictures."""
        encoded = [
            cv2.imencode(".jpg", picture.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
            for picture in pictures
        ]
        return cls(
            tuple(data.tobytes() for data in encoded),
            np.stack([picture.motion for picture in pictures]),
            np.stack([picture.known for picture in pictures]),
            np.stack([picture.places for picture in pictures]),
            np.stack([picture.covered for picture in pictures]),
            np.array([picture.actor for picture in pictures]),
        )

    def __len__(self) -> int:
        return len(self.encoded)

    def __getitem__(self, index: int) -> ActorPicture:
        data = np.frombuffer(self.encoded[index], np.uint8)
        pixels: Any = cv2.imdecode(data, cv2.IMREAD_COLOR)
        return ActorPicture(
            image=np.ascontiguousarray(pixels[..., ::-1]),
            motion=self.motion[index],
            known=self.known[index],
            places=self.places[index],
            covered=self.covered[index],
            actor=int(self.actor[index]),
        )

    def write(self, path: Path) -> None:
        """Write, whole or not at all. Raises MediaError when it cannot be."""
        encoded, ends = packed(self.encoded)
        with beside(path) as part, part.open("wb") as stream:
            np.savez(
                stream,
                encoded=encoded,
                ends=ends,
                motion=self.motion,
                known=self.known,
                places=self.places,
                covered=self.covered,
                actor=self.actor,
            )

    @classmethod
    def read(cls, path: Path) -> "Shard":
        """Raises MediaError for a file that is none."""
        try:
            with path.open("rb") as stream, np.load(stream) as stored:
                parts = {name: stored[name] for name in stored.files}
            return cls(
                unpacked(parts["encoded"], parts["ends"]),
                parts["motion"],
                parts["known"],
                parts["places"],
                parts["covered"],
                parts["actor"],
            )
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
            raise MediaError(f"{path}: not a shard of actors ({error}): make it again") from error


KNOWN_POSE = ("headYaw", "headPitch", "headRoll")


def known_channels(names: tuple[str, ...]) -> np.ndarray:
    """A mask of the channels in `names`."""
    mask = np.zeros(ARKIT58.dim, bool)
    mask[[ARKIT58.index(name) for name in names]] = True
    return mask


def packed(encoded: tuple[bytes, ...]) -> tuple[UInt8[np.ndarray, " bytes"], np.ndarray]:
    """Encoded pictures as one array, and where each ends in it."""
    return np.frombuffer(b"".join(encoded), np.uint8), np.cumsum([len(data) for data in encoded])


def unpacked(encoded: UInt8[np.ndarray, " bytes"], ends: np.ndarray) -> tuple[bytes, ...]:
    """The pictures that `packed` made one array of."""
    data = encoded.tobytes()
    return tuple(data[a:b] for a, b in pairwise([0, *ends.tolist()]))
