"""Photos of every kind, and files that are none."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from avatar.errors import MediaError
from avatar.portraits.photo import BEHIND, LONGER_SIDE, read_photo


def scene(width: int = 320, height: int = 240) -> Image.Image:
    """Red at the top left, blue at the bottom right."""
    pixels = np.full((height, width, 3), 120, np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    pixels[height // 2 :, width // 2 :] = (30, 30, 220)
    return Image.fromarray(pixels)


def is_scene(pixels: np.ndarray) -> bool:
    height, width = pixels.shape[:2]
    first, last = pixels[height // 4, width // 4], pixels[3 * height // 4, 3 * width // 4]
    return bool(first[0] > 180 > first[2] and last[2] > 180 > last[0])


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "heic", "bmp", "tiff"])
def test_what_cameras_and_programs_write(tmp_path: Path, ending: str) -> None:
    if ending == "heic":
        pillow_heif = pytest.importorskip("pillow_heif")
        pillow_heif.register_heif_opener()
    path = tmp_path / f"photo.{ending}"
    scene().save(path)
    photo = read_photo(path)
    assert photo.pixels.shape == (240, 320, 3)
    assert is_scene(photo.pixels)
    assert photo.notes == ()


def test_a_picture_that_lies_on_its_side_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    scene().transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    photo = read_photo(path)
    assert photo.pixels.shape == (240, 320, 3)
    assert is_scene(photo.pixels)


@pytest.mark.parametrize("mode", ["CMYK", "L", "LA", "RGBA", "P", "1", "I;16", "F", "YCbCr"])
def test_every_mode_becomes_colours(tmp_path: Path, mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.asarray(scene().convert("L")).astype(np.uint16) * 257)
    else:
        image = scene().convert(mode)
    path = tmp_path / ("photo.jpg" if mode in ("CMYK", "YCbCr") else "photo.tiff")
    image.save(path)
    pixels = read_photo(path).pixels
    assert pixels.dtype == np.uint8
    assert pixels.shape == (240, 320, 3)
    if mode in ("CMYK", "RGBA", "P", "YCbCr"):
        assert is_scene(pixels)
    assert pixels.std() > 20


def test_transparent_parts_become_grey_and_it_says_so(tmp_path: Path) -> None:
    image = scene().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.save(tmp_path / "ghost.png")
    photo = read_photo(tmp_path / "ghost.png")
    assert (photo.pixels == BEHIND).all()
    assert "transparent" in photo.notes[0]


def test_of_an_animation_the_first_picture_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    scene().save(path, save_all=True, append_images=[Image.new("RGB", (320, 240), "white")])
    photo = read_photo(path)
    assert is_scene(photo.pixels)
    assert "2 pictures" in photo.notes[0]


def test_a_hundred_megapixels_are_read_small(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    scene(40, 30).resize((11_600, 8_700)).save(path, quality=30)
    photo = read_photo(path)
    assert max(photo.pixels.shape) <= LONGER_SIDE
    assert is_scene(photo.pixels)


def test_a_hundred_megapixels_that_cannot_be_read_small_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    Image.new("L", (11_600, 8_700)).save(path, compress_level=1)
    with pytest.raises(MediaError, match=r"11600 x 8700 pixels are too many"):
        read_photo(path)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
@pytest.mark.parametrize("share", [0.1, 0.6, 0.95])
def test_a_file_that_was_cut_short(tmp_path: Path, ending: str, share: float) -> None:
    whole, path = tmp_path / f"whole.{ending}", tmp_path / f"cut.{ending}"
    chance = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(chance).save(whole)
    path.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    with pytest.raises(MediaError, match=rf"cut\.{ending}: "):
        read_photo(path)


@given(data=st.binary(max_size=400))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_bytes_that_are_no_picture_are_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff" + data)
    with pytest.raises(MediaError, match=r"photo\.jpg"):
        read_photo(path)


def test_what_is_not_there_and_what_is_too_small(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        read_photo(tmp_path / "nobody.jpg")
    scene(60, 90).save(tmp_path / "tiny.png")
    with pytest.raises(MediaError, match="60 x 90 pixels; a portrait needs 128"):
        read_photo(tmp_path / "tiny.png")
