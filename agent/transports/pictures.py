"""Pictures and motions as the binary frames of the wire."""

import cv2
import numpy as np
from jaxtyping import UInt8

from agent.frames import AvatarImageFrame
from agent.protocol.events.session import MediaFormat, VideoFormat
from agent.protocol.media import MediaFlag, MediaFrame, MediaKind, encode
from agent.transports.media_time import tick_us
from agent.transports.video_encoder import VideoEncoder
from avatar.clock import FPS
from avatar.marking import marked_jpeg

KEYFRAME_EVERY = FPS
"""Pictures from one keyframe that was asked for to the next."""


class Pictures:
    """Packs the pictures of one client, in their order; what it gives must be sent."""

    def __init__(self) -> None:
        self._encoder: VideoEncoder | None = None
        self._wants_key = False
        self._since_key = 0
        self.smaller = 1
        """By how much pictures are smaller than was agreed on."""

    def want_keyframe(self) -> None:
        """The next picture that may is to need none before it."""
        self._wants_key = True

    def begin_anew(self) -> None:
        """A decoder begins that knows nothing of what was sent."""
        self._encoder = None

    def frames(self, frame: AvatarImageFrame, wanted: MediaFormat) -> list[bytes]:
        """The picture and, where it was asked for, the motion of a tick."""
        flags = MediaFlag.SPEAKING if frame.speaking else MediaFlag.NONE
        parts: list[tuple[MediaKind, bytes, MediaFlag]] = []
        if wanted.motion and frame.motion is not None:
            motion = frame.motion.astype("<f4").tobytes()
            parts.append((MediaKind.AVATAR_MOTION, motion, flags))
        if wanted.video is not None:
            data, key = self._packed(frame, wanted.video)
            more = MediaFlag.KEYFRAME if key else MediaFlag.NONE
            parts.append((MediaKind.AVATAR_PICTURE, data, flags | more))
        return [
            encode(MediaFrame(kind, frame.turn, tick_us(frame.tick), payload, int(flag)))
            for kind, payload, flag in parts
        ]

    def _packed(self, frame: AvatarImageFrame, agreed: VideoFormat) -> tuple[bytes, bool]:
        wanted = _smaller(agreed, self.smaller)
        picture = _sized(frame, wanted)
        if wanted.codec == "jpeg":
            return _jpeg(picture, wanted.quality), False
        if self._encoder is None or self._encoder.format != wanted:
            self._encoder = VideoEncoder(wanted)
        self._since_key += 1
        asked = self._wants_key and self._since_key >= KEYFRAME_EVERY
        data, key = self._encoder.encode(picture, key=asked)
        if key:
            self._wants_key, self._since_key = False, 0
        return data, key


def _smaller(wanted: VideoFormat, by: int) -> VideoFormat:
    """Even numbers of pixels, which video needs."""
    if by == 1:
        return wanted
    width, height = (max(2, side // by // 2 * 2) for side in (wanted.width, wanted.height))
    return wanted.model_copy(update={"width": width, "height": height})


def _sized(
    frame: AvatarImageFrame, wanted: VideoFormat
) -> UInt8[np.ndarray, "wanted_height wanted_width 3"]:
    width, height = frame.size
    picture = np.frombuffer(frame.image, np.uint8).reshape(height, width, 3)
    if (width, height) == (wanted.width, wanted.height):
        return picture
    small = cv2.resize(picture, (wanted.width, wanted.height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _jpeg(picture: UInt8[np.ndarray, "height width 3"], quality: int) -> bytes:
    blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return marked_jpeg(jpeg.tobytes())
