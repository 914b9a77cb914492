"""What two avatars say to each other: turns, gaps, murmurs and laughs, for as long as is wanted."""

from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np
import pytest

from avatar.clock import FPS, SAMPLE_RATE, TICK
from avatar.duet import DuetLine
from avatar.errors import PartUnavailable
from avatar.synthetic.dialogues import voice_cast
from avatar.synthetic.dialogues.scene import Person
from avatar.synthetic.dialogues.speech import Speaker, Spoken
from avatar.synthetic.dialogues.voice_cast import voice_of
from avatar.tick import Phone
from pipelines.duet.talk import LAUGH_TEXT, Script, cast, talk
from tests.avatar.duets import MINUTE, RETURN_S, Minute, a_duet, motions, require_stable
from tests.unchecked import unchecked


class Mumbler(Speaker):
    """Says everything as a hum of the length of the text."""

    def say(self, person: Person, text: str) -> Spoken:
        ticks = max(6, round(len(text) / 15 * FPS))
        audio = 0.1 * np.sin(np.arange(ticks * TICK) * 0.06).astype(np.float32)
        return Spoken(audio, (Phone("m", 0.0, len(audio) / SAMPLE_RATE),))


def lines(seed: int, seconds: float) -> list[DuetLine]:
    said = talk(seed, cast(seed), Mumbler())
    return list(_until(said, round(seconds * FPS)))


def _until(said: Iterator[DuetLine], tick: int) -> Iterator[DuetLine]:
    for line in said:
        if line.start >= tick:
            return
        yield line


def test_lines_come_in_order_and_nobody_says_two_things_at_once() -> None:
    said = lines(1, 1200)
    assert all(before.start <= after.start for before, after in pairwise(said))
    for side in (0, 1):
        own = [line for line in said if line.side == side]
        assert len(own) > 100
        assert all(one.start + one.ticks < other.start for one, other in pairwise(own))


def test_turns_follow_each_other_as_peoples_do() -> None:
    turns = [line for line in lines(2, 1200) if line.takes_turn]
    gaps = [
        (after.start - before.start - before.ticks) / FPS
        for before, after in pairwise(turns)
        if before.ends_turn and before.side != after.side
    ]
    assert 0.1 < np.median(gaps) < 0.6
    assert 0.05 < np.mean(np.array(gaps) < 0) < 0.4
    assert max(gaps) < 6
    spoken = [sum(line.ticks for line in turns if line.side == side) for side in (0, 1)]
    assert 0.6 < spoken[0] / spoken[1] < 1.6


def test_listeners_murmur_and_laugh() -> None:
    said = lines(3, 1200)
    besides = [line for line in said if not line.takes_turn]
    laughs = [line for line in besides if line.text == LAUGH_TEXT]
    assert len(besides) - len(laughs) > 20
    assert len(laughs) > 10
    assert all(line.text for line in said)


def test_the_same_seed_says_the_same_and_another_one_something_else() -> None:
    first, again, other = (lines(seed, 60) for seed in (4, 4, 5))
    assert [(line.start, line.text) for line in first] == [
        (line.start, line.text) for line in again
    ]
    assert all((one.pcm == two.pcm).all() for one, two in zip(first, again, strict=True))
    assert [line.text for line in first] != [line.text for line in other]


def test_turns_are_made_when_they_are_needed() -> None:
    class Counting(Mumbler):
        said = 0

        def say(self, person: Person, text: str) -> Spoken:
            self.said += 1
            return super().say(person, text)

    speaker = Counting()
    next(talk(1, cast(1), speaker))
    assert 0 < speaker.said < 12


@pytest.mark.parametrize("seed", range(6))
def test_two_voices_are_never_the_same(seed: int) -> None:
    for alike in (False, True):
        first, second = cast(seed, alike=alike)
        assert (first.engine, first.voice) != (second.engine, second.voice)
        assert voice_of(first).high
        assert voice_of(second).high == alike


def test_without_any_voice_there_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_cast, "_can_run", lambda _: False)
    with pytest.raises(PartUnavailable, match="apt install"):
        cast(0)


def test_real_voices_are_heard() -> None:
    with Speaker() as speaker:
        said = list(islice(talk(0, cast(0), speaker), 3))
    for line in said:
        assert line.pcm.dtype == np.int16
        assert np.abs(line.pcm).max() > 1000
        assert len(line.pcm) % TICK == 0
        assert line.phones[-1].end_s == pytest.approx(len(line.pcm) / SAMPLE_RATE, abs=1e-6)


def test_a_script_hands_out_every_line_once() -> None:
    wanted = lines(6, 30)
    script = Script(iter([*wanted, *islice(lines(6, 40)[len(wanted) :], 1)]))
    handed: list[DuetLine] = []
    for index in range(30 * FPS):
        due = script.due(index)
        assert all(line.start == index for line in due)
        handed += due
    assert [line.text for line in handed] == [line.text for line in wanted]


def minutes_of_talk(count: int) -> list[Minute]:
    """Figures of so many minutes in which two talk with real voices."""
    duet = a_duet(3)
    with Speaker() as speaker:
        script = Script(talk(3, cast(3), speaker))
        return [
            Minute.of(
                motions([duet.step(script.due(duet.index), draw=False) for _ in range(MINUTE)])
            )
            for _ in range(count)
        ]


@pytest.mark.slow
def test_ten_minutes_of_real_talk_do_not_run_away() -> None:
    minutes = unchecked(minutes_of_talk, [10])[0]
    require_stable(minutes)
    assert max(minute.longest_smile_s for minute in minutes) < RETURN_S
