"""The files of the pages and of the client that they are made with."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

import agent.client.browser

PAGE = Path(__file__).parent / "web"
SDK = Path(agent.client.browser.__path__[0])


def add_files(app: FastAPI) -> None:
    """Serve what pages load."""
    app.mount("/web", FreshFiles(directory=PAGE), name="web")
    app.mount("/sdk", FreshFiles(directory=SDK), name="sdk")


def add_own_page(app: FastAPI, folder: Path) -> None:
    """Serve a page that stands alone: its folder, with the conversation's colours and type."""

    @app.get("/")
    async def page() -> FileResponse:  # pyright: ignore[reportUnusedFunction]
        return FileResponse(folder / "index.html")

    @app.get("/page/base.css")
    async def looks() -> FileResponse:  # pyright: ignore[reportUnusedFunction]
        return FileResponse(PAGE / "base.css")

    app.mount("/page", StaticFiles(directory=folder), name="page")


class FreshFiles(StaticFiles):
    """Files that a browser asks for anew each time: an update never mixes old and new modules."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
