from pathlib import Path

import av
import numpy as np
import pytest

from avatar.errors import MediaError
from avatar.video import VideoWriter, write_picture


def write(path: Path, count: int = 25, rate: int = 22_050) -> None:
    with VideoWriter(path, size=(64, 64), rate=rate) as writer:
        for index in range(count):
            writer.picture(np.full((64, 64, 3), index * 8, np.uint8))
            writer.sound(np.zeros(rate // 25, np.int16))


def test_a_video_has_both_tracks_and_says_what_it_is(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.codec_context.name == "h264"
        assert audio.codec_context.name == "aac"
        assert container.metadata["synthetic_media"] == "true"
        assert "generated" in container.metadata["comment"]
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video)]
    assert len(pictures) == 25
    assert abs(pictures[20].mean() - 160) < 4


def test_a_video_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> None:
        with VideoWriter(tmp_path / "a.mp4", size=(64, 64), rate=16_000) as writer:
            writer.picture(np.zeros((64, 64, 3), np.uint8))
            raise RuntimeError("the worker died")

    with pytest.raises(RuntimeError, match="died"):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_a_failed_video_keeps_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"before")

    def broken() -> None:
        with VideoWriter(tmp_path / "a.mp4", size=(64, 64), rate=16_000):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        broken()
    assert (tmp_path / "a.mp4").read_bytes() == b"before"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written there"):
        write(tmp_path / "nowhere" / "a.mp4")


def test_pictures_are_png_or_jpeg(tmp_path: Path) -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[..., 0] = 200
    write_picture(tmp_path / "a.png", picture)
    with av.open(str(tmp_path / "a.png")) as container:
        read = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert (read == picture).all()
    with pytest.raises(MediaError, match=r"a.gif.*not as .gif"):
        write_picture(tmp_path / "a.gif", picture)
