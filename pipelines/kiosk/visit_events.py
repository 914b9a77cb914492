"""What happens at a kiosk, and what is to be done about it: the words of a visit."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera or a sensor says that somebody is there, or nobody any more; None that nothing can
    tell.
    """

    present: bool | None


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody touches the screen."""


@dataclass(frozen=True, slots=True)
class VisitorSpeaks:
    """A voice begins or ends."""

    active: bool


@dataclass(frozen=True, slots=True)
class VisitorAsked:
    """Words have come; with a `goodbye`, they were the last ones. Those that are `typed` are a
    question, of what is said more may follow.
    """

    goodbye: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """What the visitor said is whole, and is going to be answered."""


@dataclass(frozen=True, slots=True)
class AvatarSpeaks:
    """The avatar begins to be heard, or ceases to be."""

    active: bool


@dataclass(frozen=True, slots=True)
class ResetAsked:
    """The visitor, or whoever looks after the kiosk, ends the visit."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """The house goes to sleep, or wakes up."""

    quiet: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """Time has passed and nothing else has happened."""


VisitEvent: TypeAlias = (
    Seen
    | Touched
    | VisitorSpeaks
    | VisitorAsked
    | TurnTaken
    | AvatarSpeaks
    | ResetAsked
    | Quiet
    | Passed
)


@dataclass(frozen=True, slots=True)
class Open:
    """From now on what is said is understood."""


@dataclass(frozen=True, slots=True)
class Greet:
    """Say who speaks, and that it is an AI."""


@dataclass(frozen=True, slots=True)
class Introduce:
    """Say so before the next answer: they do not wait to be greeted."""


@dataclass(frozen=True, slots=True)
class SayFarewell:
    """Say goodbye to somebody who may still be there."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Wipe everything of this visit, and understand nothing until the next."""


VisitAction: TypeAlias = Open | Greet | Introduce | SayFarewell | Forget
