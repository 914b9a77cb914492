from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from avatar.clock import FPS, SAMPLE_RATE, TICK
from avatar.data.clip import Role
from avatar.synthetic.dialogues.scene import Act, Dialogue, Line, Person
from avatar.synthetic.dialogues.speech import Speaker, Spoken
from avatar.synthetic.dialogues.timing import dialogue
from avatar.tick import Phone

ASIDE = {Act.BACKCHANNEL, Act.LAUGH}
PARTIES: tuple[Role, ...] = get_args(Role)
LENGTH_S = 90.0


class Metronome(Speaker):
    """Says every letter in 65 ms, with a pause in the middle of long texts."""

    def say(self, person: Person, text: str) -> Spoken:
        half = max(2, round(0.8 * len(text)))
        middle, end = half * TICK / SAMPLE_RATE, 2 * half * TICK / SAMPLE_RATE
        phones = (
            Phone("a", 0.0, middle),
            Phone("", middle, middle + 0.08),
            Phone("a", middle, end),
        )
        return Spoken(np.full(2 * half * TICK, 0.1, np.float32), phones)


@pytest.fixture(scope="module")
def dialogues() -> list[Dialogue]:
    with Metronome() as speaker:
        return [dialogue(seed, LENGTH_S, speaker=speaker) for seed in range(80)]


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    with Speaker() as speaker:
        yield speaker


def turns(found: Dialogue) -> list[Line]:
    return [line for line in found.lines if line.act not in ASIDE]


def lines_of(found: Dialogue, party: Role) -> list[Line]:
    return [line for line in found.lines if line.party == party]


def test_the_same_seed_gives_the_same_conversation(speaker: Speaker) -> None:
    first, second = (dialogue(3, 20.0, speaker=used) for used in (speaker, None))
    assert first.persons == second.persons
    assert len(first.lines) == len(second.lines) > 3
    for a, b in zip(first.lines, second.lines, strict=True):
        assert (a.party, a.act, a.start, a.phones) == (b.party, b.act, b.start, b.phones)
        np.testing.assert_array_equal(a.audio, b.audio)
    assert dialogue(4, 20.0, speaker=speaker).persons != first.persons


@pytest.mark.parametrize("seed", range(4))
def test_lines_are_speech_in_whole_ticks(seed: int, speaker: Speaker) -> None:
    found = dialogue(seed, 30.0, speaker=speaker)
    assert found.length == 30 * FPS
    for line in found.lines:
        assert 0 <= line.start < line.end <= found.length
        assert len(line.audio) % TICK == 0
        assert np.abs(line.audio).max() <= 0.951
        assert line.phones[0].start_s == 0
        assert line.phones[-1].end_s == pytest.approx(len(line.audio) / SAMPLE_RATE)
        assert all(a.end_s == b.start_s for a, b in pairwise(line.phones))


def test_nobody_talks_over_themselves(dialogues: list[Dialogue]) -> None:
    for found in dialogues:
        assert list(found.lines) == sorted(found.lines, key=lambda line: line.start)
        for party in PARTIES:
            for before, after in pairwise(lines_of(found, party)):
                assert after.start >= before.end + 3


def test_turns_overlap_a_little_at_most(dialogues: list[Dialogue]) -> None:
    overlaps = [
        before.end - after.start
        for found in dialogues
        for before, after in pairwise(turns(found))
        if before.party != after.party
    ]
    assert max(overlaps) <= 0.8 * FPS
    assert 0.1 < np.mean([overlap > 0 for overlap in overlaps]) < 0.35


def between(found: Dialogue, *, same: bool) -> list[tuple[Line, float]]:
    """Seconds of silence after lines that nothing else followed, with the line before."""
    pairs = pairwise(found.lines)
    return [
        (before, (after.start - before.end) / FPS)
        for before, after in pairs
        if not {before.act, after.act} & ASIDE
        and (before.party == after.party) == same
        and before.ends_turn != same
    ]


def test_pauses_inside_turns(dialogues: list[Dialogue]) -> None:
    pauses = [pause for found in dialogues for _, pause in between(found, same=True)]
    assert len(pauses) > 300
    assert np.median(pauses) == pytest.approx(0.47, abs=0.05)
    assert 0.35 < np.log(pauses).std() < 0.65


def test_gaps_between_turns(dialogues: list[Dialogue]) -> None:
    gaps = [
        (before.act is Act.QUESTION, gap)
        for found in dialogues
        for before, gap in between(found, same=False)
        if gap <= 2.2
    ]
    plain = [gap for asked, gap in gaps if not asked]
    asked = [gap for asked, gap in gaps if asked]
    assert len(plain) > 150
    assert np.median(plain) == pytest.approx(0.24, abs=0.06)
    assert 0.05 < np.median(asked) - np.median(plain) < 0.25


def test_turns_have_one_to_five_utterances(dialogues: list[Dialogue]) -> None:
    lengths: list[int] = []
    for found in dialogues:
        count = 0
        for line in turns(found):
            count += 1
            if line.ends_turn:
                lengths.append(count)
                count = 0
    assert 1.4 < np.mean(lengths) < 2.6
    assert np.mean([length <= 5 for length in lengths]) > 0.95


def test_every_act_occurs(dialogues: list[Dialogue]) -> None:
    assert {line.act for found in dialogues for line in found.lines} == set(Act)


def test_asides_take_no_turn_and_come_while_the_other_has_it(dialogues: list[Dialogue]) -> None:
    asides = [line for found in dialogues for line in found.lines if line.act in ASIDE]
    assert not any(line.ends_turn for line in asides)
    rates = [
        sum(line.act is Act.BACKCHANNEL for line in found.lines) / max(1, len(turns(found)))
        for found in dialogues
        if turns(found)
    ]
    assert 0.1 < np.mean(rates) < 0.5
    assert np.std(rates) > 0.06


def test_jokes_are_laughed_at_often_by_both(dialogues: list[Dialogue]) -> None:
    laughing: list[int] = []
    for found in dialogues:
        jokes = [
            line for line in turns(found) if line.act is Act.JOKE and line.end < found.length - 75
        ]
        if len({line.party for line in turns(found)}) < 2:
            continue
        for joke in jokes:
            soon = range(joke.end, joke.end + FPS)
            laughs = [line for line in found.lines if line.act is Act.LAUGH and line.start in soon]
            laughing.append(len({line.party for line in laughs}))
    assert len(laughing) > 30
    assert 0.65 < np.mean([count >= 1 for count in laughing]) < 0.98
    assert 0.2 < np.mean([count == 2 for count in laughing]) < 0.6


def test_some_say_nothing_and_some_talk_alone(dialogues: list[Dialogue]) -> None:
    speaking = [len({line.party for line in found.lines}) for found in dialogues]
    assert 0.02 < speaking.count(0) / len(speaking) < 0.14
    assert 0.05 < speaking.count(1) / len(speaking) < 0.25
    greeted = [found.lines[0].act is Act.GREETING for found in dialogues if found.lines]
    assert 0.2 < np.mean(greeted) < 0.5


def test_there_are_long_silences_and_monologues(dialogues: list[Dialogue]) -> None:
    silent = monologues = 0
    for found in dialogues:
        spoken = turns(found)
        if len({line.party for line in spoken}) < 2:
            continue
        silent += any(b.start - a.end > 3 * FPS for a, b in pairwise(spoken))
        runs = [[spoken[0]]]
        for line in spoken[1:]:
            if runs[-1][-1].ends_turn:
                runs.append([])
            runs[-1].append(line)
        monologues += any(run[-1].end - run[0].start > 18 * FPS for run in runs)
    assert 8 < silent < 60
    assert 8 < monologues < 60
