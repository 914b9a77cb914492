"""The page of a study and what it asks for. Nothing that it serves says which method is which."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from pipelines.pages import add_own_page
from pipelines.study.answers import (
    LONGEST_S,
    Answer,
    AnswerBook,
    AnsweredOtherwise,
    AnswersFull,
    Code,
)
from pipelines.study.plan import CLIPS, Showing, Side, Study, course
from pipelines.study.questions import QUESTION_NAMES, QUESTIONS, Choice

PAGE = Path(__file__).parent / "page"

Participant = Annotated[Code, Query()]
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; media-src 'self' blob:",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Submission(BaseModel):
    """What the page sends: the choices by side, for all questions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    participant: Code
    trial: str = Field(max_length=64)
    seconds: float = Field(ge=0, le=LONGEST_S, allow_inf_nan=False)
    choices: dict[str, Choice] = Field(max_length=len(QUESTIONS))


def create_app(study: Study, folder: Path, book: AnswerBook) -> FastAPI:
    """The application of one study; it closes the book when it ends."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        book.close()

    app = FastAPI(title="A comparison of videos", lifespan=lifespan, openapi_url=None)
    app.middleware("http")(_with_headers)
    app.exception_handler(RequestValidationError)(_invalid)
    add_own_page(app, PAGE)
    _add_clips(app, study, folder)
    _add_answers(app, study, book)
    return app


async def _with_headers(request: Request, go_on: RequestResponseEndpoint) -> Response:
    response = await go_on(request)
    response.headers.update(HEADERS)
    return response


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    """What is wrong with a request, without repeating it."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = str(first["loc"][-1])
    message = f"{name}: {first['msg']}"
    if name == "participant":
        message = "A code has 1 to 32 letters, digits, - and _, and begins with a letter or digit."
    return JSONResponse({"detail": message}, 422)


def _add_clips(app: FastAPI, study: Study, folder: Path) -> None:
    @app.get("/api/clips/{trial}/{side}")
    def clip(trial: str, side: Side, participant: Participant) -> FileResponse:
        path = folder / CLIPS / _showing(study, participant, trial).file(side)
        if not path.is_file():
            raise HTTPException(404, "The clip is gone; tell whoever runs the study.")
        return FileResponse(path, media_type="video/mp4")


def _add_answers(app: FastAPI, study: Study, book: AnswerBook) -> None:
    @app.get("/api/questions")
    def questions() -> list[dict[str, str]]:
        return [asdict(question) for question in QUESTIONS]

    @app.get("/api/progress")
    def progress(participant: Participant) -> dict[str, Any]:
        return _progress(study, book, participant)

    @app.post("/api/answers")
    def answer(given: Submission) -> dict[str, Any]:
        showing = _showing(study, given.participant, given.trial)
        if set(given.choices) != set(QUESTION_NAMES):
            raise HTTPException(422, "Answer each of the questions, and no others.")
        try:
            book.add(_answer(given, showing))
        except AnsweredOtherwise as error:
            raise HTTPException(409, str(error)) from error
        except AnswersFull as error:
            raise HTTPException(
                507, "The answer could not be saved. Tell whoever runs the study, then try again."
            ) from error
        return _progress(study, book, given.participant)


def _showing(study: Study, participant: str, trial: str) -> Showing:
    for showing in course(study, participant):
        if showing.trial.id == trial:
            return showing
    raise HTTPException(404, "This study has no such pair; load the page again.")


def _answer(given: Submission, showing: Showing) -> Answer:
    return Answer(
        participant=given.participant,
        trial=given.trial,
        left=showing.left,
        seconds=given.seconds,
        verdicts={name: showing.verdict(given.choices[name]) for name in QUESTION_NAMES},
    )


def _progress(study: Study, book: AnswerBook, participant: str) -> dict[str, Any]:
    """How far a participant is, the pair to show, and the one after it, to be loaded early."""
    done = book.answered(participant)
    open_trials = [
        showing.trial.id for showing in course(study, participant) if showing.trial.id not in done
    ]
    current, following = [*open_trials, None, None][:2]
    total = len(study.trials)
    return {
        "answered": total - len(open_trials),
        "total": total,
        "trial": current,
        "following": following,
    }
