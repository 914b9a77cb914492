"""Reading a photo, whatever a camera or a program has made of it."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

from avatar.errors import MediaError

LONGER_SIDE = 2048
"""Pixels to which a photo is shrunk; a face needs no more."""
LEAST_SIDE = 128
MOST_PIXELS = 60_000_000
"""Of a picture that cannot be decoded at a smaller size: it would take 200 MB."""
BEHIND = (128, 128, 128)
"""What shows through where a picture is transparent."""
FULL_DEPTH = 65535.0


@dataclass(frozen=True, eq=False)
class Photo:
    """RGB pixels, upright as its camera says, and what was done to get them, in words."""

    pixels: UInt8[np.ndarray, "height width 3"]
    notes: tuple[str, ...] = ()


def read_photo(path: Path) -> Photo:
    """Read a JPEG, PNG, WebP, HEIC or anything else that Pillow reads.

    Raises MediaError for a file that is no picture, is cut short, is too large or too small.
    """
    _know_heic()
    try:
        with warnings.catch_warnings():
            # How large a picture may be is decided below, by what its decoding takes.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                return _decoded(path, image)
    except FileNotFoundError as error:
        raise MediaError(f"{path}: there is no such file") from error
    except UnidentifiedImageError as error:
        hint = " (for HEIC: pip install 'visavis[heic]')" if _is_heic(path) else ""
        raise MediaError(
            f"{path}: not a picture that can be read{hint}; save it as JPEG or PNG"
        ) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise MediaError(
            f"{path}: the picture is damaged or cut short ({error}); get the file again"
        ) from error


def _decoded(path: Path, image: Any) -> Photo:
    notes = list[str]()
    if getattr(image, "n_frames", 1) > 1:
        notes.append(f"the file has {image.n_frames} pictures: the first is taken")
    width, height = image.size
    image.draft("RGB", (LONGER_SIDE, LONGER_SIDE))
    if image.size[0] * image.size[1] > MOST_PIXELS:
        raise MediaError(
            f"{path}: {width} x {height} pixels are too many; save it with at most "
            f"{LONGER_SIDE} pixels a side"
        )
    if min(width, height) < LEAST_SIDE:
        raise MediaError(
            f"{path}: {width} x {height} pixels; a portrait needs {LEAST_SIDE} a side at least"
        )
    image = ImageOps.exif_transpose(image)
    colours = _in_colours(image, notes)
    colours.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
    return Photo(np.ascontiguousarray(np.asarray(colours)), tuple(notes))


def _in_colours(image: Any, notes: list[str]) -> Any:
    """Eight-bit RGB of any mode."""
    if image.mode.startswith("I") or image.mode == "F":
        levels = np.asarray(image, np.float64)
        most = FULL_DEPTH if levels.max() > np.iinfo(np.uint8).max else np.iinfo(np.uint8).max
        return Image.fromarray((levels / most * 255).clip(0, 255).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        notes.append("transparent parts are filled with grey")
        flat = Image.new("RGBA", image.size, (*BEHIND, 255))
        return Image.alpha_composite(flat, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _know_heic() -> None:
    """HEIC is read where the extra is installed."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return
    register_heif_opener()


def _is_heic(path: Path) -> bool:
    return path.suffix.lower() in (".heic", ".heif")
