"""Pictures as video: a chunk for each, decoded as a client would."""

from typing import Any, Literal

import av
import numpy as np
import pytest

from agent.frames import AvatarImageFrame
from agent.protocol.events.session import MediaFormat, VideoFormat
from agent.protocol.media import MediaFlag, MediaFrame, decode
from agent.transports.pictures import KEYFRAME_EVERY, Pictures
from agent.transports.video_encoder import offered_codecs

Codec = Literal["h264", "vp8"]
SIDE = 128

pytestmark = pytest.mark.parametrize("codec", ["h264", "vp8"])


def picture(tick: int) -> np.ndarray:
    """A coloured ball that wanders over a soft ground."""
    y, x = np.mgrid[:SIDE, :SIDE]
    ball = (x - 40 - tick % 40) ** 2 + (y - 64) ** 2 < 400
    ground = np.stack([x, y, (x + y) // 2], 2).astype(np.uint8)
    return np.where(ball[..., None], np.array([200, 80, 40], np.uint8), ground)


def image(tick: int) -> AvatarImageFrame:
    pixels = picture(tick).tobytes()
    return AvatarImageFrame(image=pixels, size=(SIDE, SIDE), format="RGB", tick=tick)


def wanted(codec: Codec, side: int = SIDE) -> MediaFormat:
    return MediaFormat(video=VideoFormat(codec=codec, width=side, height=side))


def sent(pictures: Pictures, tick: int, media: MediaFormat) -> MediaFrame:
    (frame,) = pictures.frames(image(tick), media)
    return decode(frame)


def shown(codec: Codec, frames: list[MediaFrame]) -> list[np.ndarray]:
    context: Any = av.CodecContext.create(codec, "r")
    out: list[np.ndarray] = []
    for frame in frames:
        for each in context.decode(av.Packet(frame.payload)):
            assert isinstance(each, av.VideoFrame)
            out.append(each.to_ndarray(format="rgb24"))
    for each in context.decode(None):
        assert isinstance(each, av.VideoFrame)
        out.append(each.to_ndarray(format="rgb24"))
    return out


def is_key(frame: MediaFrame) -> bool:
    return bool(frame.flags & MediaFlag.KEYFRAME)


def test_each_picture_is_a_chunk_that_looks_like_it(codec: Codec) -> None:
    pictures, media = Pictures(), wanted(codec)
    frames = [sent(pictures, tick, media) for tick in range(30)]
    assert [is_key(frame) for frame in frames] == [True] + [False] * 29
    assert [frame.media_time_us for frame in frames] == [tick * 40_000 for tick in range(30)]
    seen = shown(codec, frames)
    assert len(seen) == 30
    for tick, looks in enumerate(seen):
        error = np.mean((looks.astype(float) - picture(tick)) ** 2)
        assert 10 * np.log10(255**2 / error) > 30


def test_a_keyframe_comes_on_request_but_not_more_than_once_a_second(codec: Codec) -> None:
    pictures, media = Pictures(), wanted(codec)
    keys: list[int] = []
    for tick in range(100):
        if tick >= 10:
            pictures.want_keyframe()
        if is_key(sent(pictures, tick, media)):
            keys.append(tick)
    assert keys == [0, KEYFRAME_EVERY, 2 * KEYFRAME_EVERY, 3 * KEYFRAME_EVERY]
    joins = [sent(pictures, tick, media) for tick in range(100, 103)]
    assert [is_key(frame) for frame in joins] == [True, False, False]
    assert len(shown(codec, joins)) == 3


def test_another_size_and_another_decoder_begin_with_a_keyframe(codec: Codec) -> None:
    pictures = Pictures()
    first = [sent(pictures, tick, wanted(codec)) for tick in range(3)]
    small = sent(pictures, 3, wanted(codec, 64))
    pictures.begin_anew()
    again = sent(pictures, 4, wanted(codec, 64))
    assert [is_key(frame) for frame in (*first, small, again)] == [True, False, False, True, True]
    (looks,) = shown(codec, [again])
    assert looks.shape == (64, 64, 3)


def test_it_takes_far_fewer_bits_than_single_pictures(codec: Codec) -> None:
    jpeg = MediaFormat(video=VideoFormat(width=SIDE, height=SIDE))
    pictures, single = Pictures(), Pictures()
    video = sum(len(sent(pictures, tick, wanted(codec)).payload) for tick in range(50))
    stills = sum(len(sent(single, tick, jpeg).payload) for tick in range(50))
    assert video < 0.5 * stills
    assert codec in offered_codecs()
