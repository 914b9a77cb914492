"""The commands around faces: making an avatar of a photo, and timing the tracker."""

import json
from pathlib import Path

from PIL import Image
from skimage import data

from tests.pipelines.cli.command import refusal, visavis


def test_an_avatar_is_made_of_a_photo_checked_and_looked_at(tmp_path: Path) -> None:
    photo, folder = tmp_path / "astronaut.jpg", tmp_path / "eileen.avatar"
    Image.fromarray(data.astronaut()).save(photo, quality=92)
    said = visavis("avatar", "create", str(photo), "--yes", "-o", str(folder)).stdout
    assert "wrote" in said
    assert "visavis avatar preview" in said
    assert json.loads((folder / "avatar.json").read_text())["provenance"]["source"] == photo.name
    assert "good" in visavis("avatar", "check", str(folder)).stdout
    sheet = tmp_path / "sheet.png"
    visavis("avatar", "preview", str(folder), "-o", str(sheet))
    with Image.open(sheet) as drawn:
        assert drawn.size[0] > 1000


def test_without_consent_nothing_is_made(tmp_path: Path) -> None:
    photo = tmp_path / "astronaut.png"
    Image.fromarray(data.astronaut()).save(photo)
    refusal("avatar", "create", str(photo), "-o", str(tmp_path / "x.avatar"))
    assert not (tmp_path / "x.avatar").exists()


def test_photos_that_are_none_are_refused_in_one_line(tmp_path: Path) -> None:
    out = str(tmp_path / "x.avatar")
    cat = tmp_path / "cat.png"
    Image.fromarray(data.chelsea()).save(cat)
    assert "no face was found" in refusal("avatar", "create", str(cat), "--yes", "-o", out)
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    assert "not a picture" in refusal("avatar", "create", str(text), "--yes", "-o", out)
    assert "NAME.avatar" in refusal("avatar", "create", str(cat), "--yes", "-o", str(tmp_path))
    assert not (tmp_path / "x.avatar").exists()
