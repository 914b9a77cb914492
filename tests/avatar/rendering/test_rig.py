from pathlib import Path

import numpy as np
import pytest

from avatar.errors import CacheError
from avatar.rendering.bundle import Bundle, load_bundle
from avatar.rendering.rig import build_rig
from avatar.rendering.warp import WarpRenderer


def test_a_rig_is_built_once_and_found_again(ana: Bundle, tmp_path: Path) -> None:
    first = build_rig(ana, tmp_path)
    (entry,) = tmp_path.iterdir()
    written = entry.stat().st_mtime_ns
    second = build_rig(ana, tmp_path)
    assert entry.stat().st_mtime_ns == written
    assert (first.above == second.above).all()
    assert (first.below == second.below).all()


def test_a_cache_that_was_cut_short_is_built_again(ana: Bundle, tmp_path: Path) -> None:
    whole = build_rig(ana, tmp_path)
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(entry.read_bytes()[:10_000])
    assert (build_rig(ana, tmp_path).above == whole.above).all()


def test_another_content_is_another_rig(ana: Bundle, ana_copy: Path) -> None:
    (ana_copy / "note.txt").write_text("changed")
    assert load_bundle(ana_copy).digest != ana.digest


def test_a_cache_that_cannot_be_written_is_named(ana: Bundle, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(CacheError, match=r"cannot be cached.*XDG_CACHE_HOME"):
        build_rig(ana, blocked / "rigs")
    assert blocked.read_text() == "a file where the folder should be"


def test_a_portrait_without_plates_gets_them(ana_copy: Path, tmp_path: Path) -> None:
    whole = load_bundle(ana_copy)
    for name in ("matte.png", "background.png", "depth.png", "eyes.png"):
        (ana_copy / name).unlink()
    bare = load_bundle(ana_copy)
    rig = build_rig(bare, tmp_path)
    assert whole.matte is not None
    found, true = rig.layers.matte > 127, whole.matte > 127
    assert (found & true).sum() / (found | true).sum() > 0.93
    renderer = WarpRenderer(rig)
    picture, _ = renderer.render(renderer.space.rest, None)
    assert np.abs(picture.astype(int) - bare.portrait).mean() < 1.0
    blink, _ = renderer.render(renderer.space.vector({"eyeBlink": 1.0}), None)
    assert (blink != picture).any()
