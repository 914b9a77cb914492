"""The pipecat frames of a kiosk: what its page says, and what it is told."""

from dataclasses import dataclass

from pipecat.frames.frames import SystemFrame

from agent.protocol.events.kiosk import KioskEvent, KioskTold


@dataclass
class VisitorFrame(SystemFrame):
    """What a kiosk's page or sensor says of its visitor."""

    event: KioskEvent


@dataclass
class KioskFrame(SystemFrame):
    """What a kiosk's page is told."""

    event: KioskTold
