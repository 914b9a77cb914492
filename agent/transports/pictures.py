"""Pictures and motions as the binary frames of the wire."""

import cv2
import numpy as np

from agent.frames import AvatarImageFrame
from agent.protocol.events.session import MediaFormat, VideoFormat
from agent.protocol.media import MediaFlag, MediaFrame, MediaKind, encode
from agent.transports.media_time import tick_us


def picture_frames(frame: AvatarImageFrame, wanted: MediaFormat) -> list[bytes]:
    """The picture and, where it was asked for, the motion of a tick."""
    flags = MediaFlag.SPEAKING if frame.speaking else MediaFlag.NONE
    parts: list[tuple[MediaKind, bytes]] = []
    if wanted.motion and frame.motion is not None:
        parts.append((MediaKind.AVATAR_MOTION, frame.motion.astype("<f4").tobytes()))
    if wanted.video is not None:
        parts.append((MediaKind.AVATAR_PICTURE, _jpeg(frame, wanted.video)))
    return [
        encode(MediaFrame(kind, frame.turn, tick_us(frame.tick), payload, flags))
        for kind, payload in parts
    ]


def _jpeg(frame: AvatarImageFrame, wanted: VideoFormat) -> bytes:
    width, height = frame.size
    picture = np.frombuffer(frame.image, np.uint8).reshape(height, width, 3)
    if (width, height) != (wanted.width, wanted.height):
        picture = cv2.resize(picture, (wanted.width, wanted.height), interpolation=cv2.INTER_AREA)
    blue_first = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, wanted.quality])
    return jpeg.tobytes()
