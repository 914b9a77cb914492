import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.clock import TICK
from avatar.errors import SpeechOverflow
from avatar.motion import ARKIT58, FaceObservation
from avatar.tick import AvatarState, Phone, Tick
from avatar.timeline import Timeline

RATE = 24_000
VOICE_TICK = RATE // 25


def a_timeline(look_ahead: int = 2, max_speech_s: float = 120.0) -> Timeline:
    return Timeline(voice_rate=RATE, look_ahead=look_ahead, max_speech_s=max_speech_s)


def ramp(ticks: float, start: int = 1) -> np.ndarray:
    return np.arange(start, start + int(ticks * VOICE_TICK)).astype(np.int16)


def take(timeline: Timeline, count: int) -> list[Tick]:
    return [timeline.next_tick() for _ in range(count)]


def said(ticks: list[Tick]) -> np.ndarray:
    pieces = [tick.speech for tick in ticks if tick.speech is not None]
    return np.concatenate([np.zeros(0, np.int16), *pieces])


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=30))
def test_speech_pushed_in_any_pieces_is_said_as_one(sizes: list[int]) -> None:
    whole = (np.arange(sum(sizes)) % 30_000).astype(np.int16)
    timeline, at = a_timeline(), 0
    for i, size in enumerate(sizes):
        timeline.push_speech(1, whole[at : at + size], last=i == len(sizes) - 1)
        at += size
    heard = said(take(timeline, timeline.waiting_ticks))
    assert (heard[: len(whole)] == whole).all()
    assert not heard[len(whole) :].any()


def test_ticks_count_from_zero_and_silence_is_absence() -> None:
    ticks = take(a_timeline(), 3)
    assert [tick.index for tick in ticks] == [0, 1, 2]
    assert all(tick.speech is None and tick.turn == 0 for tick in ticks)
    assert ticks[0].avatar_audio.shape == (3 * TICK,)


def test_look_ahead_hears_what_is_queued_and_nothing_else() -> None:
    timeline = a_timeline(look_ahead=2)
    timeline.push_speech(1, np.full(2 * VOICE_TICK, 8000, np.int16))
    tick = timeline.next_tick()
    assert abs(tick.avatar_audio[100 : 2 * TICK - 100] - 8000 / 32768).max() < 0.01
    assert abs(tick.avatar_audio[2 * TICK + 50 :]).max() < 0.01


def test_the_16_khz_copy_is_the_same_at_whatever_pace_speech_comes() -> None:
    t = np.arange(10 * VOICE_TICK) / RATE
    speech = (12_000 * np.sin(2 * np.pi * 440 * t)).astype(np.int16)
    timeline = a_timeline(look_ahead=0)
    timeline.push_speech(1, speech)
    copy = np.concatenate([tick.avatar_audio for tick in take(timeline, 10)])
    expected = 12_000 / 32768 * np.sin(2 * np.pi * 440 * np.arange(10 * TICK) / 16_000)
    assert abs(copy - expected)[20:-20].max() < 2e-3


def test_a_mark_comes_out_when_all_before_it_was_said() -> None:
    timeline = a_timeline()
    timeline.push_mark(1, "begin")
    timeline.push_speech(1, ramp(2.5))
    timeline.push_mark(1, "middle")
    timeline.push_speech(1, ramp(2))
    timeline.push_mark(1, "end")
    marks = [tick.marks for tick in take(timeline, 6)]
    assert marks == [("begin",), (), ("middle",), (), (), ("end",)]


def test_turns_do_not_share_a_tick() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(1.5))
    timeline.push_speech(2, ramp(1))
    assert [tick.turn for tick in take(timeline, 4)] == [1, 1, 2, 0]


def test_a_hold_keeps_the_place() -> None:
    timeline = a_timeline()
    speech = ramp(6)
    timeline.push_speech(1, speech)
    before = take(timeline, 2)
    timeline.hold()
    held = take(timeline, 3)
    assert held[0].revised
    assert not held[1].revised
    assert all(tick.speech is None and not tick.avatar_audio.any() for tick in held)
    timeline.resume()
    assert (said(before + take(timeline, 4)) == speech).all()


@given(st.integers(0, 8), st.integers(0, 8))
def test_a_hold_says_again_what_was_not_heard(begun: int, unheard: int) -> None:
    timeline = a_timeline()
    speech = ramp(9)
    timeline.push_speech(1, speech)
    timeline.push_mark(1, "said")
    before = take(timeline, begun)
    rewound = timeline.hold(unheard)
    assert rewound == min(unheard, begun, 5)
    assert timeline.hold(unheard) == 0, "once"
    take(timeline, 3)
    timeline.resume()
    heard = before[: begun - rewound] + take(timeline, 9 - begun + rewound)
    assert (said(heard) == speech).all()
    assert heard[-1].marks == ("said",)
    assert timeline.flush(1).ticks == 9


def test_what_is_over_is_not_said_again() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(2), last=True)
    take(timeline, 2)
    timeline.push_speech(2, ramp(3), last=True)
    assert timeline.hold(3) == 0, "nothing of the turn before"
    timeline.resume()
    assert (said(take(timeline, 3)) == ramp(3)).all()
    assert timeline.hold(3) == 0, "and nothing of a turn that is over"


def test_a_flush_drops_the_turn_and_what_comes_of_it_later() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(5))
    timeline.push_mark(1, "never heard")
    take(timeline, 2)
    heard = timeline.flush(1)
    assert (heard.turn, heard.ticks, heard.dropped) == (1, 2, ("never heard",))
    timeline.push_speech(1, ramp(1))
    timeline.push_mark(1, "late")
    tick = timeline.next_tick()
    assert tick.revised
    assert tick.speech is None
    assert tick.marks == ()
    timeline.push_speech(2, ramp(1))
    assert timeline.next_tick().turn == 2


def test_what_may_not_be_interrupted_survives_a_flush() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(2))
    timeline.push_mark(1, "context", interruptible=False)
    timeline.push_speech(0, ramp(1))
    timeline.flush(1)
    ticks = take(timeline, 2)
    assert ticks[0].marks == ("context",)
    assert ticks[0].turn == 0
    assert ticks[0].speech is not None


def test_speech_that_comes_just_in_time_has_no_holes() -> None:
    timeline, speech, heard = a_timeline(), ramp(30), list[Tick]()
    for at in range(0, len(speech), 600):
        end = at + 600 >= len(speech)
        timeline.push_speech(1, speech[at : at + 600], last=end)
        if timeline.waiting_ticks:
            heard.append(timeline.next_tick())
    heard += take(timeline, timeline.waiting_ticks)
    first = next(i for i, tick in enumerate(heard) if tick.speech is not None)
    spoken = said(heard)
    gaps = [tick.speech is None for tick in heard[first:]]
    assert (spoken[: len(speech)] == speech).all()
    assert sum(gaps) < len(gaps)
    assert all((tick.speech != 0).all() for tick in heard[:-1] if tick.speech is not None)


def test_a_tick_that_fills_no_more_is_said_after_40_ms() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(0.5))
    assert [tick.speech is not None for tick in take(timeline, 2)] == [False, True]
    timeline.push_speech(1, ramp(0.5))
    timeline.push_speech(1, ramp(0), last=True)
    assert timeline.next_tick().speech is not None


def test_a_mark_does_not_cut_the_speech_that_still_comes() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(0.5))
    timeline.push_mark(1, "word")
    first = timeline.next_tick()
    timeline.push_speech(1, ramp(0.5))
    second = timeline.next_tick()
    assert (first.speech, first.marks) == (None, ())
    assert second.speech is not None
    assert (second.speech != 0).all()
    assert second.marks == ("word",)


def test_what_was_said_of_an_earlier_turn_is_known_at_its_flush() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(10))
    timeline.push_speech(2, ramp(10))
    take(timeline, 13)
    assert timeline.flush(1).ticks == 10
    assert timeline.flush(2).ticks == 3


def test_resuming_revises_what_was_planned() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(5))
    timeline.hold()
    take(timeline, 2)
    timeline.resume()
    assert [tick.revised for tick in take(timeline, 2)] == [True, False]


def test_a_mark_with_nothing_before_it_does_not_wait_for_a_hold() -> None:
    timeline = a_timeline()
    timeline.hold()
    timeline.push_mark(0, "now")
    assert timeline.next_tick().marks == ("now",)


def test_a_face_that_is_not_finite_is_refused() -> None:
    timeline = a_timeline()
    seen = np.ones(58, bool)
    good = FaceObservation(ARKIT58, ARKIT58.vector({"mouthSmile": 9.0}), seen)
    timeline.push_user_face(good)
    with pytest.raises(ValueError, match="not finite"):
        timeline.push_user_face(FaceObservation(ARKIT58, ARKIT58.vector({"jawOpen": np.nan}), seen))
    face = timeline.next_tick().user_face
    assert face is not None
    assert face.value("mouthSmileLeft") == 1.0


def test_a_flush_ends_a_hold() -> None:
    timeline = a_timeline()
    timeline.push_speech(1, ramp(3))
    timeline.hold()
    timeline.flush(1)
    timeline.push_speech(2, ramp(1))
    assert timeline.next_tick().turn == 2


def test_phones_come_with_the_ticks_around_them() -> None:
    timeline = a_timeline(look_ahead=2)
    phones = [Phone(symbol, 0.1 * i, 0.1 * (i + 1)) for i, symbol in enumerate("abcdefghij")]
    timeline.push_speech(1, ramp(25), phones=phones)
    ticks = take(timeline, 25)
    assert "".join(phone.symbol for phone in ticks[0].phones) == "ab"
    assert ticks[12].position_s == pytest.approx(0.48)
    assert "".join(phone.symbol for phone in ticks[12].phones) == "cdef"


def test_too_much_speech_is_refused_whole() -> None:
    timeline = a_timeline(max_speech_s=1.0)
    timeline.push_speech(1, ramp(20))
    with pytest.raises(SpeechOverflow, match="at most 1 s"):
        timeline.push_speech(1, ramp(10))
    assert timeline.waiting_ticks == 20


def test_rates_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 25"):
        Timeline(voice_rate=22_051, look_ahead=0)


def test_an_old_face_is_forgotten() -> None:
    timeline = a_timeline()
    timeline.push_user_face(FaceObservation(ARKIT58, ARKIT58.rest, np.ones(58, bool), age_ticks=1))
    ages = [tick.user_face.age_ticks if tick.user_face else None for tick in take(timeline, 60)]
    assert ages[:3] == [1, 2, 3]
    assert ages[-1] is None


def test_directions_hold_from_the_next_tick_on() -> None:
    timeline = a_timeline()
    assert timeline.next_tick().state is AvatarState.IDLE
    timeline.direct(state=AvatarState.LISTENING)
    assert [tick.state for tick in take(timeline, 2)] == [AvatarState.LISTENING] * 2


def test_long_use_keeps_nothing_of_turns_gone_by() -> None:
    timeline = a_timeline()
    for turn in range(1, 200):
        timeline.push_speech(turn, ramp(2), phones=[Phone("a", 0.0, 0.08)])
        take(timeline, 3)
    assert len(timeline._queue._pushed) <= 2
    assert len(timeline._queue._phones) <= 2
