"""What is compared: the pictures of a video or of a folder, and the video's sound."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar.errors import MediaError
from avatar.footage import pictures_of
from avatar.media import read_sound
from avatar.rendering.base import Picture
from avatar.tick import Samples


@dataclass(frozen=True, slots=True)
class Footage:
    """A video, or a folder of pictures in the order of their names. Read anew each time."""

    path: Path

    def __iter__(self) -> Iterator[Picture]:
        """The pictures at 25 a second.

        Raises MediaError for what cannot be read, or has pictures of two sizes.
        """
        size: str | None = None
        for index, picture in enumerate(pictures_of(self.path)):
            size = size or _size(picture)
            if _size(picture) != size:
                raise MediaError(
                    f"{self.path}, picture {index}: {_size(picture)} pixels after {size}; make all "
                    "pictures one size"
                )
            yield picture

    def first(self) -> Picture:
        """The first picture."""
        return next(iter(self))

    def spoken(self) -> tuple[Iterator[Picture], Samples]:
        """Pictures at 25 a second, and their sound at 16 kHz. Raises MediaError without sound."""
        if self.path.is_dir():
            raise MediaError(f"{self.path}: a folder of pictures has no sound; give a video")
        sound = read_sound(self.path)
        if sound is None:
            raise MediaError(f"{self.path}: lips and voice are needed, and it lacks sound")
        return iter(self), sound.heard()


def _size(picture: Picture) -> str:
    height, width = picture.shape[:2]
    return f"{width} x {height}"


def require_one_size(a: Footage, b: Footage) -> None:
    """Raise MediaError unless the pictures of both have one size."""
    sizes = [_size(footage.first()) for footage in (a, b)]
    if sizes[0] != sizes[1]:
        raise MediaError(
            f"{a.path} has {sizes[0]} pixels, {b.path} {sizes[1]}: pictures are compared at one "
            "size; scale one of them"
        )


def pairs(a: Footage, b: Footage) -> Iterator[tuple[Picture, Picture]]:
    """Pictures of one place, as long as both last."""
    return zip(a, b, strict=False)
