"""Albums from videos of a face."""

from pathlib import Path

import numpy as np
import pytest

from avatar.assets import TRACKER
from avatar.errors import DataError
from avatar.motion import ARKIT58
from avatar.portraits.finding import PortraitFinder
from avatar.portraits.network import PortraitNetwork
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.networks import FaceNetworks
from avatar.tracking.places import group
from avatar.tracking.tracker import FaceTracker
from avatar.training.autoencoder.albums import MARGIN, Album, AlbumSize
from avatar.training.autoencoder.videos import VideoReader, make_video_albums
from avatar.video import VideoWriter

pytestmark = pytest.mark.slow

PICTURES, SIDE = 14, 64


@pytest.fixture(scope="module")
def reader() -> VideoReader:
    networks = FaceNetworks(TRACKER)
    return VideoReader(PortraitFinder(networks, PortraitNetwork(TRACKER)), FaceTracker(networks))


def filmed(path: Path, pictures: list[np.ndarray]) -> None:
    with VideoWriter(path, size=pictures[0].shape[1::-1], rate=16_000, badge=False) as video:
        for picture in pictures:
            video.picture(picture)
            video.sound(np.zeros(640, np.int16))


def test_a_face_becomes_an_album_and_is_read_once(
    reader: VideoReader, renderer: WarpRenderer, tmp_path: Path
) -> None:
    motion, pictures = ARKIT58.rest.copy(), list[np.ndarray]()
    for index in range(PICTURES):
        motion[ARKIT58.index("headYaw")] = 0.015 * index
        pictures.append(renderer.render(motion, None)[0])
    filmed(tmp_path / "ana.mp4", pictures)
    said = list[tuple[str, int, int]]()
    size, out = AlbumSize(6, SIDE), tmp_path / "albums"

    def told(*what: str | int) -> None:
        said.append(what)  # type: ignore[arg-type]

    (path,) = make_video_albums([tmp_path], out, size, reader, told)
    album = Album.read(path)
    assert 2 <= len(album) <= 6
    eyes = [group(album.places, f"lower_lid_{side}").mean(axis=0) for side in ("right", "left")]
    assert float(eyes[1][0] - eyes[0][0]) == pytest.approx(0.25 * SIDE, rel=0.15)
    assert float(eyes[0][1]) == pytest.approx(0.45 * SIDE + MARGIN, abs=4)
    turned = album.motion[:, ARKIT58.index("headYaw")]
    assert np.nanmax(turned) > 0.05
    assert not np.isfinite(album.sources).any()
    written = path.stat().st_mtime_ns
    assert make_video_albums([tmp_path], out, size, reader, told) == [path]
    assert path.stat().st_mtime_ns == written
    assert said[-1] == ("videos", 1, 1)


def test_videos_without_a_face_are_told(reader: VideoReader, tmp_path: Path) -> None:
    filmed(tmp_path / "wall.mp4", [np.full((96, 96, 3), 90, np.uint8)] * 2)
    with pytest.raises(DataError, match="no face was found in 1 video"):
        make_video_albums(
            [tmp_path], tmp_path / "albums", AlbumSize(4, SIDE), reader, lambda *_: None
        )
