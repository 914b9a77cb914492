"""A websocket that carries a conversation with a face, as a pipecat transport."""

import asyncio
from collections.abc import Callable
from time import monotonic

from pipecat.transports.base_transport import BaseTransport, TransportParams
from starlette.websockets import WebSocket

from agent.protocol.closing import CLOSE_FAILED, CLOSE_TAKEN_OVER
from agent.protocol.connection import ServerConnection
from agent.protocol.events.parsing import AnyClientEvent
from agent.transports.meter import Meter
from agent.transports.websocket_input import WebsocketInput
from agent.transports.websocket_line import Line
from agent.transports.websocket_output import WebsocketOutput


class WebsocketTransport(BaseTransport):
    """One client's conversation, over one socket or, after a lost connection, several.

    `clock` times what is measured and paces what comes too fast.
    """

    def __init__(
        self,
        connection: ServerConnection,
        params: TransportParams,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self._line = Line(connection, Meter(clock), clock)
        self._input = WebsocketInput(self._line, params)
        self._output = WebsocketOutput(self._line, params)

    def input(self) -> WebsocketInput:
        """The processor that the pipeline begins with."""
        return self._input

    def output(self) -> WebsocketOutput:
        """The processor that stands behind the avatar."""
        return self._output

    async def talk(self, websocket: WebSocket, first: AnyClientEvent) -> int:
        """Serve a socket that was accepted until its end; returns the code that it ended with.

        `first` is what its client said already. A socket that was served so far is closed: the
        client has lost it. The pipeline must be running (`ready`).
        """
        await self._line.close(CLOSE_TAKEN_OVER, "the conversation goes on over another connection")
        outbox = self._line.attach(websocket)
        writing = asyncio.create_task(outbox.run())
        reading = asyncio.create_task(self._input.read(websocket, first))
        try:
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                await outbox.end(CLOSE_FAILED, "the client took nothing any more")
                return CLOSE_FAILED
            return reading.result()
        finally:
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)
            if self._line.detach(outbox):
                await self._input.unwatched()

    async def ready(self) -> None:
        """Wait until the pipeline runs."""
        await self._input.started.wait()
