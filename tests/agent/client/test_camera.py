"""Pictures of a camera, from a video in its place."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from agent.client.camera import pictures
from agent.client.errors import DeviceUnavailable


def test_each_picture_is_a_jpeg_of_what_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "camera.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(5):
            seen = np.full((48, 64, 3), 40 * n, np.uint8)
            frame = av.VideoFrame.from_ndarray(seen, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, 15)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    taken = list(pictures(str(path)))
    shown = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) for jpeg in taken]
    assert [picture.shape for picture in shown if picture is not None] == [(48, 64, 3)] * 5
    means = [float(np.mean(picture)) for picture in shown if picture is not None]
    assert means == pytest.approx([0, 40, 80, 120, 160], abs=6)


@pytest.mark.parametrize("device", ["/dev/no-video-here", "/no/such/file.mp4"])
def test_a_camera_that_is_not_there_is_named(device: str) -> None:
    with pytest.raises(DeviceUnavailable, match=device):
        next(pictures(device))
