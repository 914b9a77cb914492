"""What is compared in a study: pairs of clips with opaque names, and who sees them in what order.

A study is a folder: `study.json`, the clips under names that say nothing, and the answers. It can
be moved as a whole.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from avatar.behaviour.chance import Chance
from avatar.errors import VisavisError
from pipelines.study.questions import Choice, Verdict

FORMAT = 1
STUDY_FILE = "study.json"
CLIPS = "clips"

Method: TypeAlias = Literal["a", "b"]
Side: TypeAlias = Literal["left", "right"]


class StudyError(VisavisError):
    """A study or its answers cannot be made, read or written."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trial(_Strict):
    """One pair: the clip's name in its source, the file of each method, and what stands left.

    In a catch trial both files are the same: whoever looks says that they are about equal.
    """

    id: str = Field(pattern=r"^[0-9a-f]{8,32}$")
    clip: str = Field(min_length=1)
    a: str = Field(pattern=r"^[0-9a-f]{8,64}\.mp4$")
    b: str = Field(pattern=r"^[0-9a-f]{8,64}\.mp4$")
    left: Method

    @property
    def catch(self) -> bool:
        """Whether both sides show the same."""
        return self.a == self.b


class Study(_Strict):
    """`study.json`: two methods by name and the pairs in which they are compared."""

    format: Literal[1]
    seed: int
    a: str = Field(min_length=1)
    b: str = Field(min_length=1)
    trials: tuple[Trial, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Study":
        if self.a == self.b:
            raise ValueError("a and b have the same name")
        twice = [name for name, n in Counter(t.id for t in self.trials).items() if n > 1]
        if twice:
            raise ValueError(f"the trial {twice[0]} is there twice")
        if all(trial.catch for trial in self.trials):
            raise ValueError("all trials show the same clip twice")
        return self

    def trial(self, name: str) -> Trial | None:
        """A trial by its id."""
        return next((trial for trial in self.trials if trial.id == name), None)


@dataclass(frozen=True, slots=True)
class Showing:
    """A trial as one participant sees it."""

    trial: Trial
    left: Method

    def file(self, side: Side) -> str:
        """The clip on a side."""
        return self.trial.a if (side == "left") == (self.left == "a") else self.trial.b

    def verdict(self, choice: Choice) -> Verdict:
        """Which method was chosen."""
        if choice == "tie":
            return "tie"
        return "a" if (choice == "left") == (self.left == "a") else "b"


def course(study: Study, participant: str) -> tuple[Showing, ...]:
    """All trials in the order and on the sides of one participant.

    Each participant has an order of their own. Half of them see the pairs mirrored, so that
    neither a place in the order nor a side belongs to a method. A code always gives the same.
    """
    chance = Chance(study.seed)
    mirrored = chance.happens(f"mirrored for {participant}", 0, 0.5)
    places = [
        (chance.uniform(f"order of {participant}", index), index)
        for index in range(len(study.trials))
    ]
    return tuple(
        Showing(study.trials[index], _other(study.trials[index].left, swap=mirrored))
        for _, index in sorted(places)
    )


def _other(method: Method, *, swap: bool) -> Method:
    if not swap:
        return method
    return "b" if method == "a" else "a"


def load_study(folder: Path) -> Study:
    """Read a study and check that its clips are there.

    Raises StudyError naming what is wrong.
    """
    path = folder / STUDY_FILE
    try:
        study = Study.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise StudyError(f"{path}: missing; make a study with: visavis study prepare") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StudyError(f"{path}: cannot be read as JSON ({error})") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StudyError(f"{path}: {where}: {first['msg']}; prepare the study anew") from error
    for file in sorted({file for trial in study.trials for file in (trial.a, trial.b)}):
        if not (folder / CLIPS / file).is_file():
            raise StudyError(f"{folder / CLIPS / file}: missing; copy the study's whole folder")
    return study
