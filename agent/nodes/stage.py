"""Performing ticks outside of the event loop, one picture at a time."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from pipecat.frames.frames import Frame

from agent.frames import AvatarEffortFrame, AvatarLoadFrame, AvatarPicturesFrame
from agent.reactions import Reaction, ReactionObserver
from avatar.clock import FPS
from avatar.motion import ARKIT58
from avatar.session import AvatarFrame, AvatarSession
from avatar.tick import Tick


@dataclass(frozen=True, slots=True)
class Performance:
    """What came of some ticks: a frame for each, and the reactions that were seen in them."""

    frames: tuple[AvatarFrame, ...]
    reactions: tuple[Reaction, ...]


class Stage:
    """Ticks wait here until drawing has time; when it is slow, only the newest gets a picture.

    An `AvatarEffortFrame` asks for fewer pictures. Reactions are seen in `arkit58` only: numbers of
    another space do not say what a face does.
    """

    def __init__(self, session: AvatarSession, executor: Executor | None) -> None:
        self._session, self._executor = session, executor
        self._observer = ReactionObserver()
        self._looked_at = self._may_draw = True
        self._every = 1
        self._undrawn: list[Tick] = []
        self._due = asyncio.Event()
        self._wanted = self._performed = 0

    def add(self, tick: Tick) -> None:
        """A tick is to be performed."""
        self._undrawn.append(tick)
        if len(self._undrawn) >= self._every:
            self._wanted += len(self._undrawn) % self._every == 0
            self._due.set()

    def see(self, frame: Frame) -> None:
        """Take what a frame says of the pictures."""
        if isinstance(frame, AvatarPicturesFrame):
            self._looked_at = frame.wanted
        elif isinstance(frame, AvatarEffortFrame):
            self._every, self._may_draw = frame.every, frame.pictures
            self._session.relieve(relieved=frame.rules)

    def load(self, tick: Tick) -> AvatarLoadFrame | None:
        """Once a second, how much there was no time for."""
        if tick.index % FPS:
            return None
        wanted, performed = self._wanted, self._performed
        self._wanted = self._performed = 0
        return AvatarLoadFrame(max(0.0, 1 - performed / wanted) if wanted else 0.0)

    async def next(self) -> Performance:
        """Wait for ticks and perform all that wait."""
        await self._due.wait()
        self._due.clear()
        ticks, self._undrawn = self._undrawn, []
        self._performed += 1
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._perform, ticks)

    def _perform(self, ticks: list[Tick]) -> Performance:
        frames = self._session.perform(ticks, draw=self._looked_at and self._may_draw)
        if self._session.space != ARKIT58:
            return Performance(tuple(frames), ())
        seen = [self._observer.step(frame.tick, frame.motion) for frame in frames]
        return Performance(tuple(frames), tuple(reaction for some in seen for reaction in some))
