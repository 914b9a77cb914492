"""Each mark, read back as others would read it."""

import io
import re
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from avatar.marking import DIGITAL_SOURCE_TYPE, marked_jpeg, marked_png, with_badge
from avatar.video import VideoWriter, write_picture


def encoded(suffix: str, picture: np.ndarray) -> bytes:
    _, data = cv2.imencode(suffix, picture)
    return data.tobytes()


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))


def source_type(xmp: str) -> str:
    """The value of the IPTC's property, whatever prefix its namespace has."""
    (prefix,) = re.findall(r'xmlns:(\w+)="http://iptc\.org/std/Iptc4xmpExt/2008-02-29/"', xmp)
    (value,) = re.findall(rf'{prefix}:DigitalSourceType="([^"]+)"', xmp)
    return value


def noise(height: int = 64, width: int = 64) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(("suffix", "mark"), [(".jpg", marked_jpeg), (".png", marked_png)])
def test_a_picture_tells_where_it_is_from_and_stays_as_it_is(suffix: str, mark: Any) -> None:
    plain = encoded(suffix, noise())
    marked = mark(plain)
    image: Any = Image.open(io.BytesIO(marked))
    image.load()
    xmp = image.info["xmp"]
    assert source_type(xmp.decode() if isinstance(xmp, bytes) else xmp) == DIGITAL_SOURCE_TYPE
    before, after = (pixels(data) for data in (plain, marked))
    assert before.shape == (64, 64, 3)
    assert np.array_equal(before, after)


def test_the_mark_of_a_jpeg_is_small_and_behind_its_header() -> None:
    plain = encoded(".jpg", noise())
    marked = marked_jpeg(plain)
    assert 250 < len(marked) - len(plain) <= 300
    assert marked[:20] == plain[:20]
    assert marked[20:22] == b"\xff\xe1"
    assert marked.endswith(plain[20:])


def test_a_jpeg_without_a_header_is_marked_at_its_begin() -> None:
    plain = encoded(".jpg", noise())
    bare = plain[:2] + plain[20:]
    assert marked_jpeg(bare)[:4] == b"\xff\xd8\xff\xe1"


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_written_pictures_are_marked(tmp_path: Path, name: str) -> None:
    write_picture(tmp_path / name, noise())
    assert DIGITAL_SOURCE_TYPE.encode() in (tmp_path / name).read_bytes()


def written(path: Path, picture: np.ndarray, *, badge: bool) -> tuple[dict[str, str], np.ndarray]:
    """Tags and the last picture of a video of one second."""
    height, width = picture.shape[:2]
    with VideoWriter(path, size=(width, height), rate=16_000, badge=badge) as writer:
        for _ in range(25):
            writer.picture(picture)
            writer.sound(np.zeros(640, np.int16))
    with av.open(str(path), options={"export_xmp": "1"}) as container:
        tags = dict(container.metadata)
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(shown) == 25
    return tags, shown[-1]


@pytest.mark.parametrize("badge", [True, False])
def test_a_video_tells_where_it_is_from_with_and_without_a_badge(
    tmp_path: Path, badge: bool
) -> None:
    tags, _ = written(tmp_path / "a.mp4", np.full((64, 64, 3), 90, np.uint8), badge=badge)
    assert source_type(tags["xmp"]) == DIGITAL_SOURCE_TYPE
    assert tags["digital_source_type"] == DIGITAL_SOURCE_TYPE
    assert tags["synthetic_media"] == "true"
    assert "generated" in tags["comment"] == tags["description"]


def test_a_video_shows_its_badge_unless_it_is_told_not_to(tmp_path: Path) -> None:
    grey = np.full((256, 256, 3), 128, np.uint8)
    _, marked = written(tmp_path / "a.mp4", grey, badge=True)
    _, plain = written(tmp_path / "b.mp4", grey, badge=False)
    assert np.abs(plain.astype(int) - 128).max() < 4
    corner = marked[:32, -48:].astype(int)
    assert corner.max() > 225
    assert corner.min() < 70
    rest = marked.copy()
    rest[:32, -48:] = 128
    assert np.abs(rest.astype(int) - 128).max() < 6


def luminance(value: float) -> float:
    """Of a grey, as WCAG has it."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize("size", [128, 256, 512, 1024])
@pytest.mark.parametrize("ground", [0, 80, 128, 200, 255])
def test_the_badge_is_legible_on_any_ground(size: int, ground: int) -> None:
    picture = np.full((size, size, 3), ground, np.uint8)
    marked = with_badge(picture)
    assert (picture == ground).all()
    rows, columns = np.nonzero((marked != picture).any(-1))
    box = marked[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1, 0]
    height, width = box.shape
    assert 0.05 * size <= height <= 0.12 * size
    assert columns.max() < size
    assert rows.min() > 0
    # Down the middle of the I there is a letter, beside it the plate.
    middle = box[height // 2, :].astype(float)
    letter, plate = middle[width // 2 :].max(), middle[width // 2 : -height // 4].min()
    contrast = (luminance(letter) + 0.05) / (luminance(plate) + 0.05)
    assert contrast >= 4.5


@pytest.mark.parametrize("shape", [(256, 192), (144, 256), (8, 8), (20, 200)])
def test_the_badge_fits_any_shape(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 90, np.uint8)
    marked = with_badge(picture)
    assert marked.shape == picture.shape
    changed = (marked != picture).any(-1)
    assert changed.any()
    assert changed.mean() < 0.25 or min(shape) < 24
