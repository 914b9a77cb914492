"""A place where people come and go: who is there, what the screen shows, what is asked first."""

from typing import Literal, TypeAlias, get_args

from pydantic import Field

from agent.protocol.events.base import ClientEvent, ServerEvent

VisitState: TypeAlias = Literal["attract", "noticed", "greeting", "conversing", "farewell", "reset"]

Fault: TypeAlias = Literal["camera", "microphone", "ears", "answers", "voice", "load"]
"""What does not work just now. The connection's own loss is seen by the client alone."""


class KioskPresenceUpdate(ClientEvent):
    """A sensor says whether somebody is there, and how many metres away."""

    type: Literal["kiosk.presence.update"]
    present: bool
    distance: float | None = Field(default=None, ge=0, le=100)


class KioskTouch(ClientEvent):
    """Somebody touched the screen."""

    type: Literal["kiosk.touch"]


class KioskDevice(ClientEvent):
    """A camera or microphone of the client's works, or does not."""

    type: Literal["kiosk.device"]
    device: Literal["camera", "microphone"]
    works: bool


class KioskCall(ClientEvent):
    """The visitor wants a person, and has said so twice."""

    type: Literal["kiosk.call"]


class KioskAnswer(ClientEvent):
    """What the visitor says to a `kiosk.confirm`."""

    type: Literal["kiosk.answer"]
    id: str = Field(max_length=64)
    yes: bool


class KioskReset(ClientEvent):
    """Forget this visitor."""

    type: Literal["kiosk.reset"]


KioskEvent: TypeAlias = (
    KioskPresenceUpdate | KioskTouch | KioskDevice | KioskCall | KioskAnswer | KioskReset
)
KIOSK_EVENTS: tuple[type[KioskEvent], ...] = get_args(KioskEvent)
"""What only a kiosk understands."""


class KioskState(ServerEvent):
    """What the kiosk is doing, and in which language.

    `faults` are laid over it. `rung` is how far down the ladder of load the picture is: 0 is whole,
    then fewer pictures, smaller ones, motion by rules, a still picture, text only. With `quiet` the
    house is asleep.
    """

    type: Literal["kiosk.state"] = "kiosk.state"
    state: VisitState
    language: str
    faults: tuple[Fault, ...] = ()
    rung: int = Field(default=0, ge=0, le=5)
    quiet: bool = False


class KioskHint(ServerEvent):
    """The visitor is not understood: offer questions, languages, text and a person."""

    type: Literal["kiosk.hint"] = "kiosk.hint"
    kind: Literal["choose"] = "choose"


class KioskCalled(ServerEvent):
    """A person is being called, was told, or could not be reached."""

    type: Literal["kiosk.called"] = "kiosk.called"
    outcome: Literal["calling", "called", "failed"]


class KioskConfirm(ServerEvent):
    """Something with consequences waits for the visitor's yes, for so many seconds."""

    type: Literal["kiosk.confirm"] = "kiosk.confirm"
    id: str
    text: str
    expires_s: float


class KioskConfirmed(ServerEvent):
    """What became of it: the question can be taken from the screen."""

    type: Literal["kiosk.confirmed"] = "kiosk.confirmed"
    id: str
    outcome: Literal["done", "declined", "expired", "failed"]


class KioskSources(ServerEvent):
    """The pages that an answer is from."""

    type: Literal["kiosk.sources"] = "kiosk.sources"
    sources: tuple[str, ...]


class KioskPage(ServerEvent):
    """Whoever looks after the kiosk wants its page to load anew, or to be as loud as this."""

    type: Literal["kiosk.page"] = "kiosk.page"
    reload: bool = False
    volume: float | None = Field(default=None, ge=0, le=1)


KioskTold: TypeAlias = (
    KioskState | KioskHint | KioskCalled | KioskConfirm | KioskConfirmed | KioskSources | KioskPage
)
