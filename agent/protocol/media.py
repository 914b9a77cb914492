"""Binary media frames: a header of 16 bytes, little endian, and a payload.

| offset | type | field |
|---|---|---|
| 0 | u8 | version, 1 |
| 1 | u8 | kind |
| 2 | u16 | flags |
| 4 | u32 | turn |
| 8 | u64 | media time in microseconds |
"""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from agent.protocol.errors import ProtocolError

VERSION = 1
LARGEST_PAYLOAD = 1 << 20
"""Bytes of payload that a frame may have."""

_HEADER = struct.Struct("<BBHIQ")


class MediaKind(IntEnum):
    """What the payload is. Kinds that are not listed are to be ignored."""

    USER_AUDIO = 1
    AVATAR_AUDIO = 2
    AVATAR_PICTURE = 3
    USER_MOTION = 4
    AVATAR_MOTION = 5
    USER_PICTURE = 6


class MediaFlag(IntFlag):
    """What is said of a frame beside its kind."""

    NONE = 0
    LAST_PIECE = 1
    """The last piece of an utterance."""
    SPEAKING = 2
    """The avatar speaks in this tick."""
    BACKCHANNEL = 4
    KEYFRAME = 8
    """A picture of a video codec that needs none before it."""


@dataclass(frozen=True, slots=True)
class MediaFrame:
    """One frame of sound, picture or motion.

    `kind` is a `MediaKind`, or a number that this version does not know. `media_time_us` counts on
    the sender's clock for this direction, from 0 at the start of the session.
    """

    kind: int
    turn: int
    media_time_us: int
    payload: bytes
    flags: int = MediaFlag.NONE


def encode(frame: MediaFrame) -> bytes:
    """The bytes of a frame. Raises ProtocolError when a field does not fit its place."""
    if len(frame.payload) > LARGEST_PAYLOAD:
        raise ProtocolError(
            "frame_too_large",
            f"{len(frame.payload)} bytes of payload; {LARGEST_PAYLOAD} may be sent",
        )
    try:
        header = _HEADER.pack(VERSION, frame.kind, frame.flags, frame.turn, frame.media_time_us)
    except struct.error as error:
        raise ProtocolError(
            "malformed_frame", f"a field does not fit the header: {error}"
        ) from error
    return header + frame.payload


def decode(data: bytes) -> MediaFrame:
    """The frame in some bytes. Raises ProtocolError with the code to answer with."""
    if len(data) < _HEADER.size:
        raise ProtocolError(
            "malformed_frame", f"{len(data)} bytes; the header alone has {_HEADER.size}"
        )
    version, kind, flags, turn, media_time_us = _HEADER.unpack_from(data)
    if version != VERSION:
        raise ProtocolError(
            "unsupported_version", f"frame of version {version}; this side speaks {VERSION}"
        )
    if len(data) - _HEADER.size > LARGEST_PAYLOAD:
        raise ProtocolError(
            "frame_too_large",
            f"{len(data) - _HEADER.size} bytes of payload; {LARGEST_PAYLOAD} may be sent",
        )
    return MediaFrame(kind, turn, media_time_us, data[_HEADER.size :], flags)
