"""Time zones as settings name them, and the clock on a wall there."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"a time zone such as Europe/Berlin was expected; {name!r} came"
        ) from error
    return name


ZoneName: TypeAlias = Annotated[str, AfterValidator(_known)]
"""A name such as Europe/Berlin, which is known here."""


def wall_clock(name: str | None) -> Callable[[], datetime]:
    """The time of day in a zone; None is this machine's."""
    zone = None if name is None else ZoneInfo(name)
    return lambda: datetime.now(zone)
