"""This machine's camera, as pictures to send."""

from collections.abc import Generator
from typing import Any

from agent.client.errors import DeviceUnavailable

WIDTH, HEIGHT = 640, 480
QUALITY = 6
"""Of JPEG, as FFmpeg counts: 2 is the best, 31 the worst."""


def pictures(device: str = "/dev/video0", fps: int = 15) -> Generator[bytes]:
    """JPEG pictures of a camera by Video4Linux, or of a video file, not mirrored, until it ends.

    Raises DeviceUnavailable without the extra `media` or the device.
    """
    try:
        import av
        from av.error import FFmpegError
    except ImportError as error:
        raise DeviceUnavailable(
            f"a camera needs PyAV: pip install 'visavis[media]': {error}"
        ) from error
    is_device = device.startswith("/dev/")
    options = {"video_size": f"{WIDTH}x{HEIGHT}", "framerate": str(fps)} if is_device else {}
    try:
        container = av.open(device, format="v4l2" if is_device else None, options=options)
    except (FFmpegError, OSError) as error:
        raise DeviceUnavailable(f"{device} cannot be opened as a camera: {error}") from error
    with container:
        encoder: Any = None
        for frame in container.decode(video=0):
            if encoder is None:
                encoder = av.CodecContext.create("mjpeg", "w")
                encoder.width, encoder.height = frame.width, frame.height
                encoder.pix_fmt, encoder.time_base = "yuvj420p", frame.time_base
                encoder.options = {"q": str(QUALITY), "strict": "unofficial"}
            picture = frame.reformat(format="yuvj420p")
            for packet in encoder.encode(picture):
                yield bytes(packet)
