"""The page of a duet and the websocket that it watches through."""

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, JSONResponse

from pipelines.admission import RETRY_AFTER_S, Admission, Refusal
from pipelines.duet.stage import MOST_SPECTATORS, Stage
from pipelines.pages import PAGE


def add_duet(app: FastAPI, admission: Admission, stage: Stage) -> None:
    """Let everybody who may talk with the server watch. The caller ends the stage."""

    @app.get("/duet")
    async def page() -> FileResponse:
        return FileResponse(PAGE / "duet.html", headers={"Cache-Control": "no-cache"})

    @app.get("/v1/duet")
    async def why_not(request: Request) -> JSONResponse:
        refusal = admission.stranger(request.headers) or _full(stage)
        if refusal is not None:
            return JSONResponse(refusal.body, refusal.status, refusal.headers)
        hint = {"error": {"code": "upgrade_required", "message": "connect with a websocket"}}
        return JSONResponse(hint, 426, {"Upgrade": "websocket"})

    @app.websocket("/v1/duet")
    async def watch(websocket: WebSocket) -> None:
        refusal = admission.stranger(websocket.headers) or _full(stage)
        if refusal is not None:
            answer = JSONResponse(refusal.body, refusal.status, refusal.headers)
            await websocket.send_denial_response(answer)
            return
        offered = websocket.scope["subprotocols"]
        await websocket.accept(subprotocol="realtime" if "realtime" in offered else None)
        await stage.watch(websocket)


def _full(stage: Stage) -> Refusal | None:
    if not stage.full:
        return None
    message = f"{MOST_SPECTATORS} watch already; come again in {RETRY_AFTER_S} s"
    return Refusal(503, "server_full", message)
