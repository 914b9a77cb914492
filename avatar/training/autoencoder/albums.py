"""Albums: pictures of one person in known motions before a camera that stands still."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float16, Float32, UInt8

from avatar.errors import MediaError
from avatar.files import beside
from avatar.motion import ARKIT58
from avatar.rendering.close_up import CloseUp
from avatar.synthetic.actors.pictures import packed, unpacked
from avatar.tracking.places import Places

CELL = 4
"""Pixels of a picture for each place at which it is told where its colours come from."""
MARGIN = 8
"""Pixels around what a network is shown, so that a crop can be moved; whole cells."""
QUALITY = 92
"""Of the JPEG pictures on disk."""

Picture = UInt8[np.ndarray, "side side 3"]
Frame = UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True, slots=True)
class AlbumSize:
    """Pictures in an album, and pixels of each without margins."""

    pictures: int
    side: int

    @property
    def whole(self) -> int:
        """Pixels with the margins."""
        return self.side + 2 * MARGIN

    @property
    def cells(self) -> int:
        """Cells with the margins."""
        return self.whole // CELL

    def with_margins(self, close_up: CloseUp) -> CloseUp:
        """What a picture of an album shows of the one it is cut from."""
        return close_up.grown(MARGIN / self.side)

    def cut(self, picture: Frame, close_up: CloseUp) -> bytes:
        """A close-up as an album keeps it; what lies outside continues the border."""
        view = self.with_margins(close_up).view(self.whole)
        way = cv2.INTER_AREA if view[0, 0] < 1 else cv2.INTER_CUBIC
        size = (self.whole, self.whole)
        shown = cv2.warpAffine(picture, view, size, flags=way, borderMode=cv2.BORDER_REPLICATE)
        bgr = cv2.cvtColor(shown, cv2.COLOR_RGB2BGR)
        return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()

    def seen(self, places: Places, close_up: CloseUp) -> Places:
        """Landmarks as an album keeps them."""
        view = self.with_margins(close_up).view(self.whole)
        return (places @ view[:, :2].T + view[:, 2]).astype(np.float32)

    def nobody_knows(self, pictures: int) -> Float16[np.ndarray, "pictures cells cells 2"]:
        """Where colours come from, where nothing tells."""
        return np.full((pictures, self.cells, self.cells, 2), np.nan, np.float16)


@dataclass(frozen=True, eq=False)
class Album:
    """Pictures of one person, encoded; the first is the portrait.

    `motion` is `arkit58`, NaN where it is not known. `sources` tell for each cell of a picture
    how far away in the portrait its colours are, in sides of the picture without margins, right and
    down; NaN where nobody knows. `places` are landmarks of the portrait in pixels.
    """

    encoded: tuple[bytes, ...]
    motion: Float32[np.ndarray, "pictures 58"]
    sources: Float16[np.ndarray, "pictures cells cells 2"]
    places: Float32[np.ndarray, "96 2"]

    def __len__(self) -> int:
        return len(self.encoded)

    def picture(self, index: int) -> Picture:
        """One picture, RGB, with its margins."""
        pixels: Any = cv2.imdecode(np.frombuffer(self.encoded[index], np.uint8), cv2.IMREAD_COLOR)
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)

    def write(self, path: Path) -> None:
        """Write, whole or not at all. Raises MediaError when it cannot be."""
        encoded, ends = packed(self.encoded)
        with beside(path) as part, part.open("wb") as stream:
            np.savez_compressed(
                stream,
                allow_pickle=False,
                encoded=encoded,
                ends=ends,
                motion=self.motion,
                sources=self.sources,
                places=self.places,
            )

    @property
    def at_rest(self) -> bool:
        """Whether the first picture shows a face at rest; that of a video need not."""
        return bool((self.motion[0] == ARKIT58.rest).all())

    @classmethod
    def read(cls, path: Path) -> "Album":
        """Raises MediaError for a file that is none."""
        try:
            with path.open("rb") as stream, np.load(stream) as stored:
                parts = {name: stored[name] for name in stored.files}
            return cls(
                unpacked(parts["encoded"], parts["ends"]),
                parts["motion"],
                parts["sources"],
                parts["places"],
            )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise MediaError(f"{path}: no album of a person ({error}): make it again") from error
