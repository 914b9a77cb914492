import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar.errors import BundleError
from avatar.rendering.bundle import Bundle, load_bundle


def change(folder: Path, name: str, edit: Callable[[dict], object]) -> None:
    content = json.loads((folder / name).read_text())
    edit(content)
    (folder / name).write_text(json.dumps(content))


def test_the_shipped_bundle_is_whole(ana: Bundle) -> None:
    assert ana.size == 512
    assert ana.matte is not None
    assert ana.depth is not None
    assert ana.eyes is not None
    assert ana.manifest.provenance.consent


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nobody.avatar: not a folder"):
        load_bundle(tmp_path / "nobody.avatar")


@pytest.mark.parametrize("name", ["avatar.json", "landmarks.json", "portrait.png"])
def test_a_missing_file_is_named(ana_copy: Path, name: str) -> None:
    (ana_copy / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: missing"):
        load_bundle(ana_copy)


@pytest.mark.parametrize("name", ["avatar.json", "landmarks.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe"])
def test_a_malformed_json_is_named(ana_copy: Path, name: str, content: bytes) -> None:
    (ana_copy / name).write_bytes(content)
    with pytest.raises(BundleError, match=name):
        load_bundle(ana_copy)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda m: m.pop("licence"), "licence: Field required"),
        (lambda m: m.update(format=7), "format: .*1.*it is 7"),
        (lambda m: m.update(colour="red"), "colour: Extra inputs are not permitted"),
        (lambda m: m.update(space="latent512"), "space"),
        (
            lambda m: m.update(size=[640, 640]),
            r"size is \[640, 640\], portrait.png has \[512, 512\]",
        ),
        (lambda m: m.update(rest={"mouthSmyle": 0.2}), "rest.mouthSmyle"),
        (lambda m: m.update(pose_limits_deg={"yaw": 80}), "pose_limits_deg.yaw"),
    ],
)
def test_a_wrong_manifest_says_what_is_wrong(
    ana_copy: Path, edit: Callable[[dict], object], message: str
) -> None:
    change(ana_copy, "avatar.json", edit)
    with pytest.raises(BundleError, match=message):
        load_bundle(ana_copy)


@pytest.mark.parametrize("name", ["portrait.png", "matte.png", "depth.png", "eyes.png"])
def test_a_plate_that_is_no_picture_is_named(ana_copy: Path, name: str) -> None:
    (ana_copy / name).write_text("not a picture")
    with pytest.raises(BundleError, match=f"{name}: not a picture"):
        load_bundle(ana_copy)


def test_a_portrait_of_another_shape_is_refused(ana_copy: Path) -> None:
    cv2.imwrite(str(ana_copy / "portrait.png"), np.zeros((512, 300, 3), np.uint8))
    with pytest.raises(BundleError, match="300x512 pixels; the portrait must be square"):
        load_bundle(ana_copy)


def test_plates_must_fit_the_portrait(ana_copy: Path) -> None:
    cv2.imwrite(str(ana_copy / "matte.png"), np.zeros((100, 100), np.uint8))
    with pytest.raises(BundleError, match=r"matte.png: 100x100 pixels, the portrait has 512x512"):
        load_bundle(ana_copy)


def test_a_matte_without_its_background_is_refused(ana_copy: Path) -> None:
    (ana_copy / "background.png").unlink()
    with pytest.raises(BundleError, match="come together"):
        load_bundle(ana_copy)


def test_eight_bit_depth_is_refused(ana_copy: Path) -> None:
    cv2.imwrite(str(ana_copy / "depth.png"), np.ones((64, 64), np.uint8))
    with pytest.raises(BundleError, match="16-bit grey"):
        load_bundle(ana_copy)
