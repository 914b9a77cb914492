"""The floor in virtual time: what is done, when, and that nothing is stuck."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.turns.events import (
    Action,
    AvatarVoice,
    Event,
    GiveUp,
    Hold,
    Interrupt,
    LetGo,
    NoteBackchannel,
    Passed,
    Reprompt,
    Resume,
    SayBackchannel,
    SayHoldPhrase,
    TakeTurn,
    UserFinished,
    UserSeen,
    UserVoice,
    UserWords,
)
from agent.turns.floor import SHOWN, Floor, FloorMachine
from agent.turns.manners import Manners

QUIET = Manners(backchannels_a_minute=0)


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

    @property
    def actions(self) -> list[Action]:
        return [action for _, action in self.done]

    def at(self, kind: type[Action]) -> list[float]:
        return [at for at, action in self.done if isinstance(action, kind)]


@pytest.fixture
def speaking() -> Conversation:
    """The avatar speaks since second 10; the microphone is settled."""
    talk = Conversation()
    talk.tell(10, AvatarVoice(True))
    return talk


def test_a_turn_ends_when_the_model_says_so_and_an_answer_follows() -> None:
    talk = Conversation()
    talk.tell(5, UserVoice(True))
    talk.tell(7, UserVoice(False))
    talk.tell(7.3, UserWords("where is the lift", final=True), UserFinished())
    assert talk.done == [(7.3, TakeTurn())]
    assert SHOWN[talk.machine.floor] == "thinking"
    talk.tell(7.9, AvatarVoice(True))
    assert talk.machine.floor is Floor.AVATAR
    talk.tell(9, AvatarVoice(False))
    assert talk.machine.floor is Floor.IDLE


def test_without_the_model_patience_ends_a_turn_and_follows_the_speakers_pauses() -> None:
    talk = Conversation()
    talk.tell(5, UserVoice(True))
    talk.tell(6, UserVoice(False))
    talk.pass_until(20)
    assert talk.at(TakeTurn) == [pytest.approx(6 + 0.8)]
    slow = Conversation()
    slow.tell(5, UserVoice(True))
    for k in range(6):
        slow.tell(6 + 2 * k, UserVoice(False))
        slow.tell(6.75 + 2 * k, UserVoice(True))
    assert slow.actions == []
    slow.tell(18, UserVoice(False))
    slow.pass_until(30)
    assert 18.95 < slow.at(TakeTurn)[0] <= 18 + 1.6


def test_words_over_the_avatar_are_a_barge_in_after_a_hold(speaking: Conversation) -> None:
    speaking.tell(12, UserVoice(True))
    assert speaking.actions == [Hold()]
    assert SHOWN[speaking.machine.floor] == "listening"
    speaking.tell(12.5, UserWords("wait", final=False))
    assert speaking.actions == [Hold(), Interrupt()]
    assert speaking.machine.floor is Floor.USER


@pytest.mark.parametrize("said", ["mhm", "Yes.", "okay, I see", "Oh really?"])
def test_a_sign_of_listening_takes_nothing_and_the_avatar_goes_on(
    speaking: Conversation, said: str
) -> None:
    speaking.tell(12, UserVoice(True))
    speaking.tell(12.4, UserVoice(False))
    speaking.tell(12.6, UserWords(said, final=True))
    assert speaking.actions == [Hold(), NoteBackchannel(said), Resume()]
    assert speaking.machine.floor is Floor.AVATAR


def test_a_cough_costs_a_pause_that_ends_soon(speaking: Conversation) -> None:
    speaking.tell(12, UserVoice(True))
    speaking.tell(12.3, UserVoice(False))
    speaking.pass_until(20)
    assert speaking.actions == [Hold(), Resume()]
    assert speaking.at(Resume)[0] - 12 <= 1.2
    assert speaking.machine.floor is Floor.AVATAR


def test_a_voice_that_lasts_takes_the_floor_without_words(speaking: Conversation) -> None:
    speaking.tell(12, UserVoice(True))
    speaking.pass_until(14)
    assert speaking.done == [(12, Hold()), (pytest.approx(12.9), Interrupt())]


def test_a_shut_mouth_in_view_is_somebody_elses_voice(speaking: Conversation) -> None:
    speaking.tell(11, UserSeen(mouth_moves=False))
    speaking.tell(12, UserVoice(True))
    speaking.tell(13, UserWords("the printer is broken again", final=True))
    speaking.tell(14, UserVoice(False))
    speaking.pass_until(16)
    assert speaking.actions == []


def test_beside_a_seen_mouth_a_voice_takes_the_floor_in_the_first_seconds_too() -> None:
    talk = Conversation()
    talk.tell(1, AvatarVoice(True), UserSeen(mouth_moves=True))
    talk.tell(1.5, UserVoice(True))
    assert talk.actions == []
    talk.pass_until(5)
    assert talk.done == [(pytest.approx(2.4), Interrupt())]


def test_echo_of_the_first_seconds_holds_nothing() -> None:
    talk = Conversation()
    talk.tell(1, AvatarVoice(True))
    talk.tell(1.5, UserVoice(True))
    talk.tell(2.5, UserVoice(False))
    talk.pass_until(4)
    assert talk.actions == []
    assert talk.machine.floor is Floor.AVATAR


def test_a_cough_while_it_thinks_discards_nothing_and_words_do() -> None:
    talk = Conversation()
    talk.tell(5, UserVoice(True))
    talk.tell(6, UserVoice(False))
    talk.tell(6.2, UserFinished())
    talk.tell(6.4, UserVoice(True))
    talk.tell(6.6, UserVoice(False))
    talk.tell(7.0, AvatarVoice(True))
    assert talk.actions == [TakeTurn()]
    again = Conversation()
    again.tell(5, UserVoice(True))
    again.tell(6, UserVoice(False), UserFinished())
    again.tell(6.4, UserVoice(True))
    again.tell(6.8, UserWords("and the stairs", final=False))
    assert again.actions == [TakeTurn(), Interrupt()]
    assert again.machine.floor is Floor.USER


def test_an_answer_that_comes_while_the_user_goes_on_waits() -> None:
    talk = Conversation()
    talk.tell(5, UserVoice(True))
    talk.tell(7, AvatarVoice(True))
    assert talk.actions == [Hold()]
    said = Conversation()
    said.tell(5, UserVoice(True), UserWords("tell me about the", final=False))
    said.tell(7, AvatarVoice(True))
    assert said.actions == [Interrupt()]


def test_slow_answers_are_announced_and_lost_ones_apologised_for() -> None:
    talk = Conversation()
    talk.tell(5, UserVoice(True))
    talk.tell(6, UserVoice(False), UserFinished())
    talk.pass_until(40)
    assert talk.done[:3] == [
        (6, TakeTurn()),
        (pytest.approx(7.2), SayHoldPhrase()),
        (pytest.approx(18), GiveUp()),
    ]


def test_silence_is_asked_about_once_and_then_let_go() -> None:
    talk = Conversation()
    talk.tell(5, AvatarVoice(True))
    talk.tell(8, AvatarVoice(False))
    talk.pass_until(500)
    assert talk.done == [(33, Reprompt()), (58, LetGo())]
    assert talk.machine.deadline is None


def test_pauses_of_a_long_story_get_signs_of_listening_but_not_too_many() -> None:
    talk = Conversation(manners=replace(QUIET, backchannels_a_minute=20))
    talk.tell(5, UserVoice(True))
    for k in range(12):
        talk.tell(8 + 3 * k, UserVoice(False))
        talk.tell(8.6 + 3 * k, UserVoice(True))
    said = talk.at(SayBackchannel)
    assert 4 <= len(said) <= 8
    assert all(later - sooner >= 5 for sooner, later in pairwise(said))
    assert all(abs((at - 8.3) % 3) < 1e-6 or abs((at - 8.3) % 3 - 3) < 1e-6 for at in said)
    assert talk.at(TakeTurn) == []


EVENTS = st.one_of(
    st.builds(UserVoice, st.booleans()),
    st.builds(UserWords, st.sampled_from(["", "mhm", "stop", "what is it"]), st.booleans()),
    st.just(UserFinished()),
    st.builds(UserSeen, st.sampled_from([None, True, False])),
    st.builds(AvatarVoice, st.booleans()),
)


@given(st.lists(st.tuples(st.floats(0, 3), EVENTS), max_size=40), st.booleans())
def test_every_hold_ends_and_every_state_has_an_exit(
    script: list[tuple[float, Event]], said: bool
) -> None:
    talk = Conversation(manners=replace(QUIET, backchannels_a_minute=60 * said), chance=lambda: 0.5)
    at = 0.0
    for gap, event in script:
        at += gap
        talk.tell(at, event)
    talk.tell(at, UserVoice(False), AvatarVoice(False))
    talk.pass_until(at + 200)
    held: float | None = None
    for when, action in talk.done:
        if isinstance(action, Hold):
            assert held is None
            held = when
        elif isinstance(action, Resume | Interrupt):
            assert not isinstance(action, Resume) or held is not None
            assert held is None or when - held <= 1.2 + 1e-6
            held = None
    assert held is None
    assert talk.machine.floor is Floor.IDLE
