"""Exchangeable parts: a row for each says what it is, whether it can run here, and how to make it.

Choosing a part by name, the table of `visavis doctor` and the messages about what is missing all
read these rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.errors import PartUnavailable, UnknownPart


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    `config` makes its configuration. `extra` names the optional dependency that it needs, None
    when it needs none. `probe` says why it cannot run here, None when it can. `build` makes it
    from its configuration. `advice` is what a user of it should know. `takes` says what may be
    written behind its name, as in `whisper:base.en`, and is given to `config`.
    """

    kind: str
    name: str
    title: str
    config: Callable[..., Any]
    extra: str | None
    licence: str
    probe: Callable[[], str | None]
    build: Callable[[Any], Any]
    advice: str | None = None
    takes: str | None = None


AUTO = "auto"
"""The name that stands for the first row of a kind that can run here."""
EMBEDDED = "embedded"
"""The model that ships: parts that are chosen one by one."""


def find_part(parts: Sequence[Part], kind: str, name: str) -> Part:
    """A part that can run here; rows come in the order in which `auto` prefers them.

    Raises UnknownPart when no row has this name and PartUnavailable with the reason when it cannot
    run.
    """
    of_kind = [part for part in parts if part.kind == kind]
    if name == AUTO:
        for part in of_kind:
            if part.probe() is None:
                return part
    part = named_part(parts, kind, name)
    reason = part.probe()
    if reason is not None:
        raise PartUnavailable(f"the {kind} {name!r} cannot run here: {reason}")
    return part


def named_part(parts: Sequence[Part], kind: str, name: str) -> Part:
    """A part by its name, whether or not it can run here. Raises UnknownPart."""
    for part in parts:
        if (part.kind, part.name) == (kind, name):
            return part
    known = ", ".join(part.name for part in parts if part.kind == kind) or "none"
    raise UnknownPart(f"there is no {kind} {name!r}; known: {known}")
