"""A websocket that carries a conversation with a face, as a pipecat transport."""

from collections.abc import Callable
from time import monotonic

from pipecat.transports.base_transport import BaseTransport, TransportParams
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent.protocol.connection import ServerConnection
from agent.transports.meter import Meter
from agent.transports.outbox import Outbox
from agent.transports.websocket_input import WebsocketInput
from agent.transports.websocket_line import Line
from agent.transports.websocket_output import WebsocketOutput


class WebsocketTransport(BaseTransport):
    """One client's connection. Events: `on_client_disconnected(transport)`.

    The socket must be accepted. `clock` times what is measured and paces what comes too fast.
    """

    def __init__(
        self,
        websocket: WebSocket,
        connection: ServerConnection,
        params: TransportParams,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self.line = Line(
            websocket=websocket,
            connection=connection,
            outbox=Outbox(websocket, (WebSocketDisconnect, RuntimeError, OSError)),
            meter=Meter(clock),
            clock=clock,
            gone=self._gone,
        )
        self._input = WebsocketInput(self.line, params)
        self._output = WebsocketOutput(self.line, params)
        self._register_event_handler("on_client_disconnected")
        self.line.send(connection.hello())

    def input(self) -> WebsocketInput:
        """The processor that the pipeline begins with."""
        return self._input

    def output(self) -> WebsocketOutput:
        """The processor that stands behind the avatar."""
        return self._output

    async def _gone(self) -> None:
        await self._call_event_handler("on_client_disconnected")
