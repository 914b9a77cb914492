"""A visit in virtual time: what is done, and when, and that nobody is sent away who speaks."""

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.kiosk.config import PresenceConfig, VisitConfig
from pipelines.kiosk.visit import (
    INTRODUCED_S,
    LONGEST_GREETING_S,
    LONGEST_SPEECH_S,
    LONGEST_WAIT_S,
    RESET_S,
    SILENT_VOICE_S,
    UNHEARD_S,
    Stage,
    VisitMachine,
)
from pipelines.kiosk.visit_events import (
    AvatarSpeaks,
    Forget,
    Greet,
    Introduce,
    Open,
    Passed,
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


def test_a_visit_from_the_first_glance_until_it_is_forgotten() -> None:
    day = conversing(seen=True)
    day.on(16, SPEAKS).on(18, SILENT, VisitorAsked()).on(19, SAYS).on(23, SAID)
    day.on(25, SPEAKS).on(26, SILENT, VisitorAsked(goodbye=True)).on(27, SAYS).on(28, SAID)
    day.until(60)
    assert day.done == [(10, Open()), (10.3, Greet()), (35, Forget())]
    assert day.stages == [
        (10, Stage.NOTICED),
        (10.3, Stage.GREETING),
        (15, Stage.CONVERSING),
        (32, Stage.FAREWELL),
        (35, Stage.RESET),
        (35 + RESET_S, Stage.ATTRACT),
    ], "4 s after a goodbye, and 3 s of farewell, which was said already"


def test_who_leaves_in_silence_is_missed_and_forgotten_without_a_word() -> None:
    day = conversing(seen=True).on(20, GOES).until(60)
    assert day.since(Stage.FAREWELL) == [25], "5 s after they were seen last"
    assert day.at(SayFarewell) == [], "nobody is there to hear it"
    assert day.at(Forget) == [28]


def test_who_was_never_seen_is_asked_to_leave_after_a_minute() -> None:
    day = conversing(seen=False).until(200)
    assert day.at(SayFarewell) == [75]
    assert day.at(Forget) == [78]


def test_who_stays_and_says_nothing_has_five_minutes() -> None:
    day = conversing(seen=True).until(1000)
    assert day.at(SayFarewell) == [315]
    assert day.at(Forget) == [318]
    assert day.at(Open) == [10], "and is not greeted again for standing there"


def test_who_walks_by_is_not_greeted() -> None:
    day = Day().on(10, COMES).on(10.2, GOES).until(20)
    assert day.done == [(10, Open()), (10.2, Forget())]


def test_who_gave_a_sign_and_is_not_seen_any_more_is_greeted_all_the_same() -> None:
    day = Day().on(10, COMES).on(10.1, Touched()).on(10.2, GOES).until(12)
    assert day.at(Greet) == [10.3]
    assert day.at(Forget) == []


@pytest.mark.parametrize(
    ("event", "introduces"),
    [(Touched(), False), (VisitorAsked(), False), (VisitorAsked(typed=True), True), (SPEAKS, True)],
)
def test_every_sign_of_a_visitor_opens_a_visit(event: VisitEvent, *, introduces: bool) -> None:
    day = Day().on(7, event)
    assert day.at(Open) == [7]
    assert day.at(Introduce) == ([7] if introduces else []), "who asks is told with the answer"


@pytest.mark.parametrize("event", [GOES, BLIND, SILENT, SAYS, SAID, Quiet(True), Passed()])
def test_nothing_else_does(event: VisitEvent) -> None:
    assert Day().on(7, event).until(1000).done == []


def test_who_speaks_at_once_and_is_not_understood_is_greeted() -> None:
    day = Day().on(10, SPEAKS).on(16, SILENT).until(25)
    assert day.at(Greet) == [16 + UNHEARD_S]


def test_who_asks_at_once_is_answered_and_told_who_speaks() -> None:
    day = Day().on(10, SPEAKS).on(12, SILENT).on(12.2, VisitorAsked()).on(12.5, TurnTaken())
    assert day.done == [(10, Open()), (10, Introduce())]
    assert day.until(20).stages == [(10, Stage.NOTICED), (12.5, Stage.CONVERSING)]


def test_a_greeting_that_is_cut_off_is_made_up_for() -> None:
    early = Day().on(10, Touched()).on(11, SAYS).on(11 + INTRODUCED_S - 0.1, SPEAKS)
    assert early.at(Introduce) == [11 + INTRODUCED_S - 0.1]
    late = Day().on(10, Touched()).on(11, SAYS).on(11 + INTRODUCED_S, SPEAKS)
    assert late.at(Introduce) == []


def test_a_greeting_that_is_not_heard_is_not_waited_for() -> None:
    assert Day().on(10, Touched()).until(20).since(Stage.CONVERSING) == [10.3 + SILENT_VOICE_S]
    endless = Day().on(10, Touched()).on(11, SAYS).until(60)
    assert endless.since(Stage.CONVERSING) == [10.3 + LONGEST_GREETING_S]


def test_who_asks_in_the_middle_of_the_greeting_is_listened_to() -> None:
    day = Day().on(10, Touched()).on(11, SAYS).on(12, SPEAKS)
    assert day.machine.stage is Stage.CONVERSING


def test_who_speaks_for_a_minute_without_touching_is_not_reset() -> None:
    """Visitors of a kiosk in the field were: only a touch re-armed its timer."""
    for seen in (False, True):
        day = conversing(seen=seen).on(70, SPEAKS)
        if seen:
            day.on(72, GOES)
        day.on(130, SILENT).on(131, VisitorAsked()).on(133, SAYS).on(180, SAID).on(184, SPEAKS)
        assert day.machine.stage is Stage.CONVERSING
        assert day.at(Forget) == []


def test_a_noise_that_never_ends_is_nobody_speaking() -> None:
    day = conversing(seen=False).on(20, SPEAKS).until(400)
    assert day.since(Stage.FAREWELL) == [20 + LONGEST_SPEECH_S]
    assert day.at(Forget) == [20 + LONGEST_SPEECH_S + 3]


def test_a_noise_that_goes_on_keeps_nobody_from_being_served() -> None:
    """A vacuum cleaner, for ten minutes: whoever touches the screen has their time."""
    day = conversing(seen=False).on(20, SPEAKS).on(300, Touched()).until(350)
    assert day.at(Open) == [10, 300]
    assert day.machine.stage is Stage.CONVERSING


def test_who_has_asked_and_gone_out_of_sight_hears_the_answer() -> None:
    day = conversing(seen=True).on(20, VisitorAsked()).on(21, GOES).on(30, SAYS).on(40, SAID)
    day.until(60)
    assert day.since(Stage.FAREWELL) == [45]
    lost = conversing(seen=True).on(20, VisitorAsked()).on(21, GOES).until(60)
    assert lost.since(Stage.FAREWELL) == [20 + LONGEST_WAIT_S]


def test_who_waits_in_vain_for_an_answer_is_no_less_patiently_treated() -> None:
    seen = conversing(seen=True).on(20, VisitorAsked()).until(400)
    assert seen.at(SayFarewell) == [320]
    unseen = conversing(seen=False).on(20, VisitorAsked()).on(34, Touched()).until(400)
    assert unseen.at(SayFarewell) == [94]
    insists = conversing(seen=False).on(20, VisitorAsked()).on(30, SPEAKS).on(40, SILENT)
    assert insists.machine.stage is Stage.CONVERSING, "they have just finished a sentence"


def test_who_comes_after_an_answer_that_never_came_is_not_sent_away() -> None:
    day = conversing(seen=False).on(20, VisitorAsked()).on(21, ResetAsked())
    day.on(60, Touched()).until(80)
    assert day.machine.stage is Stage.CONVERSING, "the voice is lost too: nothing was heard"


@pytest.mark.parametrize("event", [SPEAKS, Touched(), VisitorAsked()])
def test_who_comes_back_to_a_word_during_the_farewell_goes_on(event: VisitEvent) -> None:
    day = conversing(seen=False).on(76, event)
    assert day.since(Stage.FAREWELL) == [75]
    assert day.machine.stage is Stage.CONVERSING
    assert day.until(80).at(Forget) == []


def test_a_farewell_is_said_to_its_end() -> None:
    day = conversing(seen=False).on(75.5, SAYS).on(84, SAID)
    assert day.at(Forget) == [84]
    endless = conversing(seen=False).on(75.5, SAYS).until(200)
    assert endless.at(Forget) == [75.5 + LONGEST_GREETING_S]


def test_who_was_dismissed_is_greeted_for_a_sign_of_theirs() -> None:
    day = conversing(seen=True).until(340).on(350, COMES).until(400)
    assert day.at(Open) == [10]
    for event in (SPEAKS, Touched(), VisitorAsked()):
        again = conversing(seen=True).until(340).on(350, event)
        assert again.at(Open) == [10, 350]


def test_who_goes_and_comes_again_is_greeted_after_the_cooldown() -> None:
    day = conversing(seen=True).on(20, ResetAsked()).on(21, GOES).on(22, COMES).until(40)
    assert day.at(Open) == [10, 25], "5 s after the last visit"
    late = conversing(seen=True).on(20, ResetAsked()).on(21, GOES).on(40, COMES)
    assert late.at(Open) == [10, 40]


def test_a_reset_that_is_asked_for_does_not_wait() -> None:
    day = conversing(seen=False).on(16, SPEAKS).on(17, ResetAsked())
    assert day.at(Forget) == [17]
    assert day.until(18).machine.stage is Stage.ATTRACT


def test_a_sleeping_house_greets_nobody_who_does_not_touch_or_speak() -> None:
    day = Day().on(5, Quiet(True)).on(10, COMES).until(60)
    assert day.done == []
    assert day.machine.quiet
    assert Day().on(5, Quiet(True)).on(10, Touched()).at(Open) == [10]
    assert day.on(70, Quiet(False)).at(Open) == [70], "whoever stands there when it wakes up"


def test_a_camera_that_fails_leaves_the_visit_to_the_minute() -> None:
    day = conversing(seen=True).on(20, BLIND).until(300)
    assert day.at(SayFarewell) == [75]


def test_the_figures_of_the_config_hold() -> None:
    visit = VisitConfig(greet_after_s=1, inactive_s=10, patience_s=20, goodbye_s=2, farewell_s=1)
    presence = PresenceConfig(departed_s=2, cooldown_s=30)
    day = Day(VisitMachine(visit, presence)).on(10, COMES).on(12, SAYS).on(14, SAID).on(20, GOES)
    day.on(24, COMES).until(100)
    assert day.at(Greet) == [11, 54]
    assert day.at(Forget) == [23, 54 + SILENT_VOICE_S + 20 + 1]


EVENTS: list[VisitEvent] = [
    COMES, GOES, BLIND, Touched(), SPEAKS, SILENT, VisitorAsked(), VisitorAsked(goodbye=True),
    VisitorAsked(typed=True), TurnTaken(),
    SAYS, SAID, ResetAsked(), Quiet(True), Quiet(False), Passed(),
]  # fmt: skip
DAYS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 0.5, 2.0, 4.5, 14.0, 61.0, 301.0]), st.sampled_from(EVENTS)
    ),
    max_size=40,
)
Script = list[tuple[float, VisitEvent]]

LONGEST_STAGE_S = {
    Stage.NOTICED: LONGEST_SPEECH_S,
    Stage.GREETING: LONGEST_GREETING_S,
    Stage.CONVERSING: 300.0,
    Stage.FAREWELL: 3.0 + LONGEST_GREETING_S,
    Stage.RESET: RESET_S,
}
"""Seconds without an event after which each stage has ended."""


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_nobody_is_forgotten_in_mid_sentence(script: Script) -> None:
    day, at = Day(), 0.0
    speaks_since: float | None = None
    for wait, event in script:
        at += wait
        before = len(day.done)
        day.until(at)
        forgotten = [when for when, action in day.done[before:] if isinstance(action, Forget)]
        if forgotten and speaks_since is not None:
            assert forgotten[0] - speaks_since >= LONGEST_SPEECH_S
        if forgotten:
            speaks_since = None
        before = len(day.done)
        day.on(at, event)
        if isinstance(event, ResetAsked):
            speaks_since = None
        elif event == SPEAKS:
            speaks_since = at
        elif event == SILENT:
            speaks_since = None
        elif speaks_since is not None and at - speaks_since < LONGEST_SPEECH_S:
            assert not any(isinstance(action, Forget) for _, action in day.done[before:])


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_no_farewell_follows_right_after_a_sign_of_the_visitor(script: Script) -> None:
    day, at, sign = Day(), 0.0, -1e9
    for wait, event in script:
        at += wait
        before = len(day.stages)
        day.until(at)
        ended = [when for when, stage in day.stages[before:] if stage is Stage.FAREWELL]
        assert all(when - sign >= VisitConfig().goodbye_s - 1e-6 for when in ended)
        before = len(day.stages)
        day.on(at, event)
        if isinstance(event, Touched | VisitorAsked) or event in (SPEAKS, SILENT):
            sign = at
            assert Stage.FAREWELL not in [stage for _, stage in day.stages[before:]]


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_an_answer_is_not_cut_off(script: Script) -> None:
    """Whoever is spoken to is not forgotten, but for a voice that does not end."""
    day, at, since = Day(), 0.0, None
    for wait, event in script:
        at += wait
        before = len(day.done)
        day.until(at)
        forgotten = [when for when, action in day.done[before:] if isinstance(action, Forget)]
        if forgotten and since is not None:
            assert forgotten[0] - since >= LONGEST_GREETING_S
        before = len(day.done)
        walks_by = day.machine.stage is Stage.NOTICED
        day.on(at, event)
        if event == SAYS:
            since = at
        elif event in (SAID, ResetAsked()):
            since = None
        elif since is not None and at - since < LONGEST_GREETING_S and not walks_by:
            assert not any(isinstance(action, Forget) for _, action in day.done[before:])


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_no_state_is_stuck(script: Script) -> None:
    day, at = Day(), 0.0
    for wait, event in script:
        at += wait
        day.on(at, event)
    while day.machine.stage is not Stage.ATTRACT:
        stage, since = day.machine.stage, day.now
        due = day.machine.deadline
        assert due is not None
        assert due - since <= LONGEST_STAGE_S[stage] + 1e-6
        day.on(max(due, since), Passed())
        assert day.machine.stage is not stage
        assert day.now - at <= sum(LONGEST_STAGE_S.values())
    assert day.until(day.now + 10_000).machine.stage is Stage.ATTRACT


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_each_visit_is_opened_greeted_once_and_forgotten_once(script: Script) -> None:
    day, at = Day(), 0.0
    resets = {0.0}
    for wait, event in script:
        at += wait
        day.on(at, event)
        if isinstance(event, ResetAsked):
            resets.add(at)
    day.until(at + 1000)
    is_open = greeted = introduced = False
    for when, action in day.done:
        match action:
            case Open():
                assert not is_open
                is_open, greeted, introduced = True, False, False
            case Greet():
                assert is_open
                assert not greeted
                greeted = True
            case Introduce():
                assert is_open
                introduced = True
            case SayFarewell():
                assert greeted or introduced, "an AI has said that it is one"
            case Forget():
                assert is_open or when in resets, "only who is asked to forgets twice"
                is_open = False
    assert is_open is (day.machine.stage not in (Stage.ATTRACT, Stage.RESET))


@given(DAYS)
@settings(max_examples=100, deadline=None)
def test_who_was_served_is_not_greeted_again_by_being_seen(script: Script) -> None:
    """While nobody is seen to go, only a sign of their own opens another visit."""
    day, at = Day(), 0.0
    day.on(0, COMES).on(1, SAYS).on(2, SAID).on(3, ResetAsked())
    for wait, event in script:
        at = max(day.now, at + wait)
        if event != GOES and not isinstance(event, Touched | VisitorAsked | VisitorSpeaks):
            day.on(at, event)
    assert len(day.at(Open)) == 1


@given(st.lists(st.sampled_from([0.0, 0.5, 3.0, 20.0]), min_size=1, max_size=30))
@example([20.0])
def test_between_two_visits_by_sight_there_is_the_cooldown(waits: list[float]) -> None:
    day, at = Day(), 0.0
    for index, wait in enumerate(waits):
        at += wait
        day.on(at, GOES if index % 2 else COMES)
    day.until(at + 100)
    for ended in day.at(Forget):
        opened = [when for when in day.at(Open) if when > ended]
        assert not opened or opened[0] - ended >= PresenceConfig().cooldown_s
