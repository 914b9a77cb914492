"""Answers on disk: one JSON line each, safe there before the participant is told so."""

import errno
import fcntl
import json
import os
import threading
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.study.plan import Method, StudyError
from pipelines.study.questions import QUESTION_NAMES, Verdict

ANSWERS_FILE = "answers.jsonl"
LONGEST_S = 86_400.0

Code: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]
"""A participant's code: no name, and nothing that could be a path."""


class AnswersFull(StudyError):
    """An answer could not be written, and nothing of it was kept."""


class AnsweredOtherwise(StudyError):
    """A pair has another answer of this participant already."""


class Answer(BaseModel):
    """What one participant said about one pair.

    `left` is the method that stood left; `seconds` is the time from the first picture to the
    answer; `verdicts` holds all questions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    participant: Code
    trial: str
    left: Method
    seconds: float = Field(ge=0, le=LONGEST_S, allow_inf_nan=False)
    verdicts: dict[str, Verdict]

    @field_validator("verdicts")
    @classmethod
    def _whole(cls, verdicts: dict[str, Verdict]) -> dict[str, Verdict]:
        if set(verdicts) != set(QUESTION_NAMES):
            raise ValueError(f"needs exactly the questions {', '.join(QUESTION_NAMES)}")
        return verdicts


def read_answers(folder: Path) -> list[Answer]:
    """All answers so far, oldest first. A last line that was cut off is no answer.

    Raises StudyError when a line is none or there twice.
    """
    path = folder / ANSWERS_FILE
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror})") from error
    answers: dict[tuple[str, str], Answer] = {}
    for number, line in enumerate(text[: text.rfind(b"\n") + 1].splitlines(), 1):
        answer = _parsed(line, f"{path}, line {number}")
        key = answer.participant, answer.trial
        if key in answers:
            raise StudyError(f"{path}, line {number}: this pair was answered before; remove one")
        answers[key] = answer
    return list(answers.values())


def _parsed(line: bytes, where: str) -> Answer:
    try:
        return Answer.model_validate(json.loads(line))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{where}: no JSON; restore the file or remove the line") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise StudyError(f"{where}: {name}: {first['msg']}") from error


class AnswerBook:
    """The answers of a running study. One process holds it at a time; any thread may write.

    Raises StudyError when the file is damaged, cannot be written, or is held by another process.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ANSWERS_FILE
        self._lock = threading.Lock()
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise StudyError(f"{self._path}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._answers = {
                (answer.participant, answer.trial): answer for answer in read_answers(folder)
            }
            self._drop_torn_line()
            _keep_name(folder)
        except BlockingIOError as error:
            os.close(self._file)
            raise StudyError(f"{folder}: another server holds this study; stop it first") from error
        except StudyError:
            os.close(self._file)
            raise

    def close(self) -> None:
        """Let other processes have it."""
        os.close(self._file)

    def answered(self, participant: str) -> set[str]:
        """The trials that a participant has answered."""
        with self._lock:
            return {trial for code, trial in self._answers if code == participant}

    def add(self, answer: Answer) -> None:
        """Keep an answer: it is on disk when this returns. The same one again changes nothing.

        Raises AnsweredOtherwise when the pair has another answer, and AnswersFull when it cannot
        be written.
        """
        key = answer.participant, answer.trial
        with self._lock:
            before = self._answers.get(key)
            if before is not None:
                if before.verdicts != answer.verdicts:
                    raise AnsweredOtherwise(
                        "This pair is answered already, and that answer holds; load the page again."
                    )
                return
            self._append(answer.model_dump_json().encode() + b"\n")
            self._answers[key] = answer

    def _append(self, line: bytes) -> None:
        size = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, size)
            raise AnswersFull(
                f"{self._path}: the answer cannot be written ({error.strerror}); make room"
            ) from error

    def _drop_torn_line(self) -> None:
        """Remove what a crash left of a line, so that the next one begins at its own."""
        whole = self._path.read_bytes()
        os.ftruncate(self._file, whole.rfind(b"\n") + 1)


def _keep_name(folder: Path) -> None:
    """Have a file that was just made survive a loss of power, as its content does."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
