"""A conversation in the terminal: by microphone or with a given question, and kept if wanted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from agent.client import ConnectionLost, Happening, Player, Session
from agent.client.puppets import Puppet
from agent.protocol.events.avatar import AvatarState
from agent.protocol.events.caption import CaptionDone
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.response import ResponseDone
from agent.protocol.media import MediaFrame, MediaKind
from avatar.clock import FPS
from avatar.errors import MediaError
from avatar.tick import VoiceSamples
from avatar.video import VideoWriter

PIECE_S = 0.02
TICK_US = 1_000_000 // FPS
LOOKS_EVERY_S = 0.01

AFTER_S = 1.0
"""What is kept of a conversation after its last answer."""

ANSWERS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """A line for the terminal."""

    who: str
    text: str


class Recording:
    """What was seen and heard of the avatar, on its media clock."""

    def __init__(self) -> None:
        self._pictures: dict[int, bytes] = {}
        self._sound: dict[int, bytes] = {}

    def take(self, happening: Happening) -> None:
        """Keep media."""
        match happening:
            case MediaFrame(kind=MediaKind.AVATAR_PICTURE):
                self._pictures[happening.media_time_us // TICK_US] = happening.payload
            case MediaFrame(kind=MediaKind.AVATAR_AUDIO):
                self._sound[happening.media_time_us // TICK_US] = happening.payload
            case _:
                pass

    def save(self, path: Path, rate: int, *, badge: bool = True) -> None:
        """Write a video; `badge` draws "AI" into the corner.

        Raises MediaError when nothing was seen or it cannot be written.
        """
        if not self._pictures:
            raise MediaError(f"{path}: nothing was seen that could be written")
        first, last = min(self._pictures), max(self._pictures)
        picture = _decoded(self._pictures[first])
        size = picture.shape[1], picture.shape[0]
        silence = np.zeros(rate // FPS, np.int16)
        with VideoWriter(path, size=size, rate=rate, badge=badge) as video:
            for tick in range(first, last + 1):
                if tick in self._pictures:
                    picture = _decoded(self._pictures[tick])
                video.picture(picture)
                sound = self._sound.get(tick)
                video.sound(silence if sound is None else np.frombuffer(sound, "<i2"))


def _decoded(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise MediaError("the server sent a picture that is no JPEG")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


class Conversation:
    """Follows one session: plays, tells, keeps and moves puppets."""

    def __init__(
        self,
        session: Session,
        player: Player,
        tell: Callable[[Told], None],
        *,
        recording: Recording | None = None,
        puppets: Sequence[Puppet] = (),
    ) -> None:
        self._session, self._player, self._tell = session, player, tell
        self._recording, self._puppets = recording, puppets
        self.state = "idle"
        self._answered = asyncio.Event()

    async def follow(self) -> None:
        """Take what comes until the conversation ends. Raises as the session does."""
        moving = asyncio.create_task(self._move())
        try:
            async for happening in self._session:
                self._player.take(happening)
                if self._recording is not None:
                    self._recording.take(happening)
                self._note(happening)
        finally:
            moving.cancel()
            await asyncio.gather(moving, return_exceptions=True)

    async def say(self, pcm: VoiceSamples) -> None:
        """Say a recording in real time, and be silent until it was answered."""
        rate = self._session.media.audio.input_rate
        piece = round(PIECE_S * rate)
        silence = np.zeros(piece, np.int16)
        loop = asyncio.get_running_loop()
        begin, limit = loop.time(), len(pcm) / rate + ANSWERS_WITHIN_S
        sent = 0
        while not self._answered.is_set() and sent * PIECE_S < limit:
            sound = pcm[sent * piece : (sent + 1) * piece]
            sound = np.concatenate([sound, silence[len(sound) :]])
            await self._session.send_audio(sound.astype("<i2").tobytes())
            sent += 1
            await asyncio.sleep(max(0.0, begin + sent * PIECE_S - loop.time()))

    async def ask(self, text: str) -> None:
        """Type something, and wait until it was answered."""
        await self._session.send_text(text)
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await self._answered.wait()

    def _note(self, happening: Happening) -> None:
        match happening:
            case AvatarState():
                self.state = happening.state
            case CaptionDone() if happening.text:
                who = "you" if happening.role == "user" else self._session.facts.name
                self._tell(Told(who, happening.text))
            case ResponseDone():
                self._answered.set()
            case ErrorEvent():
                self._tell(Told("error", happening.error.message))
            case ConnectionLost():
                self._tell(Told("connection", "lost; coming back"))
            case _:
                pass

    async def _move(self) -> None:
        """Move puppets when the moment of a motion has come."""
        shown = None
        while self._puppets:
            picture = self._player.picture()
            if picture is not None and picture is not shown and picture.motion is not None:
                shown = picture
                for puppet in self._puppets:
                    puppet.show(self._session.facts.motion.names, picture.motion)
            await asyncio.sleep(LOOKS_EVERY_S)
