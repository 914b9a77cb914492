"""Two people, two faces: a server where each speaks with the other's avatar's mouth."""

import asyncio
import secrets

from fastapi import FastAPI, WebSocket
from fastapi.responses import FileResponse, JSONResponse
from pipecat.workers.runner import WorkerRunner

from agent.nodes import AvatarService, Telephone
from agent.protocol.connection import ServerConnection
from agent.protocol.events.session import AvatarFacts, MotionFacts, VideoFacts, sizes_of
from agent.transports.opening import Opening
from agent.transports.video_encoder import offered_codecs
from agent.transports.websocket import WebsocketTransport
from avatar.avatar import Avatar
from avatar.motion import ARKIT58
from pipelines.admission import Admission
from pipelines.build.telepresence import build_side
from pipelines.config import ServeConfig
from pipelines.pages import PAGE, add_files

DISCLOSURE = "You are talking with a person behind a synthetic face."


class Line:
    """Who is there: one person waits, and the next is joined to them."""

    def __init__(self, avatars: tuple[Avatar, Avatar]) -> None:
        self._avatars = avatars
        self._seats: list[Telephone | None] = [None, None]

    @property
    def full(self) -> bool:
        """Whether both are there."""
        return None not in self._seats

    async def talk(self, websocket: WebSocket) -> None:
        """One person's conversation, until they leave. The socket must be accepted."""
        seat = self._seats.index(None)
        avatar = self._avatars[seat]
        facts = AvatarFacts(
            name=avatar.name,
            disclosure=DISCLOSURE,
            video=VideoFacts(codecs=offered_codecs(), sizes=sizes_of(avatar.renderer.size)),
            motion=MotionFacts(names=ARKIT58.channels),
        )
        connection = ServerConnection(f"sess_{secrets.token_hex(8)}", "telepresence", facts)
        transport = WebsocketTransport(connection, AvatarService.transport_params(avatar))
        side = build_side(avatar, transport, seed=seat)
        self._take(seat, side.telephone)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(side.worker)
        running = asyncio.create_task(runner.run())
        try:
            first = await Opening(websocket, connection, lambda _token: False).first()
            if first is not None:
                await transport.ready()
                await transport.talk(websocket, first)
        finally:
            self._seats[seat] = None
            side.telephone.leave()
            await side.worker.cancel(reason="the person left")
            await running

    def _take(self, seat: int, telephone: Telephone) -> None:
        self._seats[seat] = telephone
        other = self._seats[1 - seat]
        if other is not None:
            telephone.join(other)


def create_app(config: ServeConfig, avatars: tuple[Avatar, Avatar]) -> FastAPI:
    """The application: the page of the live conversation, with a person at the other end."""
    app, line = FastAPI(title="visavis telepresence", openapi_url=None), Line(avatars)
    admission = Admission(config.model_copy(update={"most_sessions": 2}))
    admission.ready()

    @app.websocket("/v1/realtime")
    async def realtime(websocket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
        refusal = admission.refuse(websocket.headers)
        if refusal is not None or line.full:
            body = {} if refusal is None else refusal.body
            await websocket.send_denial_response(JSONResponse(body, 503))
            return
        offered = websocket.scope["subprotocols"]
        with admission.session():
            await websocket.accept(subprotocol="realtime" if "realtime" in offered else None)
            await line.talk(websocket)

    @app.get("/")
    async def page() -> FileResponse:  # pyright: ignore[reportUnusedFunction]
        return FileResponse(PAGE / "index.html")

    add_files(app)
    return app
