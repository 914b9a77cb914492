"""The pictures of WebRTC keep the avatar's time."""

import asyncio

import numpy as np

from agent.frames import AvatarImageFrame
from agent.transports.webrtc import VIDEO_CLOCK, FaceVideoTrack


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
