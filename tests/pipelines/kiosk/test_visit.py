"""A visit in virtual time: what is done, and when, and that nobody is sent away who speaks."""

import pytest

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
)
from tests.pipelines.kiosk.day import (
    BLIND,
    COMES,
    GOES,
    SAID,
    SAYS,
    SILENT,
    SPEAKS,
    Day,
    conversing,
)


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
