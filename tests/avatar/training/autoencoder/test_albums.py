"""Albums: what is told of a picture is what it shows."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from avatar.autoencoder.flow import moved
from avatar.errors import DataError, MediaError
from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle
from avatar.rendering.rig import build_rig
from avatar.training.autoencoder.albums import CELL, MARGIN, Album, AlbumSize
from avatar.training.autoencoder.examples import drawn_batch, importance, mirror_image
from avatar.training.autoencoder.portraits import portrayed
from avatar.training.autoencoder.recipes import DrawRecipe, LossRecipe
from avatar.training.autoencoder.training import Data, odds_of, with_videos
from avatar.training.autoencoder.videos import videos_in

SIDE = 128


@pytest.fixture(scope="module")
def album(ana: Bundle, cache: Path) -> Album:
    return portrayed(build_rig(ana, cache), AlbumSize(5, SIDE), np.random.default_rng(4))


def test_the_first_picture_is_the_portrait_at_rest(album: Album) -> None:
    assert album.at_rest
    assert album.picture(0).shape == (SIDE + 2 * MARGIN, SIDE + 2 * MARGIN, 3)
    assert np.nanmax(np.abs(album.sources[0].astype(np.float32))) < 1e-3


def test_a_picture_is_made_by_taking_colours_where_its_sources_are(album: Album) -> None:
    whole = SIDE + 2 * MARGIN
    portrait = album.picture(0).astype(np.float32)
    grid = np.dstack(np.meshgrid(*[np.arange(whole, dtype=np.float32)] * 2))
    gains = list[float]()
    for index in range(1, len(album)):
        sources = album.sources[index].astype(np.float32)
        known = cv2.resize(np.isfinite(sources[..., 0]).astype(np.float32), (whole, whole)) == 1
        away = cv2.resize(np.nan_to_num(sources), (whole, whole)) * SIDE
        made = cv2.remap(portrait, grid + away, np.empty(0), cv2.INTER_LINEAR)
        true = album.picture(index).astype(np.float32)
        off, still = (np.abs(picture - true)[known].mean() for picture in (made, portrait))
        gains.append(float(off / still))
    assert max(gains) < 0.6


def test_an_album_is_read_as_it_was_written(album: Album, tmp_path: Path) -> None:
    album.write(tmp_path / "ana.npz")
    read = Album.read(tmp_path / "ana.npz")
    assert read.encoded == album.encoded
    assert np.array_equal(read.motion, album.motion)
    assert np.array_equal(read.sources, album.sources, equal_nan=True)


def test_what_is_no_album_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(MediaError, match="make it again"):
        Album.read(tmp_path / "broken.npz")


@pytest.mark.parametrize("seed", range(4))
def test_sources_follow_the_crop_and_the_mirror(album: Album, seed: int) -> None:
    """Half of the seeds draw a mirrored person."""
    draw, rng = DrawRecipe(people=1, drivers=2, portrait_share=1.0), np.random.default_rng(seed)
    batch = drawn_batch([album], np.ones(1), draw, LossRecipe(), rng)
    away = torch.nn.functional.interpolate(
        batch.sources.nan_to_num() * 2, size=(SIDE, SIDE), mode="bilinear", align_corners=False
    )
    known = torch.nn.functional.interpolate(
        batch.sources.isfinite()[:, :1].float(), size=(SIDE,) * 2
    )
    source = batch.source.expand_as(batch.driver)
    off = ((moved(source, away) - batch.driver).abs() * known).mean()
    still = ((source - batch.driver).abs() * known).mean()
    assert off < 0.6 * still


def test_a_mirror_swaps_sides_and_turns_the_head(album: Album) -> None:
    motion = ARKIT58.rest.copy()
    motion[[ARKIT58.index("mouthSmileLeft"), ARKIT58.index("headYaw")]] = 0.5, 0.2
    seen = mirror_image(motion)
    assert seen[ARKIT58.index("mouthSmileRight")] == np.float32(0.5)
    assert seen[ARKIT58.index("headYaw")] == np.float32(-0.2)
    assert np.array_equal(mirror_image(seen), motion)


def test_eyes_and_mouth_count_more(album: Album) -> None:
    weights = importance(album, LossRecipe(eyes=5.0, mouth=4.0), (MARGIN, MARGIN), SIDE)
    eye = np.round((album.places[10:28].mean(axis=0) - MARGIN) / CELL).astype(int)
    assert weights[eye[1], eye[0]] > 4
    assert weights[0, 0] == pytest.approx(1, abs=0.01)


def test_lively_drivers_do_more_and_turn_less(album: Album) -> None:
    found = list[tuple[float, float]]()
    for share in (0.0, 1.0):
        draw = DrawRecipe(people=24, drivers=2, portrait_share=1.0, lively_share=share)
        batch = drawn_batch([album], np.ones(1), draw, LossRecipe(), np.random.default_rng(2))
        turned = batch.motion[:, 52:55].norm(dim=1).mean()
        lively = batch.motion[:, [0, 7, 17]].sum(dim=1).mean()
        found.append((float(turned), float(lively)))
    (turned, lively), (turned_less, livelier) = found
    assert turned_less - 0.1 * livelier < turned - 0.1 * lively


def test_a_source_that_does_not_rest_has_no_known_sources(album: Album) -> None:
    motion = album.motion.copy()
    motion[0] = motion[1]
    restless = replace(album, motion=motion)
    draw, rng = DrawRecipe(people=4, drivers=1, portrait_share=1.0), np.random.default_rng(1)
    batch = drawn_batch([restless], np.ones(1), draw, LossRecipe(), rng)
    known = batch.sources.isfinite().flatten(1).any(dim=1)
    assert int((~known).sum()) > 0


def test_people_who_ship_have_a_share_of_draws() -> None:
    paths = {"shipped": [Path("a")] * 2, "still": [Path("b")] * 8}
    odds = odds_of(paths, 0.2)
    assert odds.tolist() == pytest.approx([0.1] * 10)
    assert odds_of({"video": [Path("c")] * 4}, 0.2).tolist() == [0.25] * 4


def test_one_video_in_twenty_is_held_out() -> None:
    data = with_videos(Data({}, {}), [Path(str(number)) for number in range(45)])
    assert (len(data.learned["video"]), len(data.held_out["video"])) == (43, 2)


def test_folders_without_videos_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no videos"):
        videos_in([tmp_path])
    with pytest.raises(DataError, match="no such folder"):
        videos_in([tmp_path / "none"])
