"""A desk to look at in a browser: the admin page of a kiosk that is told how it is."""

import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI

from pipelines.kiosk.admin import AdminState, Operations, PartState, add_admin
from pipelines.kiosk.config import AdminConfig
from pipelines.pages import add_files
from pipelines.serving import listening

PASSCODE = "open sesame"
PHONE = (412, 1180)


@dataclass
class Kiosk:
    """What the page is told, and what it asked for."""

    faults: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    done: list[object] = field(default_factory=list[object])

    def _does(self, what: str) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            self.done.append(what)

        return do

    async def _volume(self, volume: float) -> None:
        self.done.append(volume)

    def _state(self) -> AdminState:
        return AdminState(
            version="0.1.0",
            uptime_s=200_000,
            ready=True,
            state="conversing",
            sessions=1,
            faults=self.faults,
            knowledge_problems=self.problems,
            visits={"noticed": 41, "greeted": 37, "handed_off": 3},
            parts=(PartState(kind="stt", name="pocketsphinx", licence="BSD"),),
            volume=0.6,
        )

    def app(self) -> FastAPI:
        app = FastAPI()
        does = self._does
        operations = Operations(
            self._state, does("reload"), does("restart"), does("reset"), self._volume
        )
        add_admin(app, AdminConfig(attempts=2, locked_s=60), operations)
        add_files(app)
        return app

    @contextmanager
    def served(self) -> Generator[str]:
        """The address of its admin page."""
        server = uvicorn.Server(uvicorn.Config(self.app(), log_level="error"))
        with listening("127.0.0.1", 0) as listener:
            serving = threading.Thread(target=server.run, args=([listener],))
            serving.start()
            try:
                yield f"http://localhost:{listener.getsockname()[1]}/admin"
            finally:
                server.should_exit = True
                serving.join(10)
