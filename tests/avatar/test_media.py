import wave
from pathlib import Path

import numpy as np
import pytest

from avatar.errors import MediaError
from avatar.media import Recording, read_motion, read_wav, write_motion, write_wav
from avatar.motion import ARKIT58
from tests.sounds import tone


def write(
    path: Path, *, rate: int, channels: int = 1, width: int = 2, seconds: float = 1.0
) -> Path:
    """A 200 Hz tone, on every channel but the last, as the standard library writes it."""
    t = np.arange(int(rate * seconds)) / rate
    signal = 0.5 * np.sin(2 * np.pi * 200 * t)
    dtype, scale, shift = {
        1: (np.uint8, 127, 128),
        2: (np.int16, 32767, 0),
        4: (np.int32, 2**31 - 1, 0),
    }[width]
    column = (signal * scale + shift).astype(dtype)
    columns = [column] * max(1, channels - 1) + [np.full_like(column, shift)] * (channels > 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(np.stack(columns, axis=1).tobytes())
    return path


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_usual_rates_and_widths_are_read(tmp_path: Path, rate: int, width: int) -> None:
    recording = read_wav(write(tmp_path / "a.wav", rate=rate, width=width))
    assert recording.rate == rate
    assert recording.seconds == pytest.approx(1.0, abs=1e-3)
    assert np.abs(recording.pcm).max() == pytest.approx(16_383, rel=0.03)


def test_stereo_is_averaged(tmp_path: Path) -> None:
    recording = read_wav(write(tmp_path / "a.wav", rate=16_000, channels=2))
    assert np.abs(recording.pcm).max() == pytest.approx(8_191, rel=0.02)


@pytest.mark.parametrize(
    ("rate", "usual"), [(12_345, 16_000), (20_000, 22_050), (22_040, 22_050), (192_000, 48_000)]
)
def test_an_unusual_rate_becomes_the_next_usual_one(tmp_path: Path, rate: int, usual: int) -> None:
    recording = read_wav(write(tmp_path / "a.wav", rate=rate))
    assert recording.rate == usual
    assert recording.seconds == pytest.approx(1.0, abs=1e-3)


def test_the_16_khz_copy_keeps_the_sound(tmp_path: Path) -> None:
    heard = read_wav(write(tmp_path / "a.wav", rate=44_100)).heard()
    t = np.arange(len(heard)) / 16_000
    assert np.abs(heard - 0.5 * np.sin(2 * np.pi * 200 * t))[100:-100].max() < 5e-3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a WAV file that can be read"),
        (b"hello, I am a text", "not a WAV file that can be read"),
        (b"RIFF\x00\x00\x00\x00WAVE", "bad.wav"),
        (bytes(5000), "bad.wav"),
    ],
)
def test_what_is_not_a_wav_is_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=message) as caught:
        read_wav(path)
    assert str(path) in str(caught.value)


def test_a_picture_is_refused_by_its_format(tmp_path: Path) -> None:
    path = tmp_path / "picture.wav"
    shipped = Path(__file__).parents[2] / "avatar/assets/bundles/ana.avatar/portrait.png"
    path.write_bytes(shipped.read_bytes())
    with pytest.raises(MediaError, match=r"picture.wav: not a WAV file"):
        read_wav(path)


def test_an_empty_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="holds 0 samples"):
        read_wav(write(tmp_path / "a.wav", rate=16_000, seconds=0.0))


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"nothing.wav: no such file"):
        read_wav(tmp_path / "nothing.wav")
    with pytest.raises(MediaError, match=str(tmp_path)):
        read_wav(tmp_path)


def test_a_written_wav_is_read_back(tmp_path: Path) -> None:
    pcm = (20_000 * tone(0.3)).astype(np.int16)
    write_wav(tmp_path / "a.wav", Recording(pcm, 16_000))
    assert (read_wav(tmp_path / "a.wav").pcm == pcm).all()
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def motions(count: int = 50) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 0.4, (count, 58)).astype(np.float32)


def test_motion_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    write_motion(path, motions(), speech_at_s=1.5)
    with np.load(path) as stored:
        assert stored["motion"].dtype == np.float32
        assert stored["motion"].shape == (50, 58)
        assert tuple(stored["names"]) == ARKIT58.channels
        assert stored["fps"] == 25
        assert stored["speech_at_s"] == 1.5
    faces = read_motion(path)
    assert np.allclose(np.stack([face.motion for face in faces]), motions())
    assert all(face.seen.all() for face in faces)


def test_channels_are_matched_by_name_and_the_rest_is_unseen(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "m.npz",
        motion=np.full((10, 2), 0.3, np.float32),
        names=np.array(["headPitch", "jawOpen"]),
        fps=25,
    )
    face = read_motion(tmp_path / "m.npz")[0]
    assert face.value("jawOpen") == pytest.approx(0.3)
    assert face.value("mouthSmileLeft") is None
    assert face.seen.sum() == 2


def test_other_frame_rates_keep_their_length(tmp_path: Path) -> None:
    for fps in (10, 30, 60):
        path = tmp_path / f"{fps}.npz"
        np.savez(path, motion=motions(fps * 2), names=np.array(ARKIT58.channels), fps=fps)
        assert len(read_motion(path)) == 50


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"motion": motions()}, "lacks fps, names"),
        ({"motion": motions()[:, :57]}, r"shape \(50, 57\), \[ticks, 58\] is needed"),
        ({"motion": motions()[:0]}, "shape"),
        ({"motion": np.full((5, 58), np.nan, np.float32)}, "number: eyeBlinkLeft at tick 0"),
        ({"motion": np.full((5, 58), "x")}, "numbers are needed"),
        ({"fps": 0}, "fps is 0"),
        ({"fps": np.ones(3)}, "fps must be one number"),
        ({"fps": "fast"}, "fps must be one number"),
        ({"names": np.array(["jawOpen"] * 58)}, "'jawOpen' is there twice"),
        (
            {"names": np.array([f"m{i}" for i in range(58)])},
            "'m0' is not of the motion space arkit58",
        ),
        ({"seen": np.ones((3, 58), bool)}, "seen must be booleans"),
    ],
)
def test_bad_motion_says_what_is_wrong(
    tmp_path: Path, arrays: dict[str, object], message: str
) -> None:
    good = {"motion": motions(), "names": np.array(ARKIT58.channels), "fps": 25}
    content = arrays if message.startswith("lacks") else good | arrays
    path = tmp_path / "bad.npz"
    np.savez(path, **content)  # pyright: ignore[reportArgumentType]
    with pytest.raises(MediaError, match=message) as caught:
        read_motion(path)
    assert "bad.npz" in str(caught.value)


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "bad.npz").open("wb") as stream:
        np.save(stream, motions())
    with pytest.raises(MediaError, match=r"bad\.npz: one array"):
        read_motion(tmp_path / "bad.npz")


def test_a_damaged_npz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    np.savez_compressed(path, motion=motions(500), names=np.array(ARKIT58.channels), fps=25)
    content = bytearray(path.read_bytes())
    content[2000:2400] = bytes(400)
    path.write_bytes(bytes(content))
    with pytest.raises(MediaError, match=r"bad\.npz"):
        read_motion(path)


def test_whole_numbers_are_motion_too(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    np.savez(path, motion=np.ones((5, 58), int), names=np.array(ARKIT58.channels), fps=25)
    assert len(read_motion(path)) == 5


def test_sound_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    samples = np.full(16_000, np.nan, np.float32).tobytes()
    header = (
        b"RIFF"
        + (36 + len(samples)).to_bytes(4, "little")
        + b"WAVEfmt "
        + (16).to_bytes(4, "little")
    )
    header += (3).to_bytes(2, "little") + (1).to_bytes(2, "little") + (16_000).to_bytes(4, "little")
    header += (
        (64_000).to_bytes(4, "little") + (4).to_bytes(2, "little") + (32).to_bytes(2, "little")
    )
    path.write_bytes(header + b"data" + len(samples).to_bytes(4, "little") + samples)
    with pytest.raises(MediaError, match=r"nan\.wav: holds a sample that is not a finite number"):
        read_wav(path)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 broken, and long enough to look"])
def test_what_is_not_an_npz_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(MediaError, match=r"bad\.npz"):
        read_motion(tmp_path / "bad.npz")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written there"):
        write_motion(tmp_path / "nowhere" / "m.npz", motions())
