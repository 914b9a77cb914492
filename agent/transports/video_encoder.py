"""Pictures as H.264 or VP8: one chunk for each picture, at once, as WebCodecs decodes them.

Chunks of H.264 are in Annex B with the parameter sets in each keyframe, and with the mark of
synthetic media, for which VP8 has no place. The colours are BT.601 of limited range; H.264 says so
itself, of VP8 the decoder must be told.
"""

from fractions import Fraction
from typing import Any, Literal, TypeAlias

import av
import cv2
import numpy as np
from av.codec.codec import UnknownCodecError
from av.video.frame import PictureType
from jaxtyping import UInt8

from agent.protocol.events.session import VideoFormat
from avatar.clock import FPS
from avatar.marking import h264_message

VideoCodec: TypeAlias = Literal["h264", "vp8"]

LIBRARIES: dict[VideoCodec, str] = {"h264": "libx264", "vp8": "libvpx"}

USUAL_QUALITY = 80
"""The quality of JPEG that the usual settings of the codecs look like."""

CRF_A_QUALITY = 0.25
"""By how much the rate factor grows for a quality of one less."""

NEVER = 10**6
"""Pictures between keyframes that nobody asked for."""

BITS_A_PIXEL = 1_500_000 / 512**2
"""Bits a second and pixel that are never exceeded for long, so that keyframes stay small."""

LARGEST_LEVEL = 3600
"""Macroblocks of a picture of level 3.1; x264 is asked for no level above."""

BT601 = "colormatrix=smpte170m:colorprim=smpte170m:transfer=smpte170m:range=tv"


def offered_codecs() -> tuple[str, ...]:
    """The codecs of pictures that can be made here: H.264 and VP8 where PyAV has their encoders."""
    return ("jpeg", *(codec for codec, library in LIBRARIES.items() if _is_there(library)))


def _is_there(library: str) -> bool:
    try:
        av.Codec(library, "w")
    except UnknownCodecError:
        return False
    return True


class VideoEncoder:
    """Encodes the pictures of one client, which must all be sent: each needs those before it."""

    def __init__(self, wanted: VideoFormat) -> None:
        assert wanted.codec != "jpeg"
        self.format = wanted
        self._pictures = 0
        self._context = _h264(wanted) if wanted.codec == "h264" else _vp8(wanted)

    def encode(
        self, picture: UInt8[np.ndarray, "height width 3"], *, key: bool = False
    ) -> tuple[bytes, bool]:
        """The chunk of a picture, RGB, and whether it needs none before it."""
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
        frame.pts = self._pictures
        self._pictures += 1
        if key:
            frame.pict_type = PictureType.I
        (packet,) = self._context.encode(frame)
        if packet.is_keyframe and self.format.codec == "h264":
            return h264_message() + bytes(packet), True
        return bytes(packet), bool(packet.is_keyframe)


def _context(wanted: VideoFormat, library: str) -> Any:
    context: Any = av.CodecContext.create(library, "w")
    context.width, context.height, context.pix_fmt = wanted.width, wanted.height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, FPS), Fraction(FPS, 1)
    context.thread_count, context.gop_size, context.max_b_frames = 1, NEVER, 0
    return context


def _h264(wanted: VideoFormat) -> Any:
    context = _context(wanted, LIBRARIES["h264"])
    most = _most_bits(wanted)
    blocks = -(-wanted.width // 16) * -(-wanted.height // 16)
    level = {"level": "31"} if blocks <= LARGEST_LEVEL else {}
    context.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "profile": "baseline",
        "crf": f"{23 + _coarser(wanted):.1f}",
        "maxrate": str(most),
        "bufsize": str(most // 5),
        "forced-idr": "1",
        "x264-params": f"scenecut=0:{BT601}",
        **level,
    }
    return context


def _vp8(wanted: VideoFormat) -> Any:
    context = _context(wanted, LIBRARIES["vp8"])
    context.bit_rate = _most_bits(wanted)
    # A negative cpu-used is a fixed effort; a positive one changes with the load of the machine.
    context.options = {
        "deadline": "realtime",
        "cpu-used": "-8",
        "lag-in-frames": "0",
        "crf": str(round(24 + _coarser(wanted))),
        "qmin": "4",
        "qmax": "50",
    }
    return context


def _coarser(wanted: VideoFormat) -> float:
    return CRF_A_QUALITY * (USUAL_QUALITY - wanted.quality)


def _most_bits(wanted: VideoFormat) -> int:
    return round(BITS_A_PIXEL * wanted.width * wanted.height)
