"""A portrait as an auto-encoder takes it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar.assets import bundle_folder
from avatar.errors import BundleError, MediaError, UnknownPart
from avatar.portraits.cropping import face_box, portrait_crop, read_portrait
from avatar.portraits.finding import PortraitFinder
from avatar.rendering.base import Picture
from avatar.rendering.bundle import Bundle
from avatar.tracking.observing import presence_of


@pytest.fixture(scope="module")
def crop(ana: Bundle, finder: PortraitFinder) -> Picture:
    return portrait_crop(ana.portrait, finder, 256)


def test_the_face_fills_half_of_the_height(crop: Picture, finder: PortraitFinder) -> None:
    assert crop.shape == (256, 256, 3)
    box = face_box(finder.find(crop).fine.places)
    assert box.height / 256 == pytest.approx(0.5, abs=0.02)
    assert (box.x / 256, box.y / 256) == pytest.approx((0.5, 0.5), abs=0.02)


def test_where_the_photo_shows_more_the_crop_is_the_same(
    crop: Picture, ana: Bundle, finder: PortraitFinder
) -> None:
    wide = cv2.copyMakeBorder(ana.portrait, 180, 90, 260, 340, cv2.BORDER_REPLICATE)
    other = portrait_crop(wide.astype(np.uint8), finder, 256)
    assert float(np.abs(crop.astype(int) - other).mean()) < 4


def test_a_tracker_sees_the_box_of_a_portrait(ana: Bundle, finder: PortraitFinder) -> None:
    """So that the user's square is laid as the portrait's was."""
    found = finder.find(ana.portrait)
    box, presence = face_box(found.fine.places), presence_of(found.look, found.grey.shape)
    assert presence.size * 512 == pytest.approx(box.height, rel=0.04)
    assert (1 - presence.y) * 256 == pytest.approx(box.y, abs=0.04 * box.height)
    assert (1 + presence.x) * 256 == pytest.approx(box.x, abs=0.04 * box.height)


def test_nobody_there(finder: PortraitFinder) -> None:
    with pytest.raises(MediaError, match="no face was found: take a photo of one person"):
        portrait_crop(np.full((256, 256, 3), 120, np.uint8), finder, 64)


def test_names_folders_and_files_are_portraits(ana: Bundle, tmp_path: Path) -> None:
    photo = tmp_path / "me.png"
    cv2.imwrite(str(photo), ana.portrait[:, :, ::-1])
    for source, name, licence in (
        ("ana", "ana", ana.manifest.licence),
        (str(bundle_folder("ana")), "ana", ana.manifest.licence),
        (str(photo), "me", "private"),
    ):
        found = read_portrait(source)
        assert (found.name, found.licence) == (name, licence)
        assert (found.pixels == ana.portrait).all()


def test_what_is_no_portrait_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnknownPart, match="these ship: ana"):
        read_portrait("nobody")
    with pytest.raises(BundleError, match="missing"):
        read_portrait(str(tmp_path))
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    with pytest.raises(MediaError, match="save it as JPEG or PNG"):
        read_portrait(str(tmp_path / "x.jpg"))
