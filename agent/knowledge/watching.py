"""Keeps a responder up to date while the pages of its folder are edited."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from watchfiles import awatch

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import load_knowledge
from agent.knowledge.languages import DEFAULT_LANGUAGE
from agent.knowledge.responder import Responder

AWAY_MS = 500
"""How often a folder that is gone is looked for."""

GATHERED_MS = 300
"""Changes within this time are taken together: editors write a file in several steps."""


class WatchedKnowledge:
    """A folder's responder, made anew when the folder changes.

    While the folder cannot be used, the last responder stays. `on_problems` is given all that is
    wrong whenever that has changed, and nothing once all is well; it is called in the event loop.

    Raises:
        KnowledgeError: The folder cannot be used in the first place.
    """

    def __init__(
        self,
        folder: Path,
        on_problems: Callable[[Sequence[str]], None],
        language: str = DEFAULT_LANGUAGE,
    ) -> None:
        self._folder, self._on_problems, self._language = folder, on_problems, language
        self._responder, self._problems = self._read()
        if self._problems:
            on_problems(self._problems)

    @property
    def responder(self) -> Responder:
        """The newest that could be made."""
        return self._responder

    async def watch(self, stop: asyncio.Event) -> None:
        """Follow the folder until `stop` is set."""
        while not stop.is_set():
            if self._folder.is_dir():
                await self._follow(stop)
            else:
                await self._wait(stop)

    async def _follow(self, stop: asyncio.Event) -> None:
        """Read after each change, and once at first: it may have changed before it was watched.

        Returns when the folder is gone.
        """
        unread = True
        changes = awatch(
            self._folder,
            stop_event=stop,
            debounce=GATHERED_MS,
            rust_timeout=AWAY_MS,
            yield_on_timeout=True,
        )
        try:
            async for change in changes:
                if change or unread:
                    unread = False
                    await self._renew()
                if not self._folder.is_dir():
                    return
        except OSError as error:
            if self._folder.is_dir():
                self._on_problems((f"{self._folder} cannot be watched: {error.strerror}",))
                await asyncio.sleep(AWAY_MS / 1000)

    async def _renew(self) -> None:
        try:
            self._responder, problems = await asyncio.to_thread(self._read)
        except KnowledgeError as error:
            problems = (str(error),)
        if problems != self._problems:
            self._problems = problems
            self._on_problems(problems)

    async def _wait(self, stop: asyncio.Event) -> None:
        """Until the folder is there again."""
        await self._renew()
        while not self._folder.is_dir():
            try:
                await asyncio.wait_for(stop.wait(), AWAY_MS / 1000)
            except TimeoutError:
                continue
            return

    def _read(self) -> tuple[Responder, tuple[str, ...]]:
        knowledge = load_knowledge(self._folder)
        return Responder(knowledge, self._language), knowledge.problems
