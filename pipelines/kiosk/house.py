"""What a kiosk's conversations have in common: its figures, its state, and whom it can call."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from agent.knowledge.responder import ChatTurn, Reply, ReplyKind
from agent.knowledge.unanswered import UnansweredLog
from agent.nodes.pacing import loop_time
from agent.protocol.events.kiosk import KioskState
from agent.services.llm.actions import Action
from avatar.parts import Part
from pipelines.admission import Admission
from pipelines.build.cast import Cast
from pipelines.config import ServeConfig
from pipelines.kiosk.admin import AdminState, PartState
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.desk import Moment
from pipelines.kiosk.hand_off import HandOff
from pipelines.kiosk.heartbeat import Facts
from pipelines.kiosk.opening import desk_of, screen_of
from pipelines.kiosk.orders import Orders
from pipelines.kiosk.screen import Screen
from pipelines.kiosk.watchdog import Liveness
from pipelines.telemetry import Telemetry, Unanswered
from pipelines.telemetry_session import SessionTelemetry

UNANSWERED_AS: Mapping[ReplyKind, Unanswered] = {
    ReplyKind.OFFER_COLLEAGUE: "unknown",
    ReplyKind.DID_YOU_MEAN: "unclear",
    ReplyKind.SAY_AGAIN: "unheard",
}

VISITED = ("noticed", "greeting", "conversing", "farewell")
"""States in which nobody is sent away."""


@dataclass(eq=False)
class House:
    """One server that is a kiosk. `begun_s` is when it started, on its own clock."""

    config: ServeConfig
    admission: Admission
    telemetry: Telemetry
    hand_off: HandOff
    actions: tuple[Action, ...]
    unanswered: UnansweredLog
    orders: Orders = field(default_factory=Orders)
    liveness: Liveness = field(default_factory=lambda: Liveness(loop_time))
    volume: float | None = None
    clock: Callable[[], float] = loop_time
    state: KioskState | None = None
    problems: tuple[str, ...] = ()
    _screen: Screen | None = field(default=None, init=False)
    _begun_s: float | None = field(default=None, init=False)
    _seen_s: float | None = field(default=None, init=False)

    @property
    def kiosk(self) -> KioskConfig:
        """Its settings."""
        return self.config.kiosk or KioskConfig()

    @property
    def pictures(self) -> dict[str, Path | None]:
        """The pictures of the brand, by what they are for."""
        branding = self.kiosk.branding
        background = branding.background
        return {
            "logo": branding.logo,
            "background": background if isinstance(background, Path) else None,
        }

    def opened(self, cast: Cast) -> Cast:
        """The cast at its desk, once it can answer."""
        self._begun_s = self.clock()
        desk = replace(
            desk_of(self.config, cast, show=self.show, count=self.count),
            hand_off=self.hand_off,
            actions=self.actions,
            orders=self.orders,
        )
        self._screen = screen_of(desk)
        return replace(cast, desk=desk)

    def screen(self) -> Screen | None:
        """What the page is told; None while the kiosk is not open yet."""
        return self._screen

    def show(self, state: KioskState) -> None:
        """A conversation has come to another state."""
        before, self.state = self.state, state
        if state.state != "attract":
            self._seen_s = self.clock()
        known = set() if before is None else set(before.faults)
        for fault in known ^ set(state.faults):
            self.telemetry.fault(fault, present=fault in state.faults)
        if before is None or before.rung != state.rung:
            self.telemetry.rung(state.rung)

    def note(self, turns: Sequence[ChatTurn], reply: Reply) -> None:
        """The embedded answers replied to these turns."""
        self.unanswered.note(turns, reply)
        if (kind := UNANSWERED_AS.get(reply.kind)) is not None:
            self.telemetry.unanswered(kind)

    def complain(self, problems: Sequence[str]) -> None:
        """All that is wrong with the pages now."""
        self.problems = tuple(problems)

    def count(self, moment: Moment) -> None:
        """A visit has come so far."""
        self.telemetry.visit(moment)

    @property
    def visiting(self) -> bool:
        """Whether somebody is being talked with."""
        state = self.state
        talking = state is not None and state.state in VISITED
        return talking and self.admission.sessions > 0

    @contextmanager
    def watched(self) -> Generator[SessionTelemetry]:
        """What sees a conversation, as long as it lasts."""
        with self.liveness.conversation() as alive:
            try:
                yield SessionTelemetry(self.telemetry, alive=alive, clock=self.clock)
            finally:
                self.state = None

    def admin(self, parts: tuple[Part, ...]) -> AdminState:
        """How it is, for whoever looks after it."""
        facts = self.facts()
        return AdminState(
            version=facts.version,
            uptime_s=facts.uptime_s,
            ready=not self.admission.reasons,
            reasons=self.admission.reasons,
            state=facts.state,
            sessions=self.admission.sessions,
            rung=facts.rung or 0,
            faults=facts.faults or (),
            knowledge_problems=self.problems,
            visits=self.telemetry.funnel,
            parts=tuple(
                PartState(kind=part.kind, name=part.name, licence=part.licence) for part in parts
            ),
            volume=self.volume,
        )

    def facts(self) -> Facts:
        """How it is, for somebody far away."""
        now, state = self.clock(), self.state
        return Facts(
            kiosk=self.kiosk.branding.name,
            version=version("visavis"),
            uptime_s=0.0 if self._begun_s is None else now - self._begun_s,
            state=None if state is None else state.state,
            sessions=self.admission.sessions,
            faults=None if state is None else state.faults,
            rung=None if state is None else state.rung,
            last_seen_s=None if self._seen_s is None else now - self._seen_s,
        )
