"""What the two halves of a websocket transport share: socket, agreement, writer and meter."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketState

from agent.protocol.connection import ServerConnection
from agent.protocol.events.base import ServerEvent
from agent.transports.meter import Meter
from agent.transports.outbox import Outbox

OPENAI_RATE = 24_000
"""Samples a second of sound that is carried in events."""


@dataclass(frozen=True, slots=True)
class Line:
    """One client. `gone` is to be called when nobody is there any more."""

    websocket: WebSocket
    connection: ServerConnection
    outbox: Outbox
    meter: Meter
    clock: Callable[[], float]
    gone: Callable[[], Awaitable[None]]

    def send(self, event: ServerEvent) -> None:
        """Send an event after those that wait."""
        self.outbox.put(self.connection.wire(event))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection, if it is open still."""
        if self.websocket.application_state is WebSocketState.CONNECTED:
            await self.outbox.end(code, reason)
