"""The one writer of a connection: sound and events in order, pictures as fast as the client can."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeAlias, runtime_checkable

PATIENCE_S = 10.0
"""Seconds that one message may take to leave; a client that is stuck for longer is given up."""

CLOSING_S = 1.0
"""Seconds that the end of a connection may take to leave: a stuck client never takes it."""

MOST_WAITING = 4 << 20
"""Bytes that may wait for a client, more than a minute of sound; then it is given up."""

Picture: TypeAlias = Callable[[], list[bytes]]
"""Makes the frames of one picture. It is called elsewhere than in the event loop, and only when
the picture is sent."""


@runtime_checkable
class Socket(Protocol):
    """What is needed of a websocket; Starlette's has it."""

    async def send_text(self, data: str) -> None:
        """Send a text frame."""
        ...

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        ...

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection."""
        ...


class Outbox:
    """Sends what is put into it. A picture that the client had no time for gives way to the next.

    `broken` are the exceptions by which the socket says that nobody is there any more.
    """

    def __init__(self, socket: Socket, broken: tuple[type[Exception], ...]) -> None:
        self._socket, self._broken = socket, broken
        self._messages = deque[str | bytes]()
        self._waiting = 0
        self._picture: Picture | None = None
        self._something = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._pictures_sent = 0

    def put(self, message: str | bytes) -> None:
        """Send a message after those that wait. When too much waits, nothing is sent any more."""
        self._waiting += len(message)
        if self._waiting > MOST_WAITING:
            self._messages.clear()
        else:
            self._messages.append(message)
            self._empty.clear()
        self._something.set()

    def show(self, picture: Picture) -> None:
        """Send a picture when all messages are gone."""
        self._picture = picture
        self._something.set()

    def take_sent(self) -> int:
        """Pictures that were sent since this was asked last."""
        sent, self._pictures_sent = self._pictures_sent, 0
        return sent

    async def drain(self) -> None:
        """Wait until the messages that wait are sent, for as long as a closing may take."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self._empty.wait()

    async def end(self, code: int, reason: str) -> None:
        """Close the connection with what waits unsent. One that is gone already is no error."""
        with suppress(TimeoutError, *self._broken):
            async with asyncio.timeout(CLOSING_S):
                await self._socket.close(code, reason)

    async def run(self) -> None:
        """Send until the connection ends. Returns when the client is gone or stuck."""
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                await self._send_all()
        except (TimeoutError, *self._broken):
            return

    async def _send_all(self) -> None:
        while self._messages or self._picture is not None:
            if self._waiting > MOST_WAITING:
                raise TimeoutError
            if self._messages:
                message = self._messages.popleft()
                await self._send(message)
                self._waiting -= len(message)
                if not self._messages:
                    self._empty.set()
            else:
                await self._draw()

    async def _draw(self) -> None:
        picture, self._picture = self._picture, None
        assert picture is not None
        frames = await asyncio.get_running_loop().run_in_executor(None, picture)
        for frame in frames:
            await self._send(frame)
        self._pictures_sent += bool(frames)

    async def _send(self, message: str | bytes) -> None:
        async with asyncio.timeout(PATIENCE_S):
            if isinstance(message, str):
                await self._socket.send_text(message)
            else:
                await self._socket.send_bytes(message)
