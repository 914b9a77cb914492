"""Videos and folders that are compared."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from skimage import data

from avatar.clock import FPS, SAMPLE_RATE
from avatar.errors import DataError, MediaError
from avatar.evaluation.footage import Footage
from avatar.evaluation.likeness import compare

PICTURE = np.ascontiguousarray(data.astronaut()[:128, 140:268])
TICKS = 24


def film() -> list[np.ndarray]:
    return [np.roll(PICTURE, 2 * index, axis=1) for index in range(TICKS)]


def folder(path: Path, pictures: list[np.ndarray]) -> Path:
    path.mkdir()
    for index, picture in enumerate(pictures):
        cv2.imwrite(str(path / f"{index:03}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


def video(path: Path, pictures: list[np.ndarray], *, crf: int = 18, fps: int = FPS) -> Path:
    """H.264 with a tone of 500 Hz."""
    with av.open(str(path), "w") as container:
        shown = container.add_stream("libx264", rate=fps, options={"crf": str(crf)})
        heard = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        shown.width, shown.height, shown.pix_fmt = *pictures[0].shape[1::-1], "yuv420p"
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(shown.encode(frame))
        at = np.arange(len(pictures) * SAMPLE_RATE // fps) / SAMPLE_RATE
        tone = (8000 * np.sin(2 * np.pi * 500 * at)).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
        sound.sample_rate, sound.pts = SAMPLE_RATE, 0
        container.mux(heard.encode(sound))
        container.mux(shown.encode(None))
        container.mux(heard.encode(None))
    return path


def silent(_: str) -> None:
    pass


def mean_colour(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1, 3).mean(axis=1)


def contrast(pictures: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(pictures.astype(np.float32), axis=2)).mean(axis=(1, 2))


def test_a_folder_is_equal_to_itself(tmp_path: Path) -> None:
    a = folder(tmp_path / "a", film()[:3])
    found = compare(a, a, {}, silent)
    assert found.figures == {"psnr": None, "ssim": 1.0, "perceptual": 0.0}
    assert found.pictures == 3


def test_a_worse_video_is_worse_in_every_figure(tmp_path: Path) -> None:
    a = folder(tmp_path / "a", film())
    good, bad = (video(tmp_path / f"{crf}.mp4", film(), crf=crf) for crf in (12, 40))
    found = [compare(a, each, {"inception": contrast}, silent) for each in (good, bad)]
    fine, coarse = (each.figures for each in found)
    assert all(each.pictures == TICKS for each in found)
    assert (fine["psnr"] or 0) > (coarse["psnr"] or 0) + 5
    assert (fine["ssim"] or 0) > 0.9 > (coarse["ssim"] or 0)
    assert (fine["perceptual"] or 9) < (coarse["perceptual"] or 0) / 2
    assert (fine["fid"] or 9) < (coarse["fid"] or 0) / 10
    assert "24 pictures are fewer than the 2049" in found[0].notes["fid"]


def test_a_figure_that_fails_says_why_and_leaves_the_others(tmp_path: Path) -> None:
    def blind(_: np.ndarray) -> np.ndarray:
        raise DataError("no face was found")

    class Deaf:
        lips = voice = staticmethod(mean_colour)

    a = folder(tmp_path / "a", film()[:2])
    found = compare(a, a, {"arcface": blind, "syncnet": Deaf()}, silent)
    assert found.figures["csim"] is None
    assert found.figures["ssim"] == 1.0
    assert found.notes["csim"] == "no face was found"
    assert "has no sound" in found.notes["lse"]


def test_a_video_is_told_with_its_sound(tmp_path: Path) -> None:
    pictures, sound = Footage(video(tmp_path / "a.mp4", film())).spoken()
    assert sum(1 for _ in pictures) == TICKS
    assert abs(len(sound) / SAMPLE_RATE - TICKS / FPS) < 0.1
    power = np.abs(np.fft.rfft(sound[3000:7000]))
    assert power.argmax() * SAMPLE_RATE / 4000 == 500
    faster, _ = Footage(video(tmp_path / "b.mp4", film(), fps=50)).spoken()
    assert sum(1 for _ in faster) == pytest.approx(TICKS / 2, abs=1)


def test_what_cannot_be_compared_is_refused_by_name(tmp_path: Path) -> None:
    a, small = folder(tmp_path / "a", film()[:1]), folder(tmp_path / "b", [PICTURE[:100]])
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "empty").mkdir()
    cases = {
        small: r"a has 128 x 128 pixels, .*b 128 x 100",
        tmp_path / "gone.mp4": r"gone.mp4: no such file; give a video",
        tmp_path / "text.mp4": r"text.mp4: not a video that can be read",
        tmp_path / "empty": r"empty: holds no pictures",
    }
    for path, said in cases.items():
        with pytest.raises(MediaError, match=said):
            compare(a, path, {}, silent)
    (a / "zz.png").write_bytes(b"broken")
    with pytest.raises(MediaError, match=r"zz.png: not a picture"):
        compare(a, a, {}, silent)
    mixed = folder(tmp_path / "mixed", [PICTURE, PICTURE[:100]])
    with pytest.raises(MediaError, match=r"mixed, picture 1: 128 x 100 pixels after 128 x 128"):
        list(Footage(mixed))
