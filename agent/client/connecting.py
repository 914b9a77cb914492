"""Finding the way to a server, and back to a conversation whose connection was lost."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from agent.client.errors import ConnectionFailed, NotAgreed
from agent.protocol.client import ClientConnection, Received
from agent.protocol.closing import GOODBYES, RESUME_PROTOCOL, RESUMES_WITHIN_S
from agent.protocol.errors import ProtocolError
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.session import SessionUpdated

if TYPE_CHECKING:
    import websockets

OPENS_WITHIN_S = 10.0

BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each attempt to come back; the last repeats."""

INVALID_TOKEN = "invalid_resume_token"


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The connection broke; what is sent until it is back is lost."""

    reason: str


@dataclass(frozen=True, slots=True)
class ConnectionBack:
    """It is there again: the conversation goes on where it was (`resumed`), or begins anew."""

    resumed: bool


Happening: TypeAlias = Received | ConnectionLost | ConnectionBack
"""What a session yields: what the server sent, and what became of the connection."""


class Way:
    """How to get to one server, over one socket after another."""

    def __init__(self, url: str, token: str | None, connection: ClientConnection) -> None:
        self._url, self._token, self._connection = url, token, connection

    async def connect(self) -> "websockets.ClientConnection":
        """A socket on which media are agreed on; a conversation that was lost goes on.

        Raises ConnectionFailed when nobody answers or the server refuses, NotAgreed when it cannot
        do what was asked for.
        """
        import websockets

        resume = self._connection.resume_token
        names = ["realtime"] + ([] if resume is None else [f"{RESUME_PROTOCOL}{resume}"])
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        try:
            async with asyncio.timeout(OPENS_WITHIN_S):
                socket = await websockets.connect(
                    self._url,
                    compression=None,
                    max_size=None,
                    additional_headers=headers,
                    subprotocols=[websockets.Subprotocol(name) for name in names],
                )
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            reason = str(error) or "no answer"
            raise ConnectionFailed(f"{self._url} cannot be talked with: {reason}") from error
        try:
            await self._agree(socket)
        except BaseException:
            await socket.close()
            raise
        return socket

    async def back(self) -> "websockets.ClientConnection":
        """The socket of the first attempt that succeeds. Raises as `connect`, when none does."""
        begin = asyncio.get_running_loop().time()
        attempt = 0
        while True:
            await asyncio.sleep(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])
            attempt += 1
            try:
                return await self.connect()
            except ConnectionFailed:
                if asyncio.get_running_loop().time() - begin > RESUMES_WITHIN_S:
                    raise

    async def _agree(self, socket: "websockets.ClientConnection") -> None:
        import websockets

        try:
            async with asyncio.timeout(OPENS_WITHIN_S):
                await socket.send(self._connection.opening())
                while not isinstance(
                    received := self._connection.received(await socket.recv()), SessionUpdated
                ):
                    if isinstance(received, ErrorEvent):
                        await self._refused(received, socket)
        except (TimeoutError, ProtocolError, websockets.ConnectionClosed) as error:
            raise ConnectionFailed(f"{self._url} does not speak this protocol: {error}") from error

    async def _refused(self, event: ErrorEvent, socket: "websockets.ClientConnection") -> None:
        """A conversation that is over begins anew."""
        if event.error.code != INVALID_TOKEN:
            raise NotAgreed(event.error.message)
        self._connection.forget()
        await socket.send(self._connection.opening())


def is_goodbye(code: int | None) -> bool:
    """Whether a connection was closed on purpose."""
    return code in GOODBYES
