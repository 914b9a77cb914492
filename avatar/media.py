"""Sound and motion files. A file that cannot be used is refused by name."""

import wave
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import soxr
from jaxtyping import Bool, Float32
from numpy.lib.npyio import NpzFile

from avatar.clock import FPS, SAMPLE_RATE
from avatar.errors import MediaError
from avatar.files import beside
from avatar.motion import ARKIT58, FaceObservation, Motions, MotionSpace
from avatar.tick import Samples, VoiceSamples

SHORTEST_S = 0.02
LOWEST_RATE = 4_000
USUAL_RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Rates that give whole samples to a tick and that every encoder of sound takes."""


@dataclass(frozen=True, eq=False)
class Recording:
    """Mono PCM16 sound at its own rate."""

    pcm: VoiceSamples
    rate: int

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.pcm) / self.rate

    def heard(self) -> Samples:
        """A 16 kHz copy for analysis."""
        samples = self.pcm.astype(np.float32) / 32768
        if self.rate == SAMPLE_RATE:
            return samples
        return soxr.resample(samples, self.rate, SAMPLE_RATE).astype(np.float32)

    def at_rate(self, rate: int) -> "Recording":
        """The same sound at another rate."""
        if rate == self.rate:
            return self
        return Recording(soxr.resample(self.pcm, self.rate, rate).astype(np.int16), rate)


def read_wav(path: Path) -> Recording:
    """Read a WAV file of any sample format, rate and number of channels; channels are averaged.

    An unusual rate becomes the next higher usual one, 48 kHz at most. Raises MediaError.
    """
    try:
        with av.open(str(path)) as container:
            if container.format.name != "wav":
                raise MediaError(
                    f"{path}: not a WAV file but {container.format.long_name}; convert it to WAV"
                )
            pcm, rate = _decode(container, path)
    except FileNotFoundError as error:
        raise MediaError(f"{path}: no such file; give a WAV file") from error
    except IsADirectoryError as error:
        raise MediaError(f"{path}: a folder; give a WAV file") from error
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"{path}: not a WAV file that can be read ({error.strerror})") from error
    if len(pcm) < SHORTEST_S * rate:
        raise MediaError(f"{path}: holds {len(pcm)} samples; there is nothing to hear")
    return _usual(pcm, rate)


def read_sound(video: Path) -> Recording | None:
    """The sound of a video, None where it is silent. Raises MediaError as `read_wav` does."""
    try:
        with av.open(str(video)) as container:
            if not container.streams.audio:
                return None
            pcm, rate = _decode(container, video)
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"{video}: not a video that can be read ({error.strerror})") from error
    return _usual(pcm, rate) if len(pcm) >= SHORTEST_S * rate else None


def _usual(pcm: VoiceSamples, rate: int) -> Recording:
    usual = next((known for known in USUAL_RATES if known >= rate), USUAL_RATES[-1])
    return Recording(pcm, rate).at_rate(usual)


def _decode(container: Any, path: Path) -> tuple[VoiceSamples, int]:
    if not container.streams.audio:
        raise MediaError(f"{path}: holds no sound")
    stream = container.streams.audio[0]
    to_float = av.AudioResampler(format="fltp", rate=stream.rate)
    decoded = [piece for frame in container.decode(stream) for piece in to_float.resample(frame)]
    pieces = [piece.to_ndarray().mean(axis=0) for piece in (*decoded, *to_float.resample(None))]
    if stream.rate < LOWEST_RATE:
        raise MediaError(
            f"{path}: {stream.rate} samples a second; {LOWEST_RATE} are needed to hear"
        )
    samples = np.concatenate([np.zeros(0, np.float32), *pieces])
    if not np.isfinite(samples).all():
        raise MediaError(f"{path}: holds a sample that is not a finite number")
    return (np.clip(samples, -1, 1) * 32767).round().astype(np.int16), int(stream.rate)


def write_wav(path: Path, recording: Recording) -> None:
    """Write mono PCM16. Raises MediaError when the place cannot be written."""
    with beside(path) as part, wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(recording.rate)
        file.writeframes(recording.pcm.tobytes())


def write_motion(
    path: Path, motions: Motions, space: MotionSpace = ARKIT58, **more: object
) -> None:
    """Write motions as an npz of `motion` [ticks, dim] float32, `names` and `fps`, and `more`."""
    with beside(path) as part, part.open("wb") as stream:
        arrays: dict[str, Any] = {name: np.asarray(value) for name, value in more.items()}
        np.savez(
            stream,
            motion=motions.astype(np.float32),
            names=np.array(space.channels),
            fps=np.array(FPS),
            **arrays,
        )


def read_motion(path: Path) -> list[FaceObservation]:
    """Read an npz of `motion` [ticks, 58], `names`, `fps` and optionally `seen`; 25 fps a tick.

    Channels are matched by name; those that the file lacks count as unseen. Other frame rates are
    resampled by the nearest frame. Raises MediaError for what cannot be used, NaN included.
    """
    motion, names, fps, seen = _motion_arrays(path)
    _check_motion(path, motion, names, fps, seen)
    columns = [ARKIT58.index(name) for name in names]
    at = (np.arange(len(motion) * FPS / fps) * fps / FPS).astype(int)
    ticks = np.minimum(at, len(motion) - 1)
    whole = np.tile(ARKIT58.rest, (len(ticks), 1))
    known = np.zeros(whole.shape, bool)
    whole[:, columns], known[:, columns] = motion[ticks], seen[ticks]
    return [_observation(row, mask) for row, mask in zip(whole, known, strict=True)]


def _motion_arrays(path: Path) -> tuple[Any, list[str], float, Any]:
    try:
        with path.open("rb") as stream:
            stored = np.load(stream, allow_pickle=False)
            if not isinstance(stored, NpzFile):
                raise MediaError(f"{path}: one array, not an npz of motion, names and fps")
            missing = {"motion", "names", "fps"} - set(stored.files)
            if missing:
                raise MediaError(
                    f"{path}: lacks {', '.join(sorted(missing))}: motion, names, fps are needed"
                )
            motion, names, fps = stored["motion"], stored["names"], stored["fps"]
            seen = stored["seen"] if "seen" in stored.files else np.ones(motion.shape, bool)
    except FileNotFoundError as error:
        raise MediaError(f"{path}: no such file; give a motion file (.npz)") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise MediaError(f"{path}: not a motion file (.npz) that can be read") from error
    if fps.size != 1 or not np.issubdtype(fps.dtype, np.number):
        raise MediaError(f"{path}: fps must be one number, it is {fps!r}")
    return motion, [str(name) for name in names.reshape(-1)], float(fps.reshape(-1)[0]), seen


def _observation(
    row: Float32[np.ndarray, " dim"], seen: Bool[np.ndarray, " dim"]
) -> FaceObservation:
    return FaceObservation(ARKIT58, ARKIT58.clamp(row).astype(np.float32), seen)


def _check_motion(path: Path, motion: Any, names: list[str], fps: float, seen: Any) -> None:
    if motion.ndim != 2 or motion.shape[1] != len(names) or not len(motion):
        raise MediaError(
            f"{path}: motion has shape {motion.shape}, [ticks, {len(names)}] is needed: one column "
            "for each of names"
        )
    foreign = [name for name in names if name not in ARKIT58.channels]
    if foreign:
        raise MediaError(
            f"{path}: the channel {foreign[0]!r} is not of the motion space {ARKIT58.name}; "
            "convert the file to ARKit names"
        )
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise MediaError(f"{path}: the channel {twice[0]!r} is there twice")
    if not np.issubdtype(motion.dtype, np.number):
        raise MediaError(f"{path}: motion holds {motion.dtype}, numbers are needed")
    if not np.isfinite(motion).all():
        tick, column = (int(at[0]) for at in np.nonzero(~np.isfinite(motion)))
        raise MediaError(
            f"{path}: motion holds a value that is not a finite number: {names[column]} at tick "
            f"{tick}"
        )
    if seen.shape != motion.shape or seen.dtype != np.bool_:
        raise MediaError(f"{path}: seen must be booleans of shape {motion.shape}")
    if not 1 <= fps <= 240:
        raise MediaError(f"{path}: fps is {fps:g}; 1 to 240 can be used")
