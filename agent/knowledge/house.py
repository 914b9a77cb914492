"""What an author says once for all pages: words for `{names}` in answers, and when it is open.

# house.yaml
variables:
  phone: one hundred
  desk: {en: the front desk, de: der Empfang}
hours:
  monday: "7:30-12:00, 13:00-18:30"
  saturday: closed
closed: [2026-12-25]
time_zone: Europe/Berlin
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from agent.knowledge.languages import LANGUAGES
from agent.knowledge.zone import ZoneName

HOUSE_FILE = "house.yaml"
LARGEST_HOUSE = 64_000
"""Bytes."""

BUILT_IN = ("open_now", "hours_today", "hours_week")
"""Names in answers that stand for a sentence about the opening hours."""

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)

MIDNIGHT = 24 * 60

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until `end`, in minutes since midnight; the end may be 24:00."""

    start: int
    end: int


def _spans(value: object) -> tuple[Span, ...]:
    """What an author writes for one day."""
    if value is None or value is False or value == "closed":
        return ()
    if not isinstance(value, str):
        raise ValueError(f'"8:00-18:00" in quotes, or closed, was expected; {value!r} came')
    spans = tuple(_span(part.strip()) for part in value.split(","))
    for earlier, later in pairwise(spans):
        if later.start <= earlier.end:
            raise ValueError(f"times one after another were expected; {value!r} came")
    return spans


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f'times such as "8:00-18:00" or closed were expected; {text!r} came')
    hour, minute, end_hour, end_minute = map(int, found.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or not start < end <= MIDNIGHT:
        raise ValueError(
            f"an end after the beginning and up to 24:00 was expected; {text!r} came: "
            "give what is after midnight to the next day"
        )
    return Span(start, end)


def _variable(value: object) -> object:
    """A text, or one for each language; numbers are texts, too."""
    if isinstance(value, dict):
        if unknown := set(map(str, value)) - set(LANGUAGES):
            known = ", ".join(LANGUAGES)
            raise ValueError(f"languages ({known}) were expected; {min(unknown)!r} came")
        return {language: _variable(text) for language, text in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"a text, or one for each language, was expected; {value!r} came")
    return value


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Variable = Annotated[str | dict[str, str], BeforeValidator(_variable)]


class House(BaseModel):
    """The words and times of a place. A variable is one text, or one for each language.

    Days that are left out are closed. `time_zone` None is that of the clock.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    variables: dict[Name, Variable] = {}
    hours: dict[Day, Annotated[tuple[Span, ...], BeforeValidator(_spans)]] = {}
    closed: tuple[date, ...] = ()
    time_zone: ZoneName | None = None

    @field_validator("variables")
    @classmethod
    def _are_free(cls, variables: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(set(variables) & set(BUILT_IN)):
            raise ValueError(f"another name was expected: {taken[0]} stands for the opening hours")
        return variables

    def word(self, name: str, language: str) -> str | None:
        """What a variable stands for in a language; None when nothing is said of it."""
        value = self.variables.get(name)
        return value.get(language) if isinstance(value, Mapping) else value

    def spans(self, day: date) -> tuple[Span, ...]:
        """When it is open on a day."""
        return () if day in self.closed else self.hours.get(DAYS[day.weekday()], ())


NOWHERE = House()


def read_house(text: str, name: str) -> tuple[House | None, tuple[str, ...]]:
    """The house of a YAML text, or None and what is wrong, each with `name` and line."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        settings = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 + (mark.line if mark else 0)
        found = getattr(error, "problem", None) or str(error) or type(error).__name__
        return None, (f"{name}:{line}: expected YAML, found: {found}; correct it",)
    if settings is None:
        return NOWHERE, ()
    try:
        return House.model_validate(settings), ()
    except ValidationError as error:
        return None, tuple(_told(problem, node, name) for problem in error.errors())


def minutes(moment: time) -> int:
    """Since midnight."""
    return moment.hour * 60 + moment.minute


def _told(problem: Any, node: yaml.Node | None, name: str) -> str:
    where = [step for step in problem["loc"] if step != "[key]"]
    line = _line(node, where)
    place = ".".join(map(str, where)) or "the file"
    reason = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        reason = f"one of {', '.join(House.model_fields)} was expected; remove or rename it"
    elif problem["type"] in ("literal_error", "string_pattern_mismatch"):
        reason = f"{reason}; {problem['input']!r} came"
    return f"{name}:{line}: {place}: {reason}"


def _line(node: yaml.Node | None, where: Sequence[object]) -> int:
    """The line, from 1, of what pydantic complains of."""
    line = 1 if node is None else node.start_mark.line + 1
    for step in where:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
            if not pairs:
                break
            key, node = pairs[0]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            item: yaml.Node = node.value[step]
            node, line = item, item.start_mark.line + 1
        else:
            break
    return line
