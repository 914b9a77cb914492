"""The beginning of a connection: the server's greeting, and what the client says first."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TypeAlias

from starlette.websockets import WebSocket

from agent.protocol.closing import CLOSE_POLICY
from agent.protocol.connection import ServerConnection
from agent.protocol.errors import ProtocolError
from agent.protocol.events.parsing import AnyClientEvent
from agent.transports.pace import Pace
from agent.transports.websocket_line import BROKEN

MessageOrGone: TypeAlias = str | bytes | int

CLOSE_LOST = 1006


async def received(websocket: WebSocket) -> MessageOrGone:
    """The next message; the code that the connection was closed with when there is none."""
    try:
        message = await websocket.receive()
    except RuntimeError:
        return 1000
    if message["type"] == "websocket.disconnect":
        # Uvicorn gives a connection that was lost the code of a goodbye, but no reason.
        return int(message["code"]) if "reason" in message else CLOSE_LOST
    text: str | None = message.get("text")
    return message["bytes"] if text is None else text


class Opening:
    """Greets a client and waits for its first event, which tells whether it has been here before.

    `known` says whether a resume token is good; a client that brings one which is not is told so,
    and may begin anew.
    """

    def __init__(
        self, websocket: WebSocket, connection: ServerConnection, known: Callable[[str], bool]
    ) -> None:
        self._websocket, self._connection, self._known = websocket, connection, known

    async def first(self) -> AnyClientEvent | None:
        """The client's first good event; None when it left, or had to be sent away."""
        pace = Pace(monotonic)
        with suppress(*BROKEN):
            await self._websocket.send_text(self._connection.wire(self._connection.hello()))
            while not isinstance(message := await received(self._websocket), int):
                try:
                    return self._checked(message)
                except ProtocolError as error:
                    refusal = self._connection.refuse(error)
                    await self._websocket.send_text(self._connection.wire(refusal))
                if self._connection.hopeless:
                    await self._websocket.close(CLOSE_POLICY, "nothing but malformed frames came")
                    return None
                await asyncio.sleep(pace.wait_s(len(message)))
        return None

    def _checked(self, message: str | bytes) -> AnyClientEvent:
        if isinstance(message, bytes):
            self._connection.binary(message)
            raise ProtocolError("media_not_negotiated", "the first message must be an event")
        event = self._connection.text(message)
        token = self._connection.resumes(event)
        if token is not None and not self._known(token):
            raise ProtocolError(
                "invalid_resume_token",
                "this token is unknown, used or too old: begin anew with a session.update without",
                param="session.resume_token",
                event_id=event.event_id,
            )
        return event
