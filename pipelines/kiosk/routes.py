"""The kiosk's page, what it is told of the house, and the pictures of the brand."""

from collections.abc import Callable, Mapping
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse

from pipelines.kiosk.screen import Screen
from pipelines.pages import PAGE


def add_kiosk(
    app: FastAPI, pictures: Mapping[str, Path | None], screen: Callable[[], Screen | None]
) -> None:
    """Add the page and what it loads; `screen` is None as long as the kiosk is not open."""

    @app.get("/kiosk")
    async def page() -> FileResponse:
        return FileResponse(PAGE / "kiosk" / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/kiosk/screen")
    async def facts() -> Screen:
        known = screen()
        if known is None:
            raise HTTPException(503, "the kiosk is not open yet", {"Retry-After": "1"})
        return known

    @app.get("/kiosk/{name}")
    async def picture(name: str) -> FileResponse:
        file = pictures.get(name)
        if file is None or not file.is_file():
            raise HTTPException(404, "the kiosk has no such picture")
        return FileResponse(file, headers={"Cache-Control": "no-cache"})
