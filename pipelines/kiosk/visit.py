"""A visit, from the first glance until it is forgotten: events and times in, actions out.

The machine has no clock and no task. Whoever drives it tells the time with every event, and sends
`Passed` when the deadline has come. Each state but the waiting for visitors has an exit in time.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from pipelines.kiosk.config import PresenceConfig, VisitConfig
from pipelines.kiosk.visit_events import (
    AvatarSpeaks,
    Forget,
    Greet,
    Introduce,
    Open,
    Quiet,
    ResetAsked,
    SayFarewell,
    Seen,
    Touched,
    TurnTaken,
    VisitAction,
    VisitEvent,
    VisitorAsked,
    VisitorSpeaks,
)

Actions: TypeAlias = tuple[VisitAction, ...]

SILENT_VOICE_S = 4.0
"""A greeting that is not heard by then will not be: the visit goes on."""
LONGEST_GREETING_S = 20.0
LONGEST_SPEECH_S = 120.0
"""Nobody speaks for longer in one go: it is a noise, or an end that was not told."""
LONGEST_WAIT_S = 15.0
"""An answer that has not come by then is not waited for."""
UNHEARD_S = 3.0
"""Words that have not come by then will not: whoever spoke is greeted."""
INTRODUCED_S = 2.5
"""A greeting that was cut off before has not said who speaks: it is made up for."""
RESET_S = 0.6
"""For so long the screen shows that all is forgotten."""


class Stage(Enum):
    """Where a visit is."""

    ATTRACT = "attract"
    NOTICED = "noticed"
    GREETING = "greeting"
    CONVERSING = "conversing"
    FAREWELL = "farewell"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered between events; times in seconds of the driver's clock."""

    since_s: float = 0.0
    """When the stage became what it is."""
    present: bool = False
    present_s: float = 0.0
    """When that was told."""
    sees: bool = False
    """Somebody was seen in this visit: so it will be seen when they go."""
    speaks: bool = False
    speaks_s: float = 0.0
    says: bool = False
    says_s: float = 0.0
    active_s: float = 0.0
    """The last sign of the visitor or to them."""
    seen_only: bool = False
    """They were noticed, and have given no sign of their own."""
    asked_s: float | None = None
    """When they asked something that is not answered yet."""
    goodbye: bool = False
    dismissed: bool = False
    """Whoever is there was served already: they are not greeted again by being seen."""
    ended_s: float = -1e9
    quiet: bool = False
    spoke: bool = False
    """They spoke before they were greeted."""
    introduced_s: float = 1e9
    """When the greeting will have said who speaks."""


class VisitMachine:
    """Decides. Whoever leaves in silence is missed; whoever speaks is never sent away."""

    def __init__(
        self,
        visit: VisitConfig | None = None,
        presence: PresenceConfig | None = None,
        *,
        now: float = 0.0,
    ) -> None:
        self.stage = Stage.ATTRACT
        self._visit, self._presence = visit or VisitConfig(), presence or PresenceConfig()
        self._known = Known(since_s=now, active_s=now)

    @property
    def quiet(self) -> bool:
        """Whether the house is asleep."""
        return self._known.quiet

    @property
    def deadline(self) -> float | None:
        """When `Passed` is due, on the driver's clock; None while nothing is awaited."""
        known = self._known
        match self.stage:
            case Stage.ATTRACT:
                return self._again_s() if self._waits_again() else None
            case Stage.NOTICED:
                ready = known.since_s + self._visit.greet_after_s
                if known.speaks:
                    return max(ready, known.speaks_s + LONGEST_SPEECH_S)
                return max(ready, known.speaks_s + UNHEARD_S) if known.spoke else ready
            case Stage.GREETING:
                longest = LONGEST_GREETING_S if known.says else SILENT_VOICE_S
                return known.since_s + longest
            case Stage.CONVERSING:
                return self._ends_s()
            case Stage.FAREWELL:
                stays = known.since_s + self._visit.farewell_s
                return max(stays, known.says_s + LONGEST_GREETING_S) if known.says else stays
            case Stage.RESET:
                return known.since_s + RESET_S

    def on(self, event: VisitEvent, now: float) -> Actions:
        """What is to be done about an event at a time that never goes back."""
        self._learn(event, now)
        if isinstance(event, ResetAsked):
            return self._forgotten(now)
        match self.stage:
            case Stage.ATTRACT | Stage.RESET:
                return self._arrives(event, now)
            case Stage.NOTICED:
                return self._looked_at(event, now)
            case Stage.GREETING:
                return self._greeted(event, now)
            case Stage.CONVERSING:
                return self._talked(now)
            case Stage.FAREWELL:
                return self._leaves(event, now)

    def _learn(self, event: VisitEvent, now: float) -> None:
        """Note it, and whether it is a sign of life."""
        if isinstance(event, VisitorSpeaks | VisitorAsked | Touched):
            self._know(seen_only=False)
        match event:
            case Seen(present):
                sees = present is not None and (self._known.sees or present)
                dismissed = self._known.dismissed and present is not False
                self._know(present=bool(present), present_s=now, sees=sees, dismissed=dismissed)
            case VisitorSpeaks(active):
                goodbye = self._known.goodbye and not active
                self._know(speaks=active, speaks_s=now, active_s=now, goodbye=goodbye, spoke=True)
            case AvatarSpeaks(active):
                self._know(says=active, says_s=now, active_s=now, asked_s=None)
            case VisitorAsked(goodbye=goodbye):
                self._know(goodbye=goodbye, active_s=now, asked_s=now)
            case Touched():
                self._know(goodbye=False, active_s=now)
            case Quiet(quiet):
                self._know(quiet=quiet)
            case _:
                pass

    def _arrives(self, event: VisitEvent, now: float) -> Actions:
        spoken = isinstance(event, VisitorSpeaks) and event.active
        comes = isinstance(event, Touched | VisitorAsked) or spoken
        if comes or (self._waits_again() and now >= self._again_s()):
            self._go(
                Stage.NOTICED, now, active_s=now, sees=self._known.present, seen_only=not comes,
                spoke=spoken,
            )  # fmt: skip
            typed = isinstance(event, VisitorAsked) and event.typed
            if typed:
                self._go(Stage.CONVERSING, now)
            return (Open(), Introduce()) if typed or spoken else (Open(),)
        if self.stage is Stage.RESET and now >= self._known.since_s + RESET_S:
            self._go(Stage.ATTRACT, now)
        return ()

    def _looked_at(self, event: VisitEvent, now: float) -> Actions:
        """Somebody was noticed; they may have walked by, or ask before they are greeted."""
        known = self._known
        if isinstance(event, Seen) and not event.present and known.seen_only:
            return self._forgotten(now)
        whole = isinstance(event, TurnTaken)
        typed = isinstance(event, VisitorAsked) and event.typed
        if typed or (whole and known.asked_s is not None):
            self._go(Stage.CONVERSING, now)
            return () if known.spoke else (Introduce(),)
        if isinstance(event, VisitorSpeaks) and event.active:
            return (Introduce(),)
        due = self.deadline
        if not whole and (due is None or now < due):
            return ()
        self._go(Stage.GREETING, now, introduced_s=1e9)
        return (Greet(),)

    def _greeted(self, event: VisitEvent, now: float) -> Actions:
        heard = isinstance(event, AvatarSpeaks) and not event.active
        asked = isinstance(event, VisitorAsked | VisitorSpeaks)
        due = self.deadline
        if isinstance(event, AvatarSpeaks) and event.active:
            self._know(introduced_s=now + INTRODUCED_S)
        if heard or asked or (due is not None and now >= due):
            cut_off = now < self._known.introduced_s
            self._go(Stage.CONVERSING, now, active_s=now)
            return (Introduce(),) if cut_off else ()
        return ()

    def _talked(self, now: float) -> Actions:
        known = self._known
        if now < self._ends_s():
            return ()
        seen = known.sees and known.present
        stays = seen or not known.sees
        silent = known.goodbye or not stays
        self._go(Stage.FAREWELL, now, dismissed=seen)
        return () if silent else (SayFarewell(),)

    def _leaves(self, event: VisitEvent, now: float) -> Actions:
        """Nobody is forgotten who speaks, types or touches once more."""
        spoken = isinstance(event, VisitorSpeaks) and event.active
        if spoken or isinstance(event, Touched | VisitorAsked):
            self._go(Stage.CONVERSING, now, dismissed=False)
            return ()
        due = self.deadline
        return self._forgotten(now) if due is not None and now >= due else ()

    def _ends_s(self) -> float:
        """When the conversation is over, if nothing comes."""
        known = self._known
        ends = [self._deserted_s()]
        if known.speaks:
            ends.append(known.speaks_s + LONGEST_SPEECH_S)
        if known.says:
            ends.append(known.says_s + LONGEST_SPEECH_S)
        if known.asked_s is not None and not known.goodbye:
            ends.append(known.asked_s + LONGEST_WAIT_S)
        return max(ends)

    def _deserted_s(self) -> float:
        """When whoever neither speaks nor waits for an answer is taken to be done."""
        known, visit = self._known, self._visit
        if known.goodbye:
            return known.active_s + visit.goodbye_s
        if known.sees and not known.present:
            gone_s = max(known.present_s, known.active_s)
            return gone_s + self._presence.departed_s
        return known.active_s + (visit.patience_s if known.present else visit.inactive_s)

    def _waits_again(self) -> bool:
        """Somebody is there to be noticed, perhaps in a while."""
        known = self._known
        return known.present and not known.dismissed and not known.quiet

    def _again_s(self) -> float:
        return self._known.ended_s + self._presence.cooldown_s

    def _forgotten(self, now: float) -> Actions:
        known = self._known
        self._go(
            Stage.RESET,
            now,
            ended_s=now,
            goodbye=False,
            asked_s=None,
            sees=False,
            dismissed=known.present or known.dismissed,
        )
        return (Forget(),)

    def _go(self, stage: Stage, now: float, **known: object) -> None:
        self.stage = stage
        self._know(since_s=now, **known)

    def _know(self, **known: object) -> None:
        self._known = replace(self._known, **known)  # pyright: ignore[reportArgumentType]
