"""Opening a session and agreeing on its media."""

from typing import Any, Literal, TypeAlias

from pydantic import Field

from agent.protocol.events.base import ClientEvent, Record, ServerEvent

Rate: TypeAlias = Literal[16_000, 24_000, 48_000]

Size: TypeAlias = tuple[int, int]
SIZES: tuple[Size, ...] = ((512, 512), (256, 256), (128, 128))
"""Sizes of pictures that a client may ask for, the avatar's own first, unless a server says others.
"""


def sizes_of(own: Size) -> tuple[Size, ...]:
    """The sizes that go with an avatar's own: whole, halves and quarters."""
    return tuple((own[0] // part, own[1] // part) for part in (1, 2, 4))


class AudioFormat(Record):
    """Samples a second of the user's and the avatar's PCM16."""

    input_rate: Rate = 16_000
    output_rate: Rate = 24_000


class VideoFormat(Record):
    """How pictures come."""

    codec: Literal["jpeg"] = "jpeg"
    width: int = 512
    height: int = 512
    quality: int = Field(default=80, ge=30, le=95)


class MediaFormat(Record):
    """Binary media in both directions: what has been agreed on.

    `video` None means no pictures. With `motion`, a motion comes beside each picture; with
    `metrics`, the session's figures once a second.
    """

    media: Literal["binary"] = "binary"
    audio: AudioFormat = AudioFormat()
    video: VideoFormat | None = VideoFormat()
    motion: bool = False
    metrics: bool = False


class SessionFields(Record):
    """What a client may set of its session."""

    type: Literal["realtime"] = "realtime"
    instructions: str | None = None
    avatar: MediaFormat | None = None


class SessionUpdate(ClientEvent):
    """The client's wishes."""

    type: Literal["session.update"]
    session: SessionFields


class PartFacts(Record):
    """A part of the server that a user may want to know of."""

    kind: str
    name: str
    title: str
    licence: str
    advice: str | None = None


class VideoFacts(Record):
    """Codecs and sizes of pictures."""

    codecs: tuple[str, ...] = ("jpeg",)
    sizes: tuple[Size, ...] = SIZES


class MotionFacts(Record):
    """Motion spaces, and the names of the avatar's channels."""

    user: str | None = "arkit58"
    avatar: str | None = "arkit58"
    names: tuple[str, ...] = ()


class AvatarFacts(Record):
    """What the server can do: `session.avatar` of `session.created`."""

    protocol: Literal["visavis.1"] = "visavis.1"
    fps: int = 25
    name: str
    disclosure: str
    video: VideoFacts = VideoFacts()
    motion: MotionFacts
    avatars: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    parts: tuple[PartFacts, ...] = ()
    weights: tuple[dict[str, str], ...] = ()
    reactions: str = "lively"
    recording: bool = False
    resume_token: str | None = None


class SessionFacts(Record):
    """A session as it begins."""

    type: Literal["realtime"] = "realtime"
    id: str
    object: Literal["realtime.session"] = "realtime.session"
    model: str
    avatar: AvatarFacts


class SessionCreated(ServerEvent):
    """The first event of the server."""

    type: Literal["session.created"] = "session.created"
    session: SessionFacts


class SessionUpdated(ServerEvent):
    """The effective values; from here on media go as they say."""

    type: Literal["session.updated"] = "session.updated"
    session: dict[str, Any]
