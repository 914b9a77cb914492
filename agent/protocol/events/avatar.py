"""The face: directing it, and what it does."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from agent.protocol.events.base import ClientEvent, ServerEvent

MediaTime: TypeAlias = Annotated[int, Field(ge=0, lt=1 << 63)]
"""Microseconds on the server's media clock, as a client gives them."""

Reactions: TypeAlias = Literal["off", "composed", "lively"]


class AvatarSay(ClientEvent):
    """Words for the avatar to speak."""

    type: Literal["avatar.say"]
    text: str = Field(min_length=1, max_length=1500)
    interrupt: bool = False


Angle: TypeAlias = Annotated[float, Field(ge=-0.6, le=0.6)]
"""Radians that eyes and head can turn to."""


class AvatarConfigUpdate(ClientEvent):
    """How the avatar behaves; what is left out stays as it is.

    `gaze` is where the user's eyes are, (yaw, pitch) seen from the avatar; null when unknown.
    `avatar` and `voice` are among `session.avatar.avatars` and `voices`.
    """

    type: Literal["avatar.config.update"]
    reactions: Reactions | None = None
    intensity: float | None = Field(default=None, ge=0, le=1)
    emotion: Literal["neutral", "happy", "sad", "surprised", "concerned"] | None = None
    gaze: tuple[Angle, Angle] | None = None
    language: str | None = Field(default=None, min_length=2, max_length=16)
    avatar: str | None = Field(default=None, max_length=64)
    voice: str | None = Field(default=None, max_length=256)


class UserMotionAppend(ClientEvent):
    """What the client's own tracker says of the user's face, `arkit58`."""

    type: Literal["avatar.user_motion.append"]
    values: list[float] = Field(min_length=58, max_length=58)
    seen: list[bool] | None = Field(default=None, min_length=58, max_length=58)


class AvatarPlayback(ClientEvent):
    """What the client is playing and showing now, on the server's media clock."""

    type: Literal["avatar.playback"]
    turn: int = 0
    media_time_us: MediaTime | None = None
    picture_media_time_us: MediaTime | None = None
    buffer_ms: float | None = None


class AvatarKeyframe(ClientEvent):
    """Send a picture that needs none before it: a decoder has lost its way."""

    type: Literal["avatar.keyframe"]


class AvatarState(ServerEvent):
    """What the avatar is doing from a moment on."""

    type: Literal["avatar.state"] = "avatar.state"
    state: str
    turn: int
    media_time_us: int


class AvatarReaction(ServerEvent):
    """What was observed in the motion that was sent.

    `latency_ms` is the time from the cause to the beginning of the reaction, as far as it is known.
    """

    type: Literal["avatar.reaction"] = "avatar.reaction"
    kind: str
    cause: str
    strength: float
    latency_ms: float | None = None
    media_time_us: int


class AvatarFlush(ServerEvent):
    """Drop what is queued of turns 1 to `turn`; turn 0 is never flushed."""

    type: Literal["avatar.flush"] = "avatar.flush"
    turn: int
    media_time_us: int


class AvatarPaused(ServerEvent):
    """Somebody may want to say something: fade out and discard this turn's sound from then on."""

    type: Literal["avatar.paused"] = "avatar.paused"
    turn: int
    media_time_us: int


class AvatarResumed(ServerEvent):
    """It was nothing: what was discarded comes again, with new times."""

    type: Literal["avatar.resumed"] = "avatar.resumed"
    turn: int
    media_time_us: int


class AvatarLanguage(ServerEvent):
    """From here on the conversation is in this language, one of `session.avatar.languages`."""

    type: Literal["avatar.language"] = "avatar.language"
    language: str


class AvatarMetrics(ServerEvent):
    """The session's figures; what is not known yet is left out."""

    type: Literal["avatar.metrics"] = "avatar.metrics"
    fps: float
    late: float
    reaction_ms: float | None = None
    barge_in_ms: float | None = None
    av_skew_ms: float | None = None
    response_ms: float | None = None
