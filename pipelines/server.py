"""The server: a page, a websocket, WebRTC for pipecat's clients, and what operators ask for."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from fastapi import FastAPI, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from pipecat.transports.smallwebrtc.request_handler import SmallWebRTCRequestHandler

from pipelines.admission import Admission, caller
from pipelines.build.cast import Cast
from pipelines.build.kiosk import add_house, build_house, kept
from pipelines.config import ServeConfig
from pipelines.duet.routes import add_duet
from pipelines.duet.stage import Stage
from pipelines.kiosk.house import House
from pipelines.offers import add_offers
from pipelines.pages import PAGE, add_files
from pipelines.readiness import warm_up, with_answers
from pipelines.rooms import keep_room
from pipelines.sessions import Sessions


def create_app(config: ServeConfig, cast: Cast) -> FastAPI:
    """The application of one server. It becomes ready by itself after it has been started."""
    admission = Admission(config)
    offers = SmallWebRTCRequestHandler()
    stage = Stage((cast.avatar, cast.avatar))
    house = None if config.kiosk is None else build_house(config, cast, admission)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with _answering(config, cast, house) as able, _kept(house):
            answering = able if house is None else house.opened(able)
            watched = nullcontext if house is None else house.watched
            sessions = Sessions(config, answering, watched)
            app.state.sessions = sessions
            admission.returns = sessions.returns
            warming = asyncio.create_task(warm_up(answering, sessions, admission))
            rooming = asyncio.create_task(_in_room(config, answering, sessions, admission))
            try:
                yield
            finally:
                for task in (warming, rooming):
                    task.cancel()
                await asyncio.gather(warming, rooming, return_exceptions=True)
                await offers.close()
                await stage.end()
                await sessions.end()

    app = FastAPI(title="visavis", lifespan=lifespan, openapi_url=None)
    app.state.admission, app.state.house = admission, house
    _let_in(app, config.origins)
    _add_health(app, admission, house)
    _add_conversation(app, admission)
    add_offers(app, admission, offers)
    add_duet(app, admission, stage)
    if house is not None:
        add_house(app, house, cast)
    _add_page(app)
    return app


def _answering(
    config: ServeConfig, cast: Cast, house: House | None
) -> AbstractAsyncContextManager[Cast]:
    if house is None:
        return with_answers(config, cast)
    return with_answers(config, cast, house.note, house.complain)


def _kept(house: House | None) -> AbstractAsyncContextManager[None]:
    return nullcontext() if house is None else kept(house)


async def _in_room(
    config: ServeConfig, cast: Cast, sessions: Sessions, admission: Admission
) -> None:
    if config.room is not None:
        await admission.opened.wait()
        await keep_room(sessions, config.room, cast.avatar)


def _let_in(app: FastAPI, origins: tuple[str, ...]) -> None:
    """Let browsers show the answers to pages of other origins; who may ask, `Admission` decides."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PATCH"],
        allow_headers=["authorization", "content-type"],
        expose_headers=["retry-after"],
        max_age=600,
    )


def _add_health(app: FastAPI, admission: Admission, house: House | None) -> None:
    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        reasons = () if house is None else house.liveness.reasons
        if reasons:
            return JSONResponse({"status": "stuck", "reasons": reasons}, 503)
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        status = 503 if admission.reasons else 200
        return JSONResponse(
            {"ready": not admission.reasons, "reasons": admission.reasons}, status_code=status
        )


def _add_conversation(app: FastAPI, admission: Admission) -> None:
    @app.get("/v1/realtime")
    async def why_not(request: Request) -> JSONResponse:
        refusal = admission.refuse(request.headers, caller(request))
        if refusal is not None:
            return JSONResponse(refusal.body, refusal.status, refusal.headers)
        hint = {"error": {"code": "upgrade_required", "message": "connect with a websocket"}}
        return JSONResponse(hint, 426, {"Upgrade": "websocket"})

    @app.websocket("/v1/realtime")
    async def realtime(websocket: WebSocket) -> None:
        address = caller(websocket)
        refusal = admission.refuse(websocket.headers, address)
        if refusal is not None:
            answer = JSONResponse(refusal.body, refusal.status, refusal.headers)
            await websocket.send_denial_response(answer)
            return
        offered = websocket.scope["subprotocols"]
        room = admission.crowded(address) is None
        with admission.session(address):
            await websocket.accept(subprotocol="realtime" if "realtime" in offered else None)
            await app.state.sessions.websocket(websocket, anew=room)


def _add_page(app: FastAPI) -> None:
    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    add_files(app)
