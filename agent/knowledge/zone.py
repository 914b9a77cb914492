"""Time zones as settings name them."""

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
