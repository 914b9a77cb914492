import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar.errors import MediaError
from avatar.synthetic.characters.bundle import write_bundle
from avatar.synthetic.characters.cast import ANA

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "deep" / "ana.avatar"
    write_bundle(ANA, folder, size=32, supersampling=1)
    return folder


def test_a_bundle_holds_all_files_in_the_promised_formats(where: Path):
    kinds = {"portrait": (3, "uint8"), "background": (3, "uint8"), "eyes": (4, "uint8")}
    for name, (channels, kind) in kinds.items():
        picture = cv2.imread(str(where / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        assert (picture.shape, str(picture.dtype)) == ((32, 32, channels), kind)
    for name, kind in (("matte", "uint8"), ("depth", "uint16")):
        picture = cv2.imread(str(where / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        assert (picture.shape, str(picture.dtype)) == ((32, 32), kind)


def test_the_description_names_the_character(where: Path):
    about = json.loads((where / "avatar.json").read_text())
    assert (about["format"], about["name"], about["space"]) == (1, "ana", "arkit58")
    assert about["size"] == [32, 32]
    marks = json.loads((where / "landmarks.json").read_text())
    assert marks["version"] == 1
    assert np.array(marks["groups"]["jaw"]).shape == (11, 2)


def test_colours_are_not_swapped(where: Path):
    portrait = cv2.imread(str(where / "portrait.png"))
    assert portrait is not None
    blue, _, red = portrait[16, 16].astype(int)
    assert red > blue + 30


def test_an_unwritable_place_is_reported(tmp_path: Path):
    (tmp_path / "portrait.png").mkdir()
    with pytest.raises(MediaError, match="writable"):
        write_bundle(ANA, tmp_path, size=16, supersampling=1)
