"""Keeps a responder up to date while the pages of its folder are edited."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from watchfiles import awatch

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import Knowledge, load_knowledge
from agent.knowledge.index import Match
from agent.knowledge.responder import Responder

AWAY_MS = 500
"""How often a folder that is gone is looked for."""

GATHERED_MS = 300
"""Changes within this time are taken together: editors write a file in several steps."""


class WatchedKnowledge:
    """A folder's responders, one for each of `languages`, made anew when the folder changes.

    Without `languages` they are those that the folder has in the first place.

    While the folder cannot be used, or holds nothing in a language, the last responder stays; so
    does the last good version of a file. `on_problems` is given all that is wrong whenever that has
    changed, and nothing once all is well; it is called in the event loop. `now` is for answers with
    opening hours.

    Raises:
        KnowledgeError: The folder cannot be used in the first place, or not in one of `languages`.
    """

    def __init__(
        self,
        folder: Path,
        on_problems: Callable[[Sequence[str]], None],
        languages: Sequence[str] = (),
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._folder, self._on_problems, self._now = folder, on_problems, now
        self._knowledge = load_knowledge(folder)
        self._responders = {
            language: Responder(self._knowledge, language, now)
            for language in languages or self._knowledge.languages
        }
        self._problems = self._knowledge.problems
        if self._problems:
            on_problems(self._problems)

    @property
    def responder(self) -> Responder:
        """The newest that could be made, of the first language."""
        return next(iter(self._responders.values()))

    @property
    def responders(self) -> Mapping[str, Responder]:
        """The newest that could be made, by language."""
        return self._responders

    def search(self, text: str, most: int) -> tuple[Match, ...]:
        """The entries of all languages that a question may mean, the likeliest first."""
        found = [match for one in self._responders.values() for match in one.search(text, most)]
        return tuple(sorted(found, key=lambda match: -match.confidence)[:most])

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
            self._knowledge, self._responders, problems = await asyncio.to_thread(self._read)
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

    def _read(self) -> tuple[Knowledge, dict[str, Responder], tuple[str, ...]]:
        knowledge = load_knowledge(self._folder, self._knowledge)
        responders, problems = dict(self._responders), list(knowledge.problems)
        for language in responders:
            try:
                responders[language] = Responder(knowledge, language, self._now)
            except KnowledgeError as error:
                problems.append(f"{error}; until then the last pages in it are used")
        return knowledge, responders, tuple(problems)
