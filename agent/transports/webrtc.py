"""WebRTC with a face: pipecat's transport, with pictures on the avatar's own clock.

pipecat's video track stamps pictures 1/30 s apart however many come, so that 25 a second play at
0.83 of their speed; and it sends every picture that was ever late. It gives no picture of the
user's camera that was not asked for, and stumbles over a user who has none.
"""

import asyncio
from fractions import Fraction
from typing import Any

import numpy as np
from aiortc.codecs import h264, vpx
from av import VideoFrame
from pipecat.frames.frames import OutputImageRawFrame
from pipecat.transports.base_transport import TransportParams, VideoInSourceParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import RawVideoTrack, SmallWebRTCTransport

from agent.frames import AvatarImageFrame
from avatar.clock import FPS

VIDEO_CLOCK = 90_000
"""Ticks a second of RTP's video clock."""

LEAST_BITS, FIRST_BITS, MOST_BITS = 600_000, 1_500_000, 3_000_000
"""Bits a second for a head of 512 x 512: below the least it is soft, above the most nothing more is
seen. aiortc's own are made for calls: 0.25, 0.5 and 1.5 million."""

VIDEO = 1
"""Place of the camera among pipecat's transceivers: sound, camera, screen."""

CAMERA_FPS = 15
"""Pictures a second that are asked of the user's camera: enough to see a nod."""


class FaceVideoTrack(RawVideoTrack):
    """Sends the newest picture, stamped with the tick that it belongs to."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._newest: OutputImageRawFrame | None = None
        self._came = asyncio.Event()
        self._pts = 0
        self._tick: int | None = None

    def add_video_frame(self, frame: OutputImageRawFrame) -> None:
        """Send this picture next; one that still waits is left out."""
        self._newest = frame
        self._came.set()

    async def recv(self) -> VideoFrame:
        """The next picture, when there is one."""
        await self._came.wait()
        self._came.clear()
        newest = self._newest
        assert newest is not None
        pixels = np.frombuffer(newest.image, np.uint8).reshape(newest.size[1], newest.size[0], 3)
        picture = VideoFrame.from_ndarray(pixels, format="rgb24")
        picture.pts, picture.time_base = self._stamp(newest), Fraction(1, VIDEO_CLOCK)
        return picture

    def _stamp(self, frame: OutputImageRawFrame) -> int:
        """Ticks of the video clock since the first picture; those of others count one by one."""
        steps = 1
        if isinstance(frame, AvatarImageFrame):
            steps = 0 if self._tick is None else max(1, frame.tick - self._tick)
            self._tick = frame.tick
        self._pts += steps * VIDEO_CLOCK // FPS
        return self._pts


class FaceWebRTCTransport(SmallWebRTCTransport):
    """SmallWebRTC for an `AvatarService`: right times at 25 a second, and bits fit for a head.

    With `video_in_enabled` it asks for the camera, unless `video_in_sources` says otherwise. The
    bits are aiortc's settings for the whole process.
    """

    def __init__(self, connection: SmallWebRTCConnection, params: TransportParams) -> None:
        if params.video_in_enabled and not params.video_in_sources:
            camera = {"camera": VideoInSourceParams(framerate=CAMERA_FPS)}
            params = params.model_copy(update={"video_in_sources": camera})
        super().__init__(connection, params)
        for codec in (vpx, h264):
            vars(codec).update(
                MIN_BITRATE=LEAST_BITS, DEFAULT_BITRATE=FIRST_BITS, MAX_BITRATE=MOST_BITS
            )

    async def _on_client_connected(self, webrtc_connection: SmallWebRTCConnection) -> None:
        client: Any = self._client
        # pipecat makes its track itself and has no way to be given another.
        if self._params.video_out_enabled:
            track = FaceVideoTrack(self._params.video_out_width, self._params.video_out_height)
            client._video_output_track = track  # noqa: SLF001
            webrtc_connection.replace_video_track(track)
        # Reading from a user who sends no pictures would end in an error.
        if not _sends_pictures(webrtc_connection):
            client._video_input_track = None  # noqa: SLF001
        await super()._on_client_connected(webrtc_connection)


def _sends_pictures(connection: SmallWebRTCConnection) -> bool:
    """Whether the user's offer has a camera."""
    transceivers = connection.pc.getTransceivers()
    receiving = ("recvonly", "sendrecv")
    return len(transceivers) > VIDEO and transceivers[VIDEO].currentDirection in receiving
