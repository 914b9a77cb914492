"""Videos and folders of pictures as pictures at the tick's rate."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import av
import av.error
import cv2
import numpy as np

from avatar.clock import FPS
from avatar.errors import MediaError
from avatar.rendering.base import Picture

ROUNDING = 1e-3
"""Of a tick, by which the time of a picture may be off."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")


def pictures_of(path: Path) -> Iterator[Picture]:
    """The pictures of a video at 25 a second, or of a folder by name, one a tick.

    Of other frame rates each tick shows the last picture that had come. Raises MediaError for what
    is neither, for a picture that cannot be read, and for a video that breaks off before its first.
    """
    if path.is_dir():
        return _pictures_in(path)
    if not path.is_file():
        raise MediaError(f"{path}: no such file; give a video or a folder of pictures")
    return _pictures_from(path)


def read_picture(path: Path) -> Picture:
    """A picture file. Raises MediaError when it is none."""
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}); give a picture") from error
    image = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if len(data) else None
    if image is None:
        raise MediaError(f"{path}: not a picture that can be read; give a PNG or JPEG")
    return image.astype(np.uint8, copy=False)


def _pictures_in(folder: Path) -> Iterator[Picture]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in PICTURES)
    if not files:
        raise MediaError(f"{folder}: holds no pictures ({', '.join(PICTURES)})")
    return map(read_picture, files)


def _pictures_from(path: Path) -> Iterator[Picture]:
    """Each tick shows the last picture that had come, as it would live."""
    shown = 0
    held: Picture | None = None
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise MediaError(f"{path}: holds no pictures; give a video")
            begin: float | None = None
            for frame in container.decode(container.streams.video[0]):
                if frame.pts is None:
                    raise MediaError(f"{path}: its pictures have no times; write it anew as MP4")
                begin = frame.time if begin is None else begin
                due = ceil((frame.time - begin) * FPS - ROUNDING)
                while held is not None and shown < due:
                    yield held
                    shown += 1
                held = frame.to_ndarray(format="rgb24")
    except (av.error.FFmpegError, OSError) as error:
        if held is None:
            raise MediaError(f"{path}: not a video that can be read ({error.strerror})") from error
    if held is None:
        raise MediaError(f"{path}: holds no pictures; give a video")
    yield held
