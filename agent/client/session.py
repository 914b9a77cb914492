"""A conversation with a server from Python: `connect`, and iterate over what comes.

An example is in docs/server.md.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from agent.client.errors import ConnectionFailed, NotAgreed
from agent.protocol.client import ClientConnection, Received
from agent.protocol.errors import ProtocolError
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.session import AvatarFacts, MediaFormat, SessionUpdated

OPENS_WITHIN_S = 10.0


class Session:
    """One conversation. What it receives is iterated over; it ends when the connection does."""

    def __init__(self, socket: websockets.ClientConnection, connection: ClientConnection) -> None:
        self._socket, self._connection = socket, connection

    @property
    def facts(self) -> AvatarFacts:
        """What the server said of itself: its avatar, voices, languages, sizes and licences."""
        assert self._connection.facts is not None
        return self._connection.facts

    @property
    def media(self) -> MediaFormat:
        """What was agreed on: rates, sizes of pictures, motion."""
        assert self._connection.format is not None
        return self._connection.format

    async def __aiter__(self) -> AsyncIterator[Received]:
        """Events and media as they come. What is malformed is left out."""
        try:
            async for message in self._socket:
                try:
                    yield self._connection.received(message)
                except ProtocolError:
                    continue
        except websockets.ConnectionClosedError as error:
            raise ConnectionFailed(f"the connection broke: {error}") from error

    async def send_text(self, text: str) -> None:
        """Type something, and ask for an answer."""
        for event in self._connection.message(text):
            await self._send(event)

    async def say(self, text: str, *, interrupt: bool = False) -> None:
        """Words for the avatar to speak."""
        await self._send(self._connection.event("avatar.say", text=text, interrupt=interrupt))

    async def send_audio(self, pcm: bytes) -> None:
        """The next of the microphone: PCM16, mono, at `media.audio.input_rate`."""
        await self._send(self._connection.sound(pcm))

    async def send_motion(self, floats: bytes) -> None:
        """The user's face: 58 float32, little endian (`facts.motion.names`), and a mask if any."""
        await self._send(self._connection.motion(floats))

    async def send_picture(self, jpeg: bytes) -> None:
        """A picture of the user's camera, not mirrored."""
        await self._send(self._connection.picture(jpeg))

    async def interrupt(self) -> None:
        """Have the avatar stop speaking."""
        await self._send(self._connection.event("response.cancel"))

    async def configure(self, **fields: Any) -> None:
        """How the avatar behaves: `reactions`, `intensity`, `emotion`, `language`."""
        await self._send(self._connection.event("avatar.config.update", **fields))

    async def close(self) -> None:
        """End the conversation."""
        await self._socket.close()

    async def _send(self, message: str | bytes) -> None:
        try:
            await self._socket.send(message)
        except websockets.ConnectionClosed as error:
            raise ConnectionFailed(f"the connection is closed: {error}") from error


@asynccontextmanager
async def connect(
    url: str,
    *,
    token: str | None = None,
    instructions: str | None = None,
    **avatar: Any,
) -> AsyncGenerator[Session]:
    """A session with binary media agreed on, while the context lasts.

    `avatar` are fields of `session.avatar`: `video=None` for no pictures, `motion=True`, other
    rates.

    Raises ConnectionFailed when nobody answers or the server refuses, NotAgreed when it cannot do
    what was asked for.
    """
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    connection = ClientConnection()
    try:
        async with asyncio.timeout(OPENS_WITHIN_S):
            socket = await websockets.connect(
                url, compression=None, max_size=None, additional_headers=headers
            )
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        raise ConnectionFailed(f"{url} cannot be talked with: {error or 'no answer'}") from error
    async with socket:
        fields = {} if instructions is None else {"instructions": instructions}
        await socket.send(connection.update(avatar, **fields))
        await _agreed(url, socket, connection)
        yield Session(socket, connection)


async def _agreed(
    url: str, socket: websockets.ClientConnection, connection: ClientConnection
) -> None:
    try:
        async with asyncio.timeout(OPENS_WITHIN_S):
            while True:
                received = connection.received(await socket.recv())
                if isinstance(received, ErrorEvent):
                    raise NotAgreed(received.error.message)
                if isinstance(received, SessionUpdated):
                    return
    except (TimeoutError, ProtocolError, websockets.ConnectionClosed) as error:
        raise ConnectionFailed(f"{url} does not speak this protocol: {error}") from error
