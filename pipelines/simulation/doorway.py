"""A kiosk in real time: one screen, a real server behind it, and people who come and go."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import cv2
import numpy as np
import psutil
from jaxtyping import UInt8

from agent.protocol.media import MediaKind
from avatar.tick import Samples
from pipelines.build import build_avatar
from pipelines.simulation.dialogues import ROOM_DB, at_db, noise
from pipelines.simulation.talker import Talker, talking
from pipelines.simulation.visitor import Visitor, VisitorError, visiting

PICTURE_S = 0.2
CAMERA = (480, 640)
RECOGNISER = "pocketsphinx_worker"


def camera_pictures(avatar: str = "omar") -> tuple[bytes, bytes]:
    """What a camera sees: a visitor, and nobody."""
    person = build_avatar(avatar, generator="rules")
    face, _ = person.renderer.render(person.rest, person.renderer.start())
    room = np.full((*CAMERA, 3), 96, np.uint8)
    someone = room.copy()
    side = CAMERA[0]
    left = (CAMERA[1] - side) // 2
    someone[:, left : left + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    return _jpeg(someone), _jpeg(room)


def _jpeg(picture: UInt8[np.ndarray, "height width 3"]) -> bytes:
    _, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    return data.tobytes()


@dataclass
class Doorway:
    """The screen of a kiosk, and who stands before it. Times are monotonic."""

    port: int
    server: psutil.Process
    pictures: tuple[bytes, bytes]
    background: Samples
    present: bool = False
    sees: bool = True
    visitor: Visitor = field(init=False)
    talker: Talker = field(init=False)
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _resets: int = 0

    @property
    def states(self) -> list[tuple[float, dict[str, Any]]]:
        """What the screen was told."""
        return [each for each in self.visitor.events if each[1]["type"] == "kiosk.state"]

    @property
    def state(self) -> str:
        """What it shows."""
        states = self.states
        return states[-1][1]["state"] if states else ""

    @property
    def faults(self) -> tuple[str, ...]:
        """What it says does not work."""
        states = self.states
        return tuple(states[-1][1]["faults"]) if states else ()

    @property
    def recognisers(self) -> list[psutil.Process]:
        """The processes that understand speech."""
        children = self.server.children(recursive=True)
        return [each for each in children if RECOGNISER in " ".join(_words(each))]

    async def connect(self, resume: str | None = None) -> None:
        """Open the page, or go on where its connection was lost."""
        self._open = AsyncExitStack()
        self.visitor = await self._open.enter_async_context(visiting(self.port, resume=resume))
        talks = talking(self.visitor, self.background, camera=False)
        self.talker = await self._open.enter_async_context(talks)
        seeing = asyncio.create_task(self._see(self.visitor))
        self._open.push_async_callback(_ended, seeing)

    async def disconnect(self) -> None:
        """Close the page."""
        await self._open.aclose()

    async def cut(self) -> float:
        """The network fails for a moment; seconds from its return until the face is back."""
        _, created = await self.visitor.first("session.created")
        token = created["session"]["avatar"]["resume_token"]
        self.visitor.socket.transport.abort()
        await self.disconnect()
        await asyncio.sleep(1.0)
        back = monotonic()
        await self.connect(resume=token)
        await self.visitor.first_media(MediaKind.AVATAR_PICTURE, after=back)
        return monotonic() - back

    async def kill_ears(self) -> float:
        """The recogniser dies; seconds until there is another."""
        known = {each.pid for each in self.recognisers}
        for each in self.recognisers:
            each.kill()
        killed = monotonic()
        await self.holds(lambda: any(e.pid not in known for e in self.recognisers), 15.0)
        return monotonic() - killed

    async def unplug_microphone(self) -> tuple[float, float]:
        """Seconds until the screen says so, and until it is taken back once it is plugged in."""
        await self.visitor.tell(type="kiosk.device", device="microphone", works=False)
        begun = monotonic()
        await self.holds(lambda: "microphone" in self.faults, 10.0)
        noticed = monotonic() - begun
        await self.visitor.tell(type="kiosk.device", device="microphone", works=True)
        begun = monotonic()
        await self.holds(lambda: "microphone" not in self.faults, 10.0)
        return noticed, monotonic() - begun

    async def until(self, state: str, within_s: float) -> bool:
        """Whether the kiosk comes to a state in time."""
        return await self.holds(lambda: self.state == state, within_s)

    async def answered(self, after: float, within_s: float) -> bool:
        """Whether an answer was heard that was begun after a moment, to its end."""
        try:
            await self.visitor.first_media(MediaKind.AVATAR_AUDIO, after=after, seconds=within_s)
        except VisitorError:
            return False
        return await self.holds(lambda: not self.says, 30.0)

    @property
    def says(self) -> bool:
        """Whether the avatar is heard."""
        heard = [f.at for f in self.visitor.media[-60:] if f.kind == MediaKind.AVATAR_AUDIO]
        return bool(heard) and monotonic() - heard[-1] < 0.5

    async def holds(self, true: Callable[[], bool], within_s: float) -> bool:
        """Whether something becomes true in time."""
        end = monotonic() + within_s
        while not true():
            if monotonic() >= end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _see(self, visitor: Visitor) -> None:
        while True:
            if self.sees:
                await visitor.send_picture(self.pictures[0 if self.present else 1])
            await asyncio.sleep(PICTURE_S)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@asynccontextmanager
async def doorway(
    port: int, server: psutil.Process, pictures: tuple[bytes, bytes]
) -> AsyncGenerator[Doorway]:
    """A kiosk's screen before a quiet room, while the context lasts."""
    background = at_db(noise(1, 1.0), ROOM_DB)
    door = Doorway(port, server, pictures, background)
    await door.connect()
    try:
        yield door
    finally:
        await door.disconnect()
