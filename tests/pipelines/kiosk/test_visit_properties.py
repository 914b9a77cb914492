"""What holds of every day at a kiosk, whoever comes and whatever they do."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.kiosk.config import PresenceConfig, VisitConfig
from pipelines.kiosk.visit import (
    LONGEST_GREETING_S,
    LONGEST_SPEECH_S,
    RESET_S,
    Stage,
)
from pipelines.kiosk.visit_events import (
    Forget,
    Greet,
    Introduce,
    Open,
    Passed,
    Quiet,
    ResetAsked,
    SayFarewell,
    Touched,
    TurnTaken,
    VisitEvent,
    VisitorAsked,
    VisitorSpeaks,
)
from tests.pipelines.kiosk.day import BLIND, COMES, GOES, SAID, SAYS, SILENT, SPEAKS, Day

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
@settings(max_examples=100, deadline=None, derandomize=True)
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
@settings(max_examples=100, deadline=None, derandomize=True)
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
@settings(max_examples=100, deadline=None, derandomize=True)
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
@settings(max_examples=100, deadline=None, derandomize=True)
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
@settings(max_examples=100, deadline=None, derandomize=True)
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
@settings(max_examples=100, deadline=None, derandomize=True)
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
