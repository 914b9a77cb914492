"""What is heard and seen at each moment, on a clock of the test's own."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.client.connecting import ConnectionBack
from agent.client.player import FADE_S, Player
from agent.protocol.events.avatar import AvatarFlush, AvatarPaused
from agent.protocol.media import MediaFrame, MediaKind

RATE = 24_000
TICK = 960
BUFFER_S = 0.1


class Room:
    """A player whose loudspeaker takes 10 ms at a time, and what it played."""

    def __init__(self, buffer_s: float = BUFFER_S) -> None:
        self.now = 5.0
        self.player = Player(RATE, buffer_s=buffer_s, clock=lambda: self.now)
        self.heard = array("h")
        self.began = self.now

    def sound(self, tick: int, value: int, turn: int = 1) -> None:
        pcm = array("h", [value] * TICK).tobytes()
        self.player.take(MediaFrame(MediaKind.AVATAR_AUDIO, turn, tick * 40_000, pcm))

    def picture(self, tick: int, turn: int = 0) -> None:
        jpeg = str(tick).encode()
        self.player.take(MediaFrame(MediaKind.AVATAR_PICTURE, turn, tick * 40_000, jpeg))

    def passes(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.01)):
            self.heard.frombytes(self.player.sound(RATE // 100))
            self.now += 0.01

    def first(self, value: int) -> float:
        return self.began + self.heard.index(value) / RATE

    @property
    def shown(self) -> str | None:
        picture = self.player.picture()
        return None if picture is None else picture.data.decode()


def test_sound_is_heard_when_the_picture_of_its_moment_is_seen() -> None:
    room = Room()
    seen: dict[str | None, float] = {}
    for tick in range(50):
        room.picture(tick, turn=1)
        room.sound(tick, tick + 1)
        for _ in range(4):
            seen.setdefault(room.shown, room.now)
            room.passes(0.01)
    for tick in range(10, 40):
        assert room.first(tick + 1) - seen[str(tick)] == pytest.approx(0.0, abs=0.011)
        assert room.first(tick + 1) == pytest.approx(5.0 + BUFFER_S + 0.04 * tick, abs=0.001)


@pytest.mark.parametrize("jitter_s", [0.02, 0.08])
def test_jitter_within_the_buffer_is_not_heard(jitter_s: float) -> None:
    room = Room()
    late = 0.0
    for tick in range(40):
        room.passes(0.04 - late)
        late = jitter_s * (tick % 3 == 1) / 4
        room.passes(late)
        room.sound(tick, 7)
    room.passes(0.3)
    said = [n for n, value in enumerate(room.heard) if value]
    assert len(said) == 40 * TICK
    assert said[-1] - said[0] == 40 * TICK - 1


def test_a_gap_in_media_time_is_silence() -> None:
    room = Room()
    for tick in (0, 1, 5, 6):
        room.sound(tick, tick + 1)
    room.passes(0.6)
    assert room.first(6) - room.first(1) == pytest.approx(0.2, abs=1e-4)
    assert len([value for value in room.heard if value]) == 4 * TICK


def test_a_flush_fades_within_ten_milliseconds_and_nothing_of_the_turn_comes_after() -> None:
    room = Room()
    for tick in range(20):
        room.sound(tick, 1000)
        room.picture(tick, turn=1)
    room.picture(1)
    room.passes(0.3)
    room.player.take(AvatarFlush(turn=1, media_time_us=0))
    flushed = len(room.heard)
    room.sound(21, 1000)
    room.sound(30, 3, turn=2)
    room.passes(1.5)
    after = list(room.heard[flushed:])
    fade = round(FADE_S * RATE)
    assert after[0] == 1000
    assert after[:fade] == sorted(after[:fade], reverse=True)
    assert 1000 not in after[fade:]
    assert after[fade:].count(3) == TICK
    assert room.player.waiting_s == 0


def test_what_was_discarded_at_a_pause_is_heard_when_it_comes_again() -> None:
    room = Room()
    for tick in range(10):
        room.sound(tick, 10 + tick)
    room.passes(0.3)
    room.player.take(AvatarPaused(turn=1, media_time_us=0))
    room.passes(0.4)
    for tick in range(20, 25):
        room.sound(tick, 100 + tick)
    room.passes(0.5)
    assert {19} & set(room.heard) == set()
    assert {120, 121, 122, 123, 124} <= set(room.heard)


def test_a_conversation_that_begins_anew_has_new_turns_and_one_that_goes_on_has_not() -> None:
    for resumed, expected in ((True, 0), (False, TICK)):
        room = Room()
        room.sound(0, 1)
        room.player.take(AvatarFlush(turn=3, media_time_us=0))
        room.player.take(ConnectionBack(resumed=resumed))
        room.sound(1, 50, turn=2)
        room.passes(0.5)
        assert list(room.heard).count(50) == expected


def test_what_is_played_is_told() -> None:
    room = Room()
    for tick in range(10):
        room.picture(tick)
        room.sound(tick, 3)
    room.passes(0.2)
    assert room.shown == "2"
    told = room.player.playback()
    assert told["turn"] == 1
    assert told["media_time_us"] == pytest.approx(100_000, abs=1)
    assert told["picture_media_time_us"] == 80_000
    assert told["buffer_ms"] == pytest.approx(300, abs=11)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), max_size=40))
def test_nothing_that_comes_in_any_order_breaks_it(pieces: list[tuple[int, int]]) -> None:
    room = Room()
    for tick, turn in pieces:
        room.sound(tick, 1, turn)
        room.picture(tick, turn)
        room.passes(0.02)
    room.passes(3.0)
    assert room.player.waiting_s == 0
    assert len(room.heard) == round((room.now - room.began) * RATE)
