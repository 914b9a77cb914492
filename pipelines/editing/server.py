"""The page of the editor and what it asks for. It serves one bundle on this machine."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from avatar.errors import BundleError, MediaError
from avatar.rendering.landmarks import GROUPS
from pipelines.editing.workshop import LOOP_S, Workshop
from pipelines.pages import add_own_page

PAGE = Path(__file__).parent / "page"

Points = Annotated[
    list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(max_length=64)
]


class Moved(BaseModel):
    """What the page sends: all groups."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: dict[str, Points] = Field(max_length=2 * len(GROUPS))


def create_app(workshop: Workshop) -> FastAPI:
    """The application of one bundle; it closes the workshop when it ends."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        workshop.close()

    app = FastAPI(title="The landmarks of an avatar", lifespan=lifespan, openapi_url=None)
    add_own_page(app, PAGE)
    _add_bundle(app, workshop)
    return app


def _add_bundle(app: FastAPI, workshop: Workshop) -> None:
    @app.get("/api/bundle")
    def bundle() -> dict[str, Any]:
        return {
            "name": workshop.name,
            "size": workshop.size,
            "groups": workshop.groups(),
            "loop_s": LOOP_S,
        }

    @app.get("/api/portrait.png")
    def portrait() -> Response:
        return Response(workshop.portrait(), media_type="image/png")

    @app.get("/api/frame.jpg")
    def frame(t: Annotated[float, Query(ge=0, le=1e6, allow_inf_nan=False)] = 0.0) -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(workshop.frame(t), media_type="image/jpeg", headers=headers)

    @app.put("/api/landmarks")
    def move(moved: Moved) -> dict[str, bool]:
        try:
            workshop.move(moved.groups)
        except BundleError as error:
            raise HTTPException(422, str(error)) from error
        return {"moved": True}

    @app.post("/api/save")
    def save() -> dict[str, str]:
        try:
            return {"saved": workshop.save().name}
        except MediaError as error:
            raise HTTPException(507, str(error)) from error
