"""The pictures of WebRTC keep the avatar's time."""

import asyncio
from typing import Any

import numpy as np
import pytest
from aiortc import RTCPeerConnection
from pipecat.transports.base_transport import TransportParams, VideoInSourceParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection

from agent.frames import AvatarImageFrame
from agent.transports.webrtc import (
    CAMERA_FPS,
    VIDEO_CLOCK,
    FaceVideoTrack,
    FaceWebRTCTransport,
    _sends_pictures,
)


def picture(tick: int) -> AvatarImageFrame:
    pixels = np.full((8, 8, 3), tick, np.uint8)
    return AvatarImageFrame(image=pixels.tobytes(), size=(8, 8), format="RGB", tick=tick)


async def test_a_second_of_pictures_lasts_a_second() -> None:
    track = FaceVideoTrack(8, 8)
    stamps: list[int] = []
    for tick in range(100, 126):
        track.add_video_frame(picture(tick))
        stamps.append((await track.recv()).pts or 0)
    assert stamps[-1] - stamps[0] == VIDEO_CLOCK


async def test_a_late_picture_gives_way_and_time_goes_on() -> None:
    track = FaceVideoTrack(8, 8)
    track.add_video_frame(picture(0))
    first = await track.recv()
    for tick in (1, 2, 3):
        track.add_video_frame(picture(tick))
    newest = await track.recv()
    assert newest.to_ndarray(format="rgb24")[0, 0, 0] == 3
    assert (newest.pts or 0) - (first.pts or 0) == 3 * VIDEO_CLOCK // 25
    waiting = asyncio.create_task(track.recv())
    await asyncio.sleep(0.02)
    assert not waiting.done()
    waiting.cancel()


async def transport(**more: Any) -> FaceWebRTCTransport:
    return FaceWebRTCTransport(SmallWebRTCConnection(), TransportParams(**more))


async def test_the_camera_is_asked_for_unless_somebody_else_decides() -> None:
    asked = (await transport(video_in_enabled=True))._params.video_in_sources
    assert {name: source.framerate for name, source in asked.items()} == {"camera": CAMERA_FPS}
    own = {"camera": VideoInSourceParams(framerate=5)}
    kept = (await transport(video_in_enabled=True, video_in_sources=own))._params
    assert kept.video_in_sources == own
    assert (await transport())._params.video_in_sources == {}


@pytest.mark.parametrize(
    ("direction", "sends"), [("sendrecv", True), ("sendonly", True), ("recvonly", False)]
)
async def test_it_knows_whether_the_user_sends_pictures(direction: str, sends: bool) -> None:
    peer, connection = RTCPeerConnection(), SmallWebRTCConnection()
    peer.addTransceiver("audio")
    peer.addTransceiver("video", direction=direction)
    await peer.setLocalDescription(await peer.createOffer())
    await connection.initialize(sdp=peer.localDescription.sdp, type="offer")
    assert _sends_pictures(connection) is sends
    await peer.close()
    await connection.disconnect()
