"""A day at a kiosk in virtual time: a visit machine with what it did, and when."""

from dataclasses import dataclass, field

from pipelines.kiosk.visit import (
    Stage,
    VisitMachine,
)
from pipelines.kiosk.visit_events import (
    AvatarSpeaks,
    Passed,
    Seen,
    Touched,
    VisitAction,
    VisitEvent,
    VisitorSpeaks,
)

COMES, GOES, BLIND = Seen(True), Seen(False), Seen(None)
SPEAKS, SILENT = VisitorSpeaks(True), VisitorSpeaks(False)
SAYS, SAID = AvatarSpeaks(True), AvatarSpeaks(False)


@dataclass
class Day:
    """Drives a machine as a receptionist does: events at their times, deadlines between them."""

    machine: VisitMachine = field(default_factory=VisitMachine)
    done: list[tuple[float, VisitAction]] = field(default_factory=list)
    stages: list[tuple[float, Stage]] = field(default_factory=list)
    now: float = 0.0

    def until(self, at: float) -> "Day":
        while (due := self.machine.deadline) is not None and due <= at:
            before = (self.machine.stage, due)
            self._tell(Passed(), max(due, self.now))
            after = (self.machine.stage, self.machine.deadline)
            assert after != before, "a deadline that has come changes something"
        self.now = at
        return self

    def on(self, at: float, *events: VisitEvent) -> "Day":
        self.until(at)
        for event in events:
            self._tell(event, at)
        return self

    def _tell(self, event: VisitEvent, at: float) -> None:
        self.now, before = at, self.machine.stage
        self.done += [(at, action) for action in self.machine.on(event, at)]
        if self.machine.stage is not before:
            self.stages.append((at, self.machine.stage))

    def at(self, kind: type[VisitAction]) -> list[float]:
        return [at for at, action in self.done if isinstance(action, kind)]

    def since(self, stage: Stage) -> list[float]:
        return [at for at, each in self.stages if each is stage]


def conversing(*, seen: bool) -> Day:
    """Somebody came at 10 s, and the greeting is over at 15 s."""
    day = Day().on(10, COMES if seen else Touched())
    return day.on(11, SAYS).on(15, SAID)
