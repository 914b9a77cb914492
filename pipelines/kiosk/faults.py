"""What does not work at a kiosk just now: each part by its last word, and by its silence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from agent.protocol.events.kiosk import Fault

Witness: TypeAlias = Literal["itself", "client", "slow"]
"""Who says that a part fails: it or its probe, the client whose device it is, or our waiting."""

SILENT_S: Mapping[Fault, float] = {"microphone": 3.0, "camera": 4.0}
"""Seconds without a sign after which a part that gives signs all the time is at fault."""

ORDER: tuple[Fault, ...] = ("microphone", "camera", "ears", "answers", "voice", "load")


@dataclass(frozen=True, slots=True)
class Faults:
    """What is known of the parts; times in seconds of the driver's clock.

    A part that has never given a sign is not missed: a kiosk may have no camera.
    """

    told: frozenset[tuple[Fault, Witness]] = frozenset()
    signs_s: Mapping[Fault, float] = field(default_factory=dict)

    def works(self, part: Fault, now: float) -> "Faults":
        """A part has just done its work; of a device, its owner knows better."""
        signs = {**self.signs_s, part: now} if part in SILENT_S else self.signs_s
        told = self.told - {(part, "itself"), (part, "slow")}
        return replace(self, told=told, signs_s=signs)

    def could_work(self, part: Fault) -> "Faults":
        """A part says that it works again; who waits for it knows better."""
        return replace(self, told=self.told - {(part, "itself")})

    def fails(self, part: Fault, witness: Witness = "itself") -> "Faults":
        """A part does not work."""
        return replace(self, told=self.told | {(part, witness)})

    def quiet(self, part: Fault) -> "Faults":
        """A part need not give signs for now."""
        signs = {name: at for name, at in self.signs_s.items() if name != part}
        return replace(self, signs_s=signs)

    def off(self, part: Fault) -> "Faults":
        """A part is not used now, and so not missed."""
        told = frozenset(each for each in self.told if each[0] != part)
        return replace(self.quiet(part), told=told)

    def at(self, now: float) -> tuple[Fault, ...]:
        """What does not work now, in an order that does not change."""
        silent = {part for part, last in self.signs_s.items() if now - last > SILENT_S[part]}
        failing = silent | {part for part, _ in self.told}
        return tuple(part for part in ORDER if part in failing)
