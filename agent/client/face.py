"""A conversation for scripts that know no asyncio: each call returns when it is done.

    with Face("ws://localhost:8765/v1/realtime") as face:
        print(face.ask("Where can I park my car?").text)

What goes wrong is a `ClientError`.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from threading import Thread
from types import TracebackType
from typing import Any, TypeVar

from agent.client.connecting import Happening
from agent.client.errors import ClientError, ConnectionFailed
from agent.client.player import Player, Shown
from agent.client.session import Session, connect
from agent.protocol.events.response import OutputTranscriptDone, ResponseCreated, ResponseDone
from agent.protocol.events.session import AvatarFacts
from agent.protocol.media import MediaFrame, MediaKind

T = TypeVar("T")

ANSWERS_WITHIN_S = 60.0


class NoAnswer(ClientError):
    """The avatar said nothing in time."""


@dataclass(slots=True)
class Said:
    """What the avatar said: the words that were heard, and the sound, PCM16 at `rate`."""

    text: str = ""
    sound: bytes = field(default=b"", repr=False)
    rate: int = 24_000
    completed: bool = False
    _turn: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def take(self, happening: Happening) -> None:
        """Something came."""
        match happening:
            case ResponseCreated() if not self._turn:
                self._turn = int(happening.response.metadata.get("turn", "0"))
            case MediaFrame(kind=MediaKind.AVATAR_AUDIO) if happening.turn == self._turn > 0:
                self.sound += happening.payload
            case OutputTranscriptDone() if happening.response_id == f"resp_{self._turn}":
                self.text = happening.transcript
            case ResponseDone() if happening.response.metadata.get("turn") == str(self._turn):
                self.completed = happening.response.status == "completed"
                self._done.set()
            case _:
                pass

    async def done(self) -> None:
        """Wait for its end."""
        await self._done.wait()


class Face:
    """Talks with a server from a thread of its own, while the context lasts.

    `avatar` are fields of `session.avatar`, as of `connect`. Raises as `connect` does.
    """

    def __init__(self, url: str, *, token: str | None = None, **avatar: Any) -> None:
        self._url, self._token, self._avatar = url, token, avatar
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._open = AsyncExitStack()
        self._listening: Said | None = None
        self._ended: ClientError | None = None

    def __enter__(self) -> "Face":
        self._thread.start()
        try:
            self._session: Session = self._do(self._connect())
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._do(self._close())
        finally:
            self._stop()

    @property
    def facts(self) -> AvatarFacts:
        """What the server said of itself."""
        return self._session.facts

    def ask(self, text: str, timeout_s: float = ANSWERS_WITHIN_S) -> Said:
        """Type something, and wait for the end of the answer. Raises NoAnswer."""
        return self._heard(self._session.send_text(text), timeout_s)

    def say(self, text: str, timeout_s: float = ANSWERS_WITHIN_S) -> Said:
        """Have the avatar say something, and wait until it is said. Raises NoAnswer."""
        return self._heard(self._session.say(text), timeout_s)

    def interrupt(self) -> None:
        """Have the avatar stop speaking."""
        self._do(self._session.interrupt())

    def configure(self, **fields: Any) -> None:
        """How the avatar behaves, as `Session.configure`."""
        self._do(self._session.configure(**fields))

    def picture(self) -> Shown | None:
        """The picture of the moment; None before the first."""
        return self._player.picture()

    async def _connect(self) -> Session:
        session = await self._open.enter_async_context(
            connect(self._url, token=self._token, **self._avatar)
        )
        self._player = Player(session.media.audio.output_rate)
        self._listener = asyncio.create_task(self._listen(session))
        return session

    async def _listen(self, session: Session) -> None:
        try:
            async for happening in session:
                self._player.take(happening)
                if self._listening is not None:
                    self._listening.take(happening)
            self._ended = ConnectionFailed("the server ended the conversation")
        except ClientError as error:
            self._ended = error

    async def _close(self) -> None:
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
        await self._open.aclose()

    def _heard(self, asking: Coroutine[Any, Any, None], timeout_s: float) -> Said:
        return self._do(self._hear(asking, timeout_s))

    async def _hear(self, asking: Coroutine[Any, Any, None], timeout_s: float) -> Said:
        self._listening = said = Said(rate=self._session.media.audio.output_rate)
        await asking
        done = asyncio.ensure_future(said.done())
        await asyncio.wait(
            {done, self._listener}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        self._listening = None
        if done.done():
            return said
        done.cancel()
        raise self._ended or NoAnswer(f"no answer within {timeout_s:.0f} s")

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except (KeyboardInterrupt, Late):
            future.cancel()
            raise

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
