"""What the two halves of a websocket transport share: the agreement, the meter, and the socket."""

from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from agent.protocol.connection import ServerConnection
from agent.protocol.events.avatar import AvatarState
from agent.protocol.events.base import ServerEvent
from agent.transports.meter import Meter
from agent.transports.outbox import Outbox, Picture
from agent.transports.pictures import Pictures

BROKEN = (WebSocketDisconnect, RuntimeError, OSError)
"""How a socket says that nobody is there any more."""


class Line:
    """One client, over one socket after another. What is sent while there is none is lost."""

    def __init__(
        self, connection: ServerConnection, meter: Meter, clock: Callable[[], float]
    ) -> None:
        self.connection, self.meter, self.clock = connection, meter, clock
        self._websocket: WebSocket | None = None
        self._outbox: Outbox | None = None
        self._state: AvatarState | None = None
        self.pictures = Pictures()

    def attach(self, websocket: WebSocket) -> Outbox:
        """Send over this socket from now on; its outbox is to be run."""
        self._websocket = websocket
        self.pictures.begin_anew()
        self._outbox = outbox = Outbox(websocket, BROKEN)
        return outbox

    def detach(self, outbox: Outbox) -> bool:
        """This outbox's socket is gone; whether it had no successor yet."""
        if self._outbox is not outbox:
            return False
        self._websocket = self._outbox = None
        return True

    def send(self, event: ServerEvent) -> None:
        """Send an event after what waits."""
        if isinstance(event, AvatarState):
            self._state = event
        if self.connection.tells(event):
            self.put(self.connection.wire(event))

    def tell_state(self) -> None:
        """Tell one who comes back what the avatar is doing."""
        if self._state is not None:
            self.send(self._state)

    def put(self, message: str | bytes) -> None:
        """Send a message after those that wait."""
        if self._outbox is not None:
            self._outbox.put(message)

    def show(self, picture: Picture) -> None:
        """Send a picture when there is time for it."""
        if self._outbox is not None:
            self._outbox.show(picture)

    def take_sent(self) -> int:
        """Pictures that were sent since this was asked last."""
        return 0 if self._outbox is None else self._outbox.take_sent()

    async def drain(self) -> None:
        """Wait until what waits is sent, for as long as a closing may take."""
        if self._outbox is not None:
            await self._outbox.drain()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection, if it is open still."""
        if self._websocket is None or self._outbox is None:
            return
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._outbox.end(code, reason)
