"""The mark of synthetic media in what is sent to a client."""

from timeit import repeat
from typing import Any, Literal

import av
import numpy as np
import pytest

from agent.frames import AvatarImageFrame
from agent.protocol.events.session import MediaFormat, VideoFormat
from agent.protocol.media import decode
from agent.transports.pictures import Pictures
from avatar.avatar import Avatar
from avatar.clock import FPS
from avatar.marking import DIGITAL_SOURCE_TYPE, OWN_SEI, marked_jpeg
from avatar.rendering.warp import WarpRenderer

MARK = DIGITAL_SOURCE_TYPE.encode()


@pytest.fixture(scope="module")
def image(avatar: Avatar, renderer: WarpRenderer) -> AvatarImageFrame:
    picture, _ = renderer.render(avatar.rest, None)
    height, width = picture.shape[:2]
    return AvatarImageFrame(image=picture.tobytes(), size=(width, height), format="RGB", tick=0)


def sent(
    image: AvatarImageFrame, codec: Literal["jpeg", "h264", "vp8"], *, count: int = 1
) -> list[bytes]:
    pictures = Pictures()
    wanted = MediaFormat(video=VideoFormat(codec=codec, width=image.size[0], height=image.size[1]))
    payloads: list[bytes] = []
    for _ in range(count):
        pictures.want_keyframe()
        payloads.append(decode(*pictures.frames(image, wanted)).payload)
    return payloads


def test_every_jpeg_is_marked_for_less_than_two_percent(image: AvatarImageFrame) -> None:
    """Of its bytes, and of the time that a picture has."""
    first, second = sent(image, "jpeg", count=2)
    assert MARK in first
    assert MARK in second
    unmarked = first[:20] + first[306:]
    assert marked_jpeg(unmarked) == first
    assert len(first) - len(unmarked) < 0.02 * len(unmarked)
    taken = min(repeat(lambda: marked_jpeg(unmarked), number=100, repeat=5)) / 100
    assert taken * FPS < 0.001


def test_keyframes_of_h264_tell_their_decoder(image: AvatarImageFrame) -> None:
    chunks = sent(image, "h264", count=FPS + 2)
    marked = [index for index, chunk in enumerate(chunks) if MARK in chunk]
    assert marked == [0, FPS]
    decoder: Any = av.CodecContext.create("h264", "r")
    shown = [frame for chunk in chunks for frame in decoder.decode(av.Packet(chunk))]
    assert len(shown) == len(chunks)
    told = [bytes(data) for data in shown[FPS].side_data]
    assert OWN_SEI.bytes + MARK in told


def test_vp8_has_no_place_for_a_mark(image: AvatarImageFrame) -> None:
    (chunk,) = sent(image, "vp8")
    assert MARK not in chunk
    decoder: Any = av.CodecContext.create("vp8", "r")
    (frame,) = decoder.decode(av.Packet(chunk))
    assert frame.to_ndarray(format="rgb24").std() > np.float64(10)
