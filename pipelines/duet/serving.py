"""The server of `visavis duet`: the page of the duet and nothing else."""

import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from loguru import logger

from avatar.avatar import Avatar
from avatar.errors import VisavisError
from pipelines.admission import Admission
from pipelines.build import share_interpreter
from pipelines.cli.output import told
from pipelines.config import ServeConfig
from pipelines.duet.routes import add_duet
from pipelines.duet.stage import Stage
from pipelines.pages import add_files

LARGEST_MESSAGE = 1 << 14
GRACE_S = 3


class DuetError(VisavisError):
    """The server of a duet cannot start."""


def create_app(config: ServeConfig, stage: Stage) -> FastAPI:
    """The application; it ends the stage when it ends."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        await stage.end()

    app = FastAPI(title="visavis duet", lifespan=lifespan, openapi_url=None)
    add_duet(app, Admission(config), stage)

    @app.get("/")
    async def beginning() -> RedirectResponse:
        return RedirectResponse("duet")

    add_files(app)
    return app


def serve(avatars: tuple[Avatar, Avatar], *, seed: int, host: str, port: int) -> None:
    """Serve until it is stopped. Raises DuetError when the address cannot be used."""
    logger.remove()
    logger.add(sys.stderr, level="WARNING", backtrace=False, diagnose=False)
    share_interpreter()
    config = ServeConfig(host=host, port=port)
    fragment = f"#token={quote(config.token, safe='')}" if config.token else ""
    with _listener(host, port) as listener:
        app = create_app(config, Stage(avatars, seed=seed))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1", "::") else host
        told(f"ready: open http://{shown}:{listener.getsockname()[1]}/duet{fragment}")
        server.run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise DuetError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}; "
            "choose another with --port or --host"
        ) from error
