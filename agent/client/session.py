"""A conversation with a server from Python: `connect`, and iterate over what comes.

    async with connect("ws://localhost:8765/v1/realtime") as session:
        await session.send_text("Where can I park my car?")
        async for happening in session:
            ...

README.md beside it has more.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from agent.client.connecting import (
    ConnectionBack,
    ConnectionLost,
    Happening,
    Way,
    is_goodbye,
)
from agent.client.errors import ConnectionFailed
from agent.protocol.client import ClientConnection, Phase
from agent.protocol.errors import ProtocolError
from agent.protocol.events.session import AvatarFacts, MediaFormat
from agent.protocol.media import MediaFrame

if TYPE_CHECKING:
    import websockets

MEDIA = frozenset({"video", "audio", "motion", "metrics"})
"""Fields of `session.avatar`; what else is updated is a field of the session itself."""


class Session:
    """One conversation. What it receives is iterated over; it ends when the server ends it.

    A connection that is lost comes back by itself, unless `reconnects` is off: the iteration tells
    of it and goes on.
    """

    def __init__(
        self,
        socket: "websockets.ClientConnection",
        connection: ClientConnection,
        way: Way,
        *,
        reconnects: bool = True,
    ) -> None:
        self._socket, self._connection, self._way = socket, connection, way
        self._reconnects = reconnects

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

    @property
    def connected(self) -> bool:
        """Whether what is sent arrives."""
        return self._connection.phase is Phase.TALKING

    async def __aiter__(self) -> AsyncIterator[Happening]:
        """Events and media as they come. What is malformed or was flushed is left out.

        Raises ConnectionFailed when the connection is lost for good.
        """
        import websockets

        while True:
            try:
                async for message in self._socket:
                    try:
                        received = self._connection.received(message)
                    except ProtocolError:
                        continue
                    if not isinstance(received, MediaFrame) or not self._connection.is_stale(
                        received
                    ):
                        yield received
                return
            except websockets.ConnectionClosedError as error:
                code = None if error.rcvd is None else error.rcvd.code
                if is_goodbye(code) or not self._reconnects:
                    raise ConnectionFailed(f"the connection broke: {error}") from error
                self._connection.lost()
                yield ConnectionLost(str(error))
            self._socket = await self._way.back()
            yield ConnectionBack(resumed=self._connection.resumed)

    async def send_text(self, text: str) -> None:
        """Type something, and ask for an answer."""
        for event in self._connection.message(text):
            await self._send(event)

    async def say(self, text: str, *, interrupt: bool = False) -> None:
        """Words for the avatar to speak."""
        await self.send_event("avatar.say", text=text, interrupt=interrupt)

    async def send_audio(self, pcm: bytes) -> None:
        """The next of the microphone: PCM16, mono, at `media.audio.input_rate`."""
        await self._send(self._connection.sound(pcm))

    async def send_motion(
        self, values: Sequence[float], seen: Sequence[bool] | None = None
    ) -> None:
        """The user's face: 58 numbers (`facts.motion.names`), and which of them are seen."""
        await self._send(self._connection.motion(values, seen))

    async def send_picture(self, jpeg: bytes) -> None:
        """A picture of the user's camera, not mirrored."""
        await self._send(self._connection.picture(jpeg))

    async def interrupt(self) -> None:
        """Have the avatar stop speaking."""
        await self.send_event("response.cancel")

    async def commit(self) -> None:
        """End the user's turn: they let go of the button."""
        await self.send_event("input_audio_buffer.commit")

    async def configure(self, **fields: Any) -> None:
        """How the avatar behaves: `reactions`, `intensity`, `emotion`, `gaze`, `language`."""
        await self.send_event("avatar.config.update", **fields)

    async def update(self, **fields: Any) -> None:
        """Agree on something else: `instructions`, `video`, `motion`, `metrics`, `audio` (rates),
        `tools`; the server answers with an event.
        """
        wanted = {name: value for name, value in fields.items() if name in MEDIA}
        others = {name: value for name, value in fields.items() if name not in MEDIA}
        await self._send(self._connection.update(wanted, **others))

    async def send_event(self, kind: str, **fields: Any) -> None:
        """Any event of the protocol, by its type."""
        await self._send(self._connection.event(kind, **fields))

    async def close(self) -> None:
        """End the conversation."""
        await self._socket.close()

    async def _send(self, message: str | bytes) -> None:
        import websockets

        if self._connection.phase is Phase.LOST:
            return
        try:
            await self._socket.send(message)
        except websockets.ConnectionClosedError as error:
            if not self._reconnects:
                raise ConnectionFailed(f"the connection is closed: {error}") from error
        except websockets.ConnectionClosed as error:
            raise ConnectionFailed(f"the connection is closed: {error}") from error


@asynccontextmanager
async def connect(
    url: str,
    *,
    token: str | None = None,
    instructions: str | None = None,
    reconnects: bool = True,
    **avatar: Any,
) -> AsyncGenerator[Session]:
    """A session with binary media agreed on, while the context lasts.

    `avatar` are fields of `session.avatar`: `video=None` for no pictures, `motion=True`, other
    rates.

    Raises ConnectionFailed when nobody answers or the server refuses, NotAgreed when it cannot do
    what was asked for.
    """
    fields = {} if instructions is None else {"instructions": instructions}
    connection = ClientConnection(avatar, **fields)
    way = Way(url, token, connection)
    session = Session(await way.connect(), connection, way, reconnects=reconnects)
    try:
        yield session
    finally:
        await asyncio.shield(session.close())
