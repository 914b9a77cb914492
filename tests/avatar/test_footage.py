"""Videos and folders as pictures at the tick's rate."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from avatar.errors import MediaError
from avatar.footage import pictures_of

SIZE = 32


def grey(level: int) -> np.ndarray:
    return np.full((SIZE, SIZE, 3), level, np.uint8)


def video(path: Path, levels: list[int], fps: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width = stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "1"}
        for index, level in enumerate(levels):
            frame = av.VideoFrame.from_ndarray(grey(level), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def levels_of(path: Path) -> list[int]:
    return [round(float(picture.mean())) for picture in pictures_of(path)]


@pytest.mark.parametrize(
    ("fps", "seen"),
    [
        (25, [20, 60, 100, 140, 180, 220]),
        (50, [20, 100, 180, 220]),
        (12, [20, 20, 20, 60, 60, 100, 100, 140, 140, 180, 180, 220]),
    ],
)
def test_a_video_of_any_rate_is_one_picture_a_tick(
    tmp_path: Path, fps: int, seen: list[int]
) -> None:
    told = levels_of(video(tmp_path / "a.mp4", [20, 60, 100, 140, 180, 220], fps))
    assert told == pytest.approx(seen, abs=3)


def test_a_folder_is_read_by_name(tmp_path: Path) -> None:
    for name, level in (("b.png", 200), ("a.png", 100), ("c.txt", 0)):
        if name.endswith("png"):
            cv2.imwrite(str(tmp_path / name), grey(level))
        else:
            (tmp_path / name).write_text("no picture")
    assert levels_of(tmp_path) == [100, 200]


def test_what_is_no_video_is_said(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        pictures_of(tmp_path / "none.mp4")
    with pytest.raises(MediaError, match="holds no pictures"):
        pictures_of(tmp_path)
    (tmp_path / "x.mp4").write_bytes(b"not a video at all")
    with pytest.raises(MediaError, match="not a video"):
        list(pictures_of(tmp_path / "x.mp4"))
    (tmp_path / "x.png").write_bytes(b"not a picture")
    with pytest.raises(MediaError, match="not a picture"):
        list(pictures_of(tmp_path))


def test_a_video_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = video(tmp_path / "a.mkv", [20 + 2 * index for index in range(100)], 25)
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    told = levels_of(cut)
    assert 1 <= len(told) < 100
    assert told[0] == pytest.approx(20, abs=3)
