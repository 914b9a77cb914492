"""A place where people come and go: who is there, and what the screen shows."""

from typing import Literal

from pydantic import Field

from agent.protocol.events.base import ClientEvent, ServerEvent


class KioskPresenceUpdate(ClientEvent):
    """A sensor says whether somebody is there, and how many metres away."""

    type: Literal["kiosk.presence.update"]
    present: bool
    distance: float | None = Field(default=None, ge=0, le=100)


class KioskReset(ClientEvent):
    """Forget this visitor."""

    type: Literal["kiosk.reset"]


class KioskState(ServerEvent):
    """What the kiosk is doing, and in which language."""

    type: Literal["kiosk.state"] = "kiosk.state"
    state: str
    language: str
