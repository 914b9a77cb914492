"""A portrait as motion auto-encoders take it: a square around the face of a photo."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatar.assets import bundle_folder
from avatar.portraits.finding import PortraitFinder
from avatar.portraits.photo import read_photo
from avatar.rendering.bundle import load_bundle
from avatar.tracking.places import Places, group
from avatar.tracking.squares import Cut, FaceBox, Pixels, cut_square, square_around

OUTLINE = ("jaw", "cheek", "forehead")
"""Landmarks that the box of a face goes around."""


@dataclass(frozen=True, eq=False)
class PortraitPicture:
    """Pixels that show a person, and what they are called and may be used for."""

    name: str
    licence: str
    pixels: Pixels


def read_portrait(source: str) -> PortraitPicture:
    """The picture of a photo's file, of a bundle's folder, or of an avatar that ships.

    Raises MediaError for a file that is no picture, BundleError for a folder that is no bundle, and
    UnknownPart for a name that nothing has.
    """
    file = Path(source)
    if file.is_file():
        return PortraitPicture(file.stem, "private", read_photo(file).pixels)
    bundle = load_bundle(bundle_folder(source))
    return PortraitPicture(bundle.manifest.name, bundle.manifest.licence, bundle.portrait)


def portrait_crop(picture: Pixels, finder: PortraitFinder, size: int) -> Cut:
    """The face of a picture, turned upright, with what is around it, `size` pixels a side.

    Raises MediaError when there is no face, or several that compete.
    """
    found = finder.find(picture)
    height, width = found.grey.shape
    square = square_around(face_box(found.fine.places), width, height)
    return cut_square(found.pixels, square, size)


def face_box(places: Places) -> FaceBox:
    """The box that the usual detectors draw, from landmarks."""
    outline = np.concatenate([group(places, name) for name in OUTLINE])
    least, most = outline.min(axis=0), outline.max(axis=0)
    x, y = (float(value) for value in (least + most) / 2)
    width, height = (float(value) for value in most - least)
    return FaceBox(x, y, width, height)
