"""What a receptionist needs to know of the house: its words, its clock, and whom to tell."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from agent.protocol.events.kiosk import Fault, KioskState
from agent.services.llm.actions import Action
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.hand_off import HandOff
from pipelines.kiosk.orders import Orders
from pipelines.kiosk.wording import Wording

Probe: TypeAlias = Callable[[], Awaitable[bool]]
"""Asks a part whether it could work now."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a question has an answer, and the pages that it is from."""

    answered: bool
    sources: tuple[str, ...] = ()


LookUp: TypeAlias = Callable[[str, str], Found]
"""What is written about these words in this language; it may take some milliseconds."""

Moment: TypeAlias = Literal["noticed", "greeted", "conversed", "answered", "handed_off", "reset"]
"""What is counted of visits."""


def nobody(_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One kiosk. `name` is the avatar's; a visit begins in `language`, the first of `words`.

    `eared` are the languages that can be heard. `wall` is the clock on the wall, in the house's
    time. `probes` ask the parts of one conversation, `look_up` finds what is written. `show` is
    told each state, `count` each moment of a visit; neither is told what was said.
    """

    config: KioskConfig
    name: str
    words: Mapping[str, Wording]
    eared: frozenset[str]
    wall: Callable[[], datetime]
    probes: Mapping[Fault, Probe] = field(default_factory=dict)
    look_up: LookUp | None = None
    hand_off: HandOff | None = None
    actions: tuple[Action, ...] = ()
    orders: Orders = field(default_factory=Orders)
    show: Callable[[KioskState], None] = nobody
    count: Callable[[Moment], None] = nobody

    @property
    def can_call(self) -> bool:
        """Whether a person can be called."""
        return self.hand_off is not None and self.hand_off.can_call

    @property
    def language(self) -> str:
        """The language of the house."""
        return next(iter(self.words))
