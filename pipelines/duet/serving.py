"""The server of `visavis duet`: the page of the duet and nothing else."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from loguru import logger

from avatar.avatar import Avatar
from pipelines.admission import Admission
from pipelines.build import share_interpreter
from pipelines.cli.output import told
from pipelines.config import ServeConfig
from pipelines.duet.routes import add_duet
from pipelines.duet.stage import Stage
from pipelines.pages import add_files
from pipelines.serving import addresses, fragment, listening, web_server


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
    """Serve until it is stopped. Raises ServeError when the address cannot be used."""
    logger.remove()
    logger.add(sys.stderr, level="WARNING", backtrace=False, diagnose=False)
    share_interpreter()
    config = ServeConfig(host=host, port=port)
    with listening(host, port) as listener:
        server = web_server(create_app(config, Stage(avatars, seed=seed)))
        pages = addresses(listener, host, f"/duet{fragment(config.token)}")
        told(f"ready: open {' or '.join(pages)}")
        server.run(sockets=[listener])
