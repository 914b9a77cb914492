"""The page for whoever looks after the kiosk, behind a passcode: its state, and what may be done.

Nothing that is said or shown to visitors is told here.
"""

import math
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from pipelines.admission import Refusal
from pipelines.kiosk.config import AdminConfig
from pipelines.kiosk.passcode import Lock, Passes
from pipelines.pages import PAGE
from pipelines.posted import posted

COOKIE = "visavis_admin"
HEADER = "x-visavis-admin"
"""What the page sends with each POST: other origins' pages cannot, for nobody allows them to."""

LARGEST_REQUEST = 1 << 10
"""Bytes of a request; a passcode is shorter."""

SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PartState(BaseModel):
    """A part that the conversation is made of."""

    kind: str
    name: str
    licence: str


class AdminState(BaseModel):
    """What the page shows: numbers and names, never what a visitor said."""

    model_config = ConfigDict(extra="forbid")

    version: str
    uptime_s: float
    ready: bool
    reasons: tuple[str, ...] = ()
    state: str | None = None
    sessions: int = 0
    rung: int = 0
    faults: tuple[str, ...] = ()
    knowledge_problems: tuple[str, ...] = ()
    visits: dict[str, int] = {}
    parts: tuple[PartState, ...] = ()
    volume: float | None = None


class LoginRequest(BaseModel):
    """What somebody says who wants to come in."""

    model_config = ConfigDict(extra="forbid")

    passcode: str


class VolumeRequest(BaseModel):
    """How loud the kiosk speaks, from 0 to 1."""

    model_config = ConfigDict(extra="forbid")

    volume: float = Field(ge=0, le=1)


@dataclass(frozen=True, slots=True)
class Operations:
    """What the page asks for; each is called in the event loop."""

    state: Callable[[], AdminState]
    reload: Callable[[], Awaitable[None]]
    restart: Callable[[], Awaitable[None]]
    reset: Callable[[], Awaitable[None]]
    volume: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes share: who may come in, and what can be done."""

    lock: Lock
    passes: Passes
    operations: Operations

    def stranger(self, request: Request) -> Refusal | None:
        """Why a request is not listened to; None when it is."""
        if self.passes.knows(request.cookies.get(COOKIE)):
            return None
        return Refusal(401, "passcode_needed", "log in with the passcode first")


def add_admin(
    app: FastAPI,
    config: AdminConfig,
    operations: Operations,
    *,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Add `/admin` and what it asks for; nothing unless its passcode is in the environment."""
    passcode = os.environ.get(config.passcode_from)
    if not passcode:
        return
    lock = Lock(passcode, config.attempts, config.locked_s, clock)
    desk = Desk(lock, Passes(clock), operations)
    _add_page(app)
    _add_entrance(app, desk)
    _add_work(app, desk)


def _add_page(app: FastAPI) -> None:
    files: Path = PAGE / "admin"

    @app.get("/admin")
    async def page() -> FileResponse:
        return FileResponse(files / "index.html", headers=SAFE)


def _add_entrance(app: FastAPI, desk: Desk) -> None:
    @app.post("/admin/login")
    async def login(request: Request) -> Response:
        if (refusal := _forged(request)) is not None:
            return _refused(refusal)
        try:
            given = LoginRequest.model_validate_json(await posted(request, LARGEST_REQUEST))
        except ValueError:
            return _refused(Refusal(400, "invalid_request", 'expected {"passcode": "..."}'))
        if desk.lock.opens(given.passcode):
            answer = JSONResponse({"status": "welcome"}, headers=SAFE)
            _set_cookie(answer, request, desk.passes.give())
            return answer
        return _kept_out(desk.lock.shut_s)

    @app.post("/admin/logout")
    async def logout(request: Request) -> Response:
        if (refusal := _forged(request)) is not None:
            return _refused(refusal)
        desk.passes.take_back(request.cookies.get(COOKIE))
        answer = JSONResponse({"status": "goodbye"}, headers=SAFE)
        answer.delete_cookie(COOKIE, path="/admin")
        return answer


def _add_work(app: FastAPI, desk: Desk) -> None:
    @app.get("/admin/state")
    async def state(request: Request) -> Response:
        if (refusal := desk.stranger(request)) is not None:
            return _refused(refusal)
        return JSONResponse(desk.operations.state().model_dump(mode="json"), headers=SAFE)

    @app.post("/admin/do/{action}")
    async def do(action: str, request: Request) -> Response:
        if (refusal := _forged(request) or desk.stranger(request)) is not None:
            return _refused(refusal)
        operations = desk.operations
        plain = {
            "reload": operations.reload,
            "restart": operations.restart,
            "reset": operations.reset,
        }
        if action in plain:
            await plain[action]()
        elif action == "volume":
            try:
                wanted = VolumeRequest.model_validate_json(await posted(request, LARGEST_REQUEST))
            except ValueError:
                message = 'expected {"volume": 0 to 1}'
                return _refused(Refusal(400, "invalid_request", message))
            await operations.volume(wanted.volume)
        else:
            return _refused(Refusal(404, "unknown_action", f"there is no action {action!r}"))
        return JSONResponse({"status": "done"}, headers=SAFE)


def _forged(request: Request) -> Refusal | None:
    """Whether a page of somebody else's asks in the name of the one who is logged in."""
    if HEADER in request.headers:
        return None
    return Refusal(403, "header_needed", f"send the header {HEADER}")


def _refused(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.body, refusal.status, {**SAFE, **refusal.headers})


def _kept_out(shut_s: float) -> JSONResponse:
    """The answer to a passcode that did not open."""
    if shut_s <= 0:
        return _refused(Refusal(401, "wrong_passcode", "this is not the passcode"))
    seconds = math.ceil(shut_s)
    refusal = Refusal(429, "locked", f"too many wrong passcodes: try again in {seconds} s")
    return JSONResponse(refusal.body, refusal.status, {**SAFE, "Retry-After": str(seconds)})


def _set_cookie(answer: Response, request: Request, token: str) -> None:
    answer.set_cookie(
        COOKIE,
        token,
        path="/admin",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
