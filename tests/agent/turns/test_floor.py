"""The floor in virtual time: what is done, when, and that nothing is stuck."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.turns.events import (
    Action,
    AnswerComes,
    AnswerFailed,
    AvatarVoice,
    DropTurn,
    Event,
    GiveUp,
    Hold,
    Interrupt,
    LetGo,
    NoteBackchannel,
    OpenTurn,
    Passed,
    Reprompt,
    Resume,
    SayBackchannel,
    SayHoldPhrase,
    Speculate,
    TakeTurn,
    TurnJudged,
    UserAsked,
    UserCommitted,
    UserSeen,
    UserSound,
    UserVoice,
    UserWords,
    Withdraw,
)
from agent.turns.floor import FloorMachine
from agent.turns.manners import Manners
from agent.turns.states import Floor

QUIET = Manners(backchannels_a_minute=0)
OVER = (Hold, Resume, Interrupt, NoteBackchannel)


@dataclass
class Conversation:
    """Drives a machine: fires deadlines on time and keeps what it did."""

    manners: Manners = QUIET
    chance: Callable[[], float] = lambda: 0.0
    now: float = 0.0
    done: list[tuple[float, Action]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.machine = FloorMachine(chance=self.chance, manners=self.manners, now=0.0)

    def pass_until(self, at: float) -> None:
        for _ in range(10_000):
            due = self.machine.deadline
            if due is None or due > at:
                self.now = max(self.now, at)
                return
            self.now = max(self.now, due)
            self._tell(Passed())
        raise AssertionError("the machine asks for the time for ever")

    def tell(self, at: float, *events: Event) -> None:
        self.pass_until(at)
        for event in events:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        self.done += [(self.now, action) for action in self.machine.on(event, self.now)]

    def hear(self, begins: float, ends: float, text: str | None, *, finished: bool = False) -> None:
        """A stretch of speech as it comes: sound early, voice late, words last."""
        self.tell(begins, UserSound(True))
        self.tell(begins + 0.14, UserVoice(True))
        self.tell(ends, UserSound(False), UserVoice(False))
        if finished:
            self.tell(ends + 0.09, TurnJudged(0.97))
        if text is not None:
            self.tell(ends + 0.15, UserWords(text, final=True))

    def answer(self, until: float) -> None:
        """The avatar speaks from now on until then, and is heard all the while."""
        self._tell(AvatarVoice(True))
        while self.now + 0.2 < until:
            self.tell(self.now + 0.2, AvatarVoice(True))

    def only(self, *kinds: type[Action]) -> list[Action]:
        return [action for action in self.actions if isinstance(action, kinds)]

    @property
    def actions(self) -> list[Action]:
        return [action for _, action in self.done]

    def at(self, kind: type[Action]) -> list[float]:
        return [at for at, action in self.done if isinstance(action, kind)]


@pytest.fixture
def speaking() -> Conversation:
    """The avatar speaks from second 10 to 12 and on; the microphone is settled."""
    talk = Conversation()
    talk.pass_until(10)
    talk.answer(12)
    return talk


def test_a_turn_ends_when_the_model_says_so_and_its_words_are_known() -> None:
    talk = Conversation()
    talk.hear(5, 7, "where is the lift", finished=True)
    talk.pass_until(7.6)
    assert talk.done == [
        (pytest.approx(5.14), OpenTurn()),
        (pytest.approx(7.25), Speculate("where is the lift")),
        (pytest.approx(7.55, abs=0.01), TakeTurn("where is the lift")),
    ]
    assert talk.machine.floor is Floor.THINKING
    talk.tell(7.6, AvatarVoice(True))
    assert talk.machine.floor is Floor.AVATAR
    talk.tell(9, AvatarVoice(False))
    assert talk.machine.floor is Floor.IDLE


def test_words_come_before_the_verdict_or_after_it() -> None:
    talk = Conversation()
    talk.hear(5, 7, "where is the lift")
    assert talk.only(TakeTurn) == []
    talk.tell(7.3, TurnJudged(0.97))
    talk.pass_until(9)
    assert talk.at(TakeTurn) == [pytest.approx(7.55, abs=0.01)]


def test_half_a_sentence_is_no_turn_whatever_the_model_says() -> None:
    talk = Conversation()
    talk.hear(5, 6, "can you tell me where the", finished=True)
    talk.hear(6.8, 8, "printer is kept")
    talk.pass_until(20)
    assert talk.only(TakeTurn) == [TakeTurn("can you tell me where the printer is kept")]
    quick = Conversation()
    quick.hear(5, 6, "where is the printer", finished=True)
    quick.pass_until(9)
    assert quick.at(TakeTurn)[0] - 6 < 0.6 < talk.at(TakeTurn)[0] - 8 < 0.8


def test_without_the_model_patience_ends_a_turn_and_follows_the_speakers_pauses() -> None:
    talk = Conversation()
    talk.hear(5, 6, "where is the lift")
    talk.pass_until(20)
    assert talk.at(TakeTurn) == [pytest.approx(6.757, abs=0.001)]
    slow = Conversation()
    for k in range(6):
        slow.hear(5 + 2 * k, 6.05 + 2 * k + 0.05 * min(k, 4), "and then we went to the")
    assert slow.only(TakeTurn) == []
    slow.hear(17, 18, "the end of it.", finished=True)
    slow.pass_until(30)
    assert 0.7 < slow.at(TakeTurn)[0] - 18 <= 1.1


def test_an_answer_is_prepared_in_a_pause_and_forgotten_when_the_user_goes_on() -> None:
    talk = Conversation()
    talk.hear(5, 6, "where is the lift")
    talk.hear(6.5, 7.5, "to the roof")
    talk.pass_until(9)
    assert talk.done[1:] == [
        (pytest.approx(6.25), Speculate("where is the lift")),
        (pytest.approx(6.64), Withdraw()),
        (pytest.approx(7.75), Speculate("where is the lift to the roof")),
        (pytest.approx(8.257, abs=0.001), TakeTurn("where is the lift to the roof")),
    ]


def test_a_turn_without_words_is_closed() -> None:
    talk = Conversation()
    talk.hear(5, 6, "")
    assert talk.actions == [OpenTurn(), DropTurn()]
    assert talk.machine.floor is Floor.IDLE
    deaf = Conversation()
    deaf.hear(5, 6, None)
    deaf.pass_until(12)
    assert deaf.done[1:] == [(pytest.approx(9), DropTurn())]


def test_words_that_come_late_are_a_turn_of_their_own() -> None:
    talk = Conversation()
    talk.hear(5, 6, None)
    talk.tell(11, UserWords("where is the lift", final=True))
    assert talk.actions[-2:] == [OpenTurn(), TakeTurn("where is the lift")]


def test_words_over_the_avatar_are_a_barge_in_after_a_hold(speaking: Conversation) -> None:
    speaking.tell(12, UserSound(True))
    assert speaking.actions == [Hold()]
    assert speaking.machine.floor is Floor.TENTATIVE
    speaking.tell(12.14, UserVoice(True))
    speaking.tell(12.5, UserWords("wait", final=False))
    assert speaking.actions == [Hold(), Interrupt()]
    assert speaking.machine.floor is Floor.USER
    speaking.tell(13, UserSound(False), UserVoice(False), TurnJudged(0.97))
    speaking.tell(13.1, UserWords("wait a moment please", final=True))
    speaking.pass_until(13.6)
    assert speaking.only(TakeTurn) == [TakeTurn("wait a moment please")]


@pytest.mark.parametrize("said", ["mhm", "Yes.", "okay, I see", "Oh really?"])
def test_a_sign_of_listening_takes_nothing_and_the_avatar_goes_on(
    speaking: Conversation, said: str
) -> None:
    speaking.hear(12, 12.4, said)
    assert speaking.actions == [Hold(), NoteBackchannel(said), Resume()]
    assert speaking.machine.floor is Floor.AVATAR


def test_a_cough_costs_a_short_pause(speaking: Conversation) -> None:
    speaking.tell(12, UserSound(True))
    speaking.tell(12.3, UserSound(False))
    speaking.tell(13, AvatarVoice(True))
    assert speaking.done == [(12, Hold()), (pytest.approx(12.5), Resume())]
    speaking.tell(13.2, UserSound(True))
    assert speaking.only(Hold) == [Hold()], "right after a false alarm a sound alone holds nothing"
    speaking.tell(13.4, UserVoice(True))
    assert speaking.only(Hold) == [Hold(), Hold()]


def test_a_voice_that_lasts_takes_the_floor_without_words(speaking: Conversation) -> None:
    speaking.tell(12, UserSound(True))
    speaking.tell(12.14, UserVoice(True))
    speaking.pass_until(14)
    assert speaking.done == [(12, Hold()), (pytest.approx(12.8), Interrupt())]


def test_a_long_yes_does_not(speaking: Conversation) -> None:
    speaking.tell(12, UserSound(True))
    speaking.tell(12.14, UserVoice(True))
    speaking.tell(12.5, UserWords("yeah", final=False))
    speaking.pass_until(14)
    assert speaking.done == [(12, Hold()), (pytest.approx(13.2), Resume())]
    assert speaking.machine.floor is Floor.OVERLAP


def test_a_shut_mouth_in_view_is_somebody_elses_voice(speaking: Conversation) -> None:
    speaking.tell(11.9, UserSeen(mouth_moves=False))
    speaking.hear(12, 13.2, "the printer is broken again")
    speaking.pass_until(14)
    assert speaking.actions == []
    assert speaking.machine.floor is Floor.AVATAR


def test_a_mouth_that_begins_to_move_holds_the_avatar(speaking: Conversation) -> None:
    speaking.tell(11.9, UserSeen(mouth_moves=False))
    speaking.tell(12, UserSound(True))
    speaking.tell(12.2, UserSeen(mouth_moves=True))
    assert speaking.done == [(12.2, Hold())]


def test_echo_of_the_first_seconds_holds_nothing() -> None:
    talk = Conversation()
    talk.tell(1, AvatarVoice(True))
    talk.tell(1.5, UserSound(True), UserVoice(True))
    talk.tell(2.5, UserSound(False), UserVoice(False), AvatarVoice(True))
    talk.pass_until(4)
    assert talk.actions == []
    assert talk.machine.floor is Floor.AVATAR


def test_a_cough_while_it_thinks_delays_and_discards_nothing() -> None:
    talk = Conversation()
    talk.hear(5, 6, "where is the lift", finished=True)
    talk.tell(6.6, UserSound(True))
    talk.tell(6.8, UserSound(False))
    talk.tell(7.2, AvatarVoice(True))
    assert talk.only(*OVER) == [Hold(), Resume()]
    assert talk.at(Resume) == [pytest.approx(7.0)]
    assert talk.machine.floor is Floor.AVATAR


def test_who_goes_on_while_it_thinks_is_heard_before_the_answer() -> None:
    talk = Conversation()
    talk.hear(5, 6, "where is the lift", finished=True)
    talk.tell(6.6, UserSound(True))
    talk.tell(6.74, UserVoice(True))
    talk.tell(7.0, UserWords("and the stairs", final=False))
    assert talk.only(*OVER) == [Hold(), Interrupt()]
    talk.hear(7.1, 7.5, "and the stairs", finished=True)
    talk.pass_until(8.3)
    assert talk.only(TakeTurn)[1:] == [TakeTurn("and the stairs")]


def test_an_answer_that_comes_while_the_user_goes_on_waits() -> None:
    talk = Conversation()
    talk.tell(5, UserSound(True), UserVoice(True))
    talk.tell(7, AvatarVoice(True))
    assert talk.only(*OVER) == [Hold()]
    said = Conversation()
    said.tell(5, UserSound(True), UserVoice(True), UserWords("tell me about the", final=False))
    said.tell(7, AvatarVoice(True))
    assert said.only(*OVER) == [Interrupt()]


def test_slow_answers_are_announced_and_lost_ones_apologised_for() -> None:
    talk = Conversation()
    talk.hear(5, 6, "where is the lift", finished=True)
    talk.pass_until(8)
    talk.tell(8, AvatarVoice(True))
    talk.tell(9, AvatarVoice(False))
    assert talk.machine.floor is Floor.THINKING, "the hold phrase was no answer"
    talk.pass_until(40)
    (taken,) = talk.at(TakeTurn)
    assert talk.at(SayHoldPhrase) == [pytest.approx(taken + 1.2)]
    assert talk.at(GiveUp) == [pytest.approx(taken + 12)]


def test_typed_questions_are_waited_for_too() -> None:
    talk = Conversation()
    talk.tell(5, UserAsked())
    talk.pass_until(40)
    assert talk.done == [(pytest.approx(6.2), SayHoldPhrase()), (pytest.approx(17), GiveUp())]


def test_an_answer_that_fails_is_apologised_for_at_once_or_when_it_breaks_off() -> None:
    talk = Conversation()
    talk.hear(5, 6, "where is the lift", finished=True)
    talk.tell(6.7, AnswerFailed())
    assert talk.done[-1] == (6.7, GiveUp())
    half = Conversation()
    half.hear(5, 6, "where is the lift", finished=True)
    half.tell(6.8, AvatarVoice(True))
    half.tell(7, AnswerFailed())
    assert half.only(GiveUp) == []
    half.tell(8, AvatarVoice(False))
    assert half.done[-1] == (8, GiveUp())


def test_an_avatar_that_is_not_heard_any_more_has_ceased() -> None:
    talk = Conversation()
    talk.tell(5, AvatarVoice(True))
    talk.pass_until(8.1)
    assert talk.machine.floor is Floor.IDLE


def test_silence_is_asked_about_once_and_then_let_go() -> None:
    talk = Conversation()
    talk.tell(5, AvatarVoice(True))
    talk.tell(8, AvatarVoice(False))
    talk.pass_until(500)
    assert talk.done == [(48, Reprompt()), (88, LetGo())]
    assert talk.machine.deadline is None


def test_pauses_of_a_long_story_get_signs_of_listening_but_not_too_many() -> None:
    talk = Conversation(manners=replace(QUIET, backchannels_a_minute=20))
    for k in range(12):
        talk.hear(5.6 + 3 * k, 8 + 3 * k, "and then we went on to the")
    said = talk.at(SayBackchannel)
    assert 4 <= len(said) <= 8
    assert all(later - sooner >= 5 for sooner, later in pairwise(said))
    assert all(abs((at - 8.45 + 1.5) % 3 - 1.5) < 1e-6 for at in said)
    assert talk.only(TakeTurn) == []
    short = Conversation(manners=replace(QUIET, backchannels_a_minute=20))
    short.hear(5, 10, "and that is all I wanted to say.", finished=True)
    short.pass_until(11)
    assert short.at(SayBackchannel) == [], "an answer is due, not a sign of listening"


def test_with_push_to_talk_no_pause_ends_a_turn_and_the_button_does() -> None:
    talk = Conversation(manners=replace(QUIET, push_to_talk=True))
    talk.hear(5, 6, "where can I park", finished=True)
    talk.pass_until(20)
    talk.hear(20, 21, "my car", finished=True)
    talk.pass_until(40)
    assert talk.only(TakeTurn) == []
    talk.tell(40, UserCommitted())
    assert talk.only(TakeTurn) == [TakeTurn("where can I park my car")]


def test_a_button_ends_a_turn_before_its_words_are_known() -> None:
    talk = Conversation()
    talk.tell(5, UserVoice(True))
    talk.tell(6, UserVoice(False))
    talk.tell(6, UserCommitted())
    talk.tell(6.1, UserWords("is it open and", True))
    assert talk.done[-1] == (6.1, TakeTurn("is it open and"))


def test_nobody_apologises_for_an_answer_that_was_given_late() -> None:
    talk = Conversation()
    talk.tell(1, UserAsked())
    talk.pass_until(2.3)
    assert talk.only(SayHoldPhrase) == [SayHoldPhrase()]
    talk.tell(2.3, AnswerComes())
    talk.tell(2.4, AvatarVoice(True))
    talk.tell(9.2, AvatarVoice(False))
    talk.pass_until(30)
    assert talk.only(GiveUp) == []


def test_an_answer_that_is_there_needs_no_hold_phrase_but_its_voice_in_time() -> None:
    talk = Conversation()
    talk.tell(1, UserAsked())
    talk.tell(1.5, AnswerComes())
    talk.pass_until(12.9)
    assert talk.actions == []
    talk.pass_until(13.1)
    assert talk.actions == [GiveUp()]


EVENTS = st.one_of(
    st.builds(UserSound, st.booleans()),
    st.builds(UserVoice, st.booleans()),
    st.builds(UserWords, st.sampled_from(["", "mhm", "stop", "what is it"]), st.booleans()),
    st.just(TurnJudged(0.97)),
    st.just(UserAsked()),
    st.just(UserCommitted()),
    st.just(AnswerComes()),
    st.just(AnswerFailed()),
    st.builds(UserSeen, st.sampled_from([None, True, False])),
    st.builds(AvatarVoice, st.booleans()),
)


@given(st.lists(st.tuples(st.floats(0, 3), EVENTS), max_size=40), st.booleans(), st.booleans())
def test_every_hold_ends_and_every_state_has_an_exit(
    script: list[tuple[float, Event]], said: bool, pushed: bool
) -> None:
    manners = replace(QUIET, backchannels_a_minute=60 * said, push_to_talk=pushed)
    talk = Conversation(manners=manners, chance=lambda: 0.5)
    at = 0.0
    for gap, event in script:
        at += gap
        talk.tell(at, event)
    if talk.machine.floor is Floor.IDLE:
        talk.tell(at, UserVoice(False))
    talk.pass_until(at + 400)
    assert talk.machine.floor is Floor.IDLE
    _check_holds(talk.done)
    _check_turns(talk.actions)


def _check_holds(done: list[tuple[float, Action]]) -> None:
    held: float | None = None
    for when, action in done:
        if isinstance(action, Hold):
            assert held is None
            held = when
        elif isinstance(action, Resume | Interrupt):
            assert held is not None or isinstance(action, Interrupt)
            assert held is None or when - held <= 1.2 + 1e-6
            held = None
    assert held is None


def _check_turns(done: list[Action]) -> None:
    opened = speculated = False
    for action in done:
        if isinstance(action, OpenTurn):
            assert not opened
        elif isinstance(action, TakeTurn | DropTurn | Speculate):
            assert opened
        elif isinstance(action, Withdraw):
            assert speculated
        opened = isinstance(action, OpenTurn | Interrupt) or (
            opened and not isinstance(action, TakeTurn | DropTurn)
        )
        speculated = isinstance(action, Speculate) or (
            speculated and not isinstance(action, Withdraw | TakeTurn | DropTurn)
        )
