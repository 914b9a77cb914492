"""What a check of a kiosk finds: how grave it is, what it is, and what to do."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
"""An error keeps visitors from being served, a warning may, a note is only to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; `todo` is empty where nothing needs to be done."""

    severity: Severity
    what: str
    todo: str = ""
