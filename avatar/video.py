"""Pictures and videos on disk. Every video says that it is synthetic."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import av.error
import cv2
import numpy as np

from avatar.clock import FPS
from avatar.errors import MediaError
from avatar.files import beside
from avatar.marking import TAGS, marked_jpeg, marked_png, with_badge, xmp_box
from avatar.rendering.base import Picture
from avatar.tick import VoiceSamples


class VideoWriter:
    """Writes pictures and a mono sound track as H.264 and AAC in an MP4, marked as synthetic.

    `badge` draws "AI" into each picture; the marks for machines are always written. A context
    manager: the file appears when it ends well and not at all when it does not. Raises MediaError
    when the place cannot be written.
    """

    def __init__(self, path: Path, *, size: tuple[int, int], rate: int, badge: bool = True) -> None:
        self._path, self._size, self._rate, self._badge = path, size, rate, badge
        self._pictures = 0
        self._samples = 0

    def __enter__(self) -> "VideoWriter":
        self._part = beside(self._path)
        self._file = self._part.__enter__()
        self._container = av.open(
            str(self._file), "w", format="mp4", options={"movflags": "use_metadata_tags+faststart"}
        )
        self._container.metadata.update(TAGS)
        self._video: Any = self._container.add_stream("libx264", rate=FPS)
        self._video.width, self._video.height = self._size
        self._video.pix_fmt = "yuv420p"
        self._video.options = {"crf": "18", "preset": "medium"}
        self._audio: Any = self._container.add_stream("aac", rate=self._rate)
        self._audio.layout = "mono"
        return self

    def picture(self, picture: Picture) -> None:
        """Append a picture."""
        shown = with_badge(picture) if self._badge else picture
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
        frame.pts, frame.time_base = self._pictures, Fraction(1, FPS)
        self._pictures += 1
        self._encode(self._video, frame)

    def sound(self, pcm: VoiceSamples) -> None:
        """Append sound."""
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = self._rate, self._samples
        frame.time_base = Fraction(1, self._rate)
        self._samples += len(pcm)
        self._encode(self._audio, frame)

    def _encode(self, stream: Any, frame: Any) -> None:
        try:
            self._container.mux(stream.encode(frame))
        except av.error.FFmpegError as error:
            raise MediaError(
                f"{self._path}: {stream.codec_context.name} cannot encode {self._size[0]} x "
                f"{self._size[1]} pixels and sound at {self._rate} Hz ({error.strerror})"
            ) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                for stream in (self._video, self._audio):
                    self._encode(stream, None)
            self._container.close()
            with self._file.open("ab") as file:
                file.write(xmp_box())
        except (av.error.FFmpegError, OSError) as problem:
            failed = MediaError(f"{self._path}: cannot be written ({problem.strerror})")
            self._part.__exit__(MediaError, failed, None)
            raise failed from problem
        except MediaError as failed:
            self._part.__exit__(MediaError, failed, None)
            raise
        self._part.__exit__(kind, error, trace)


def write_picture(path: Path, picture: Picture) -> None:
    """Write a PNG or JPEG by the file's ending, marked as synthetic for machines.

    Raises MediaError when it cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in (".png", ".jpg", ".jpeg"):
        raise MediaError(f"{path}: a picture is written as .png or .jpg, not as {suffix or 'that'}")
    _, data = cv2.imencode(suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    mark = marked_png if suffix == ".png" else marked_jpeg
    with beside(path) as part:
        part.write_bytes(mark(data.tobytes()))
