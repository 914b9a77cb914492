"""The files of the pages and of the client that they are made with."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

import agent.client.browser

PAGE = Path(__file__).parent / "web"
SDK = Path(agent.client.browser.__path__[0])


def add_files(app: FastAPI) -> None:
    """Serve what pages load."""
    app.mount("/web", FreshFiles(directory=PAGE), name="web")
    app.mount("/sdk", FreshFiles(directory=SDK), name="sdk")


class FreshFiles(StaticFiles):
    """Files that a browser asks for anew each time: an update never mixes old and new modules."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
