"""Performing ticks outside of the event loop, one picture at a time."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from agent.reactions import Reaction, ReactionObserver
from avatar.session import AvatarFrame, AvatarSession
from avatar.tick import Tick


@dataclass(frozen=True, slots=True)
class Performance:
    """What came of some ticks: a frame for each, and the reactions that were seen in them."""

    frames: tuple[AvatarFrame, ...]
    reactions: tuple[Reaction, ...]


class Stage:
    """Ticks wait here until drawing has time; when it is slow, only the newest gets a picture."""

    def __init__(self, session: AvatarSession, executor: Executor | None) -> None:
        self._session, self._executor = session, executor
        self._observer = ReactionObserver()
        self.draws = True
        self._undrawn: list[Tick] = []
        self._due = asyncio.Event()

    def add(self, tick: Tick) -> None:
        """A tick is to be performed."""
        self._undrawn.append(tick)
        self._due.set()

    async def next(self) -> Performance:
        """Wait for ticks and perform all that wait."""
        await self._due.wait()
        self._due.clear()
        ticks, self._undrawn = self._undrawn, []
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._perform, ticks)

    def _perform(self, ticks: list[Tick]) -> Performance:
        frames = self._session.perform(ticks, draw=self.draws)
        seen = [self._observer.step(frame.tick, frame.motion) for frame in frames]
        return Performance(tuple(frames), tuple(reaction for some in seen for reaction in some))
