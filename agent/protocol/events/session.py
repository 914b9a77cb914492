"""Opening a session and agreeing on its media."""

from typing import Any, Literal, TypeAlias

from pydantic import Field

from agent.protocol.events.base import ClientEvent, Record, ServerEvent

Rate: TypeAlias = Literal[16_000, 24_000, 48_000]

Codec: TypeAlias = Literal["jpeg", "h264", "vp8"]

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
    """How pictures come. `quality` is JPEG's; of a video codec, more of it takes more bits."""

    codec: Codec = "jpeg"
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


class PcmFormat(Record):
    """The only form of sound in events: PCM16, mono, 24 kHz."""

    type: Literal["audio/pcm"] = "audio/pcm"
    rate: Literal[24_000] | None = 24_000


class TurnDetection(Record):
    """Who ends the user's turns: the server, however it is asked to. What else comes is ignored."""

    type: str = "semantic_vad"


class InputAudio(Record):
    """The user's sound. `turn_detection` null is push to talk: a turn ends when it is committed."""

    format: PcmFormat | None = None
    turn_detection: TurnDetection | None = None


class OutputAudio(Record):
    """The avatar's sound. A `voice` that is not one of `session.avatar.voices` changes nothing."""

    format: PcmFormat | None = None
    voice: str | dict[str, Any] | None = None


class AudioFields(Record):
    """Sound as the OpenAI API sets it."""

    input: InputAudio | None = None
    output: OutputAudio | None = None


class FunctionTool(Record):
    """A function of the client's that the language model may call."""

    type: Literal["function"] = "function"
    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    description: str = Field(default="", max_length=4000)
    parameters: dict[str, Any] = Field(default_factory=dict)


class SessionFields(Record):
    """What a client may set of its session."""

    type: Literal["realtime"] = "realtime"
    instructions: str | None = None
    output_modalities: tuple[Literal["text", "audio"], ...] | None = None
    audio: AudioFields | None = None
    tools: tuple[FunctionTool, ...] | None = Field(default=None, max_length=32)
    avatar: MediaFormat | None = None
    resume_token: str | None = Field(default=None, max_length=256)

    @property
    def push_to_talk(self) -> bool | None:
        """Whether the client ends the user's turns; None where it says nothing of it."""
        sound = None if self.audio is None else self.audio.input
        if sound is None or "turn_detection" not in sound.model_fields_set:
            return None
        return sound.turn_detection is None

    @property
    def text_only(self) -> bool | None:
        """Whether answers are only to be written; None where nothing is said of it."""
        wanted = self.output_modalities
        return None if wanted is None else "audio" not in wanted

    @property
    def voice(self) -> str | None:
        """The voice that is asked for, by its name."""
        sound = None if self.audio is None else self.audio.output
        return sound.voice if sound is not None and isinstance(sound.voice, str) else None


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

    codecs: tuple[str, ...] = ("jpeg", "h264", "vp8")
    sizes: tuple[Size, ...] = SIZES


class MotionFacts(Record):
    """Motion spaces, and the names of the avatar's channels."""

    user: str | None = "arkit58"
    avatar: str | None = "arkit58"
    names: tuple[str, ...] = ()


class SyntheticFacts(Record):
    """That what comes is made by a machine, for machines to know (IPTC's digital source type)."""

    digital_source_type: str
    disclosure: str


class AvatarFacts(Record):
    """What the server can do: `session.avatar` of `session.created`.

    With `functions` the language model can call those of a client (`tools`); a `kiosk` tells of its
    visits. `resume_token` is a
    secret, shown once, with which the conversation goes on after its connection was lost.
    """

    protocol: Literal["visavis.1"] = "visavis.1"
    fps: int = 25
    name: str
    disclosure: str
    synthetic: SyntheticFacts | None = None
    video: VideoFacts = VideoFacts()
    motion: MotionFacts
    avatars: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    parts: tuple[PartFacts, ...] = ()
    weights: tuple[dict[str, str], ...] = ()
    functions: bool = False
    kiosk: bool = False
    reactions: str = "lively"
    recording: bool = False
    resume_token: str | None = None


class SessionFacts(Record):
    """A session as it begins."""

    type: Literal["realtime"] = "realtime"
    id: str
    object: Literal["realtime.session"] = "realtime.session"
    model: str
    output_modalities: tuple[str, ...] = ("audio",)
    audio: dict[str, Any] = Field(default_factory=dict)
    tools: tuple[FunctionTool, ...] = ()
    avatar: AvatarFacts


class SessionCreated(ServerEvent):
    """The first event of the server."""

    type: Literal["session.created"] = "session.created"
    session: SessionFacts


class SessionUpdated(ServerEvent):
    """The effective values; from here on media go as they say."""

    type: Literal["session.updated"] = "session.updated"
    session: dict[str, Any]


class SessionMoving(ServerEvent):
    """This server is about to end: go on at another address, with this ticket as resume token."""

    type: Literal["session.moving"] = "session.moving"
    url: str
    ticket: str
