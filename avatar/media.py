"""Sound and motion files. A file that cannot be used is refused by name."""

import wave
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import soxr
from jaxtyping import Bool, Float32, Int16

from avatar.clock import FPS, SAMPLE_RATE
from avatar.errors import MediaError
from avatar.files import beside
from avatar.motion import ARKIT58, FaceObservation, Motions, MotionSpace
from avatar.tick import Samples, VoiceSamples

SHORTEST_S = 0.02


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

    Rates that do not give whole samples to a picture are converted to 16 kHz. Raises MediaError.
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
    recording = Recording(pcm, rate)
    return recording if rate % FPS == 0 else recording.at_rate(SAMPLE_RATE)


def _decode(container: Any, path: Path) -> tuple[VoiceSamples, int]:
    if not container.streams.audio:
        raise MediaError(f"{path}: holds no sound")
    stream = container.streams.audio[0]
    to_mono = av.AudioResampler(format="s16", layout="mono", rate=stream.rate)
    pieces: list[Int16[np.ndarray, " n"]] = []
    for frame in container.decode(stream):
        pieces += [piece.to_ndarray().reshape(-1) for piece in to_mono.resample(frame)]
    pieces += [piece.to_ndarray().reshape(-1) for piece in to_mono.resample(None)]
    return np.concatenate([np.zeros(0, np.int16), *pieces]), int(stream.rate)


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
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            missing = {"motion", "names", "fps"} - set(stored.files)
            if missing:
                raise MediaError(f"{path}: lacks {', '.join(sorted(missing))}; see write_motion")
            motion, names, fps = stored["motion"], stored["names"].tolist(), float(stored["fps"])
            seen = stored["seen"] if "seen" in stored.files else np.ones(motion.shape, bool)
    except FileNotFoundError as error:
        raise MediaError(f"{path}: no such file; give a motion file (.npz)") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise MediaError(f"{path}: not a motion file (.npz) that can be read: {error}") from error
    _check_motion(path, motion, names, fps, seen)
    columns = [ARKIT58.index(name) for name in names]
    ticks = np.minimum(
        (np.arange(len(motion) * FPS / fps) * fps / FPS).astype(int), len(motion) - 1
    )
    whole = np.tile(ARKIT58.rest, (len(ticks), 1))
    known = np.zeros(whole.shape, bool)
    whole[:, columns], known[:, columns] = motion[ticks], seen[ticks]
    return [_observation(row, mask) for row, mask in zip(whole, known, strict=True)]


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
    if not np.issubdtype(motion.dtype, np.floating) or not np.isfinite(motion).all():
        raise MediaError(f"{path}: motion holds a value that is not a finite number")
    if seen.shape != motion.shape or seen.dtype != np.bool_:
        raise MediaError(f"{path}: seen must be booleans of shape {motion.shape}")
    if not 1 <= fps <= 240:
        raise MediaError(f"{path}: fps is {fps:g}; 1 to 240 can be used")
