from collections import Counter
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest

from avatar.behaviour.events import Kind
from avatar.clock import FPS
from avatar.metrics.events import detect
from avatar.motion import ARKIT58
from avatar.synthetic.dialogues.acting import Performance, act
from avatar.synthetic.dialogues.scene import Act, Dialogue
from tests.avatar.synthetic.dialogues.scripts import conversation, line, person, script
from tests.unchecked import unchecked

Played: TypeAlias = list[tuple[Dialogue, tuple[Performance, Performance]]]

JAW, SMILE = ARKIT58.index("jawOpen"), ARKIT58.index("mouthSmileLeft")


@pytest.fixture(scope="module")
def played() -> Played:
    dialogues = [some(seed) for seed in range(2)]
    return list(zip(dialogues, unchecked(act, dialogues), strict=True))


def some(seed: int) -> Dialogue:
    return conversation(seed, 36, intensity=0.4 + 0.6 * seed)


def onsets(performance: Performance, kind: Kind) -> list[int]:
    return [event.onset for event in performance.events if event.kind == kind]


def test_the_same_dialogue_gives_the_same_performance_in_every_process() -> None:
    here, (there,) = act(conversation(3, 8)), unchecked(act, [conversation(3, 8)])
    for first, second in zip(here, there, strict=True):
        assert np.array_equal(first.motion, second.motion)
        assert (first.events, first.states) == (second.events, second.states)


def test_motion_is_finite_and_inside_its_bounds_and_all_of_the_face_moves(played: Played) -> None:
    motion = np.concatenate([p.motion for _, both in played for p in both])
    assert motion.dtype == np.float32
    assert np.isfinite(motion).all()
    assert np.array_equal(motion, ARKIT58.clamp(motion))
    assert (np.ptp(motion, axis=0) > 0.01).sum() >= 45


def test_the_head_never_jumps(played: Played) -> None:
    for _, both in played:
        for performance in both:
            head = performance.motion[:, ARKIT58.index("headYaw") :]
            assert np.abs(np.diff(head[:, :3], axis=0)).max() < 0.12
            assert np.abs(np.diff(head[:, 3:], axis=0)).max() < 0.05


def test_nothing_moves_before_its_cause() -> None:
    said = [line(0, 0.4), line(1, 2.8), line(0, 5.2, ends_turn=False)]
    scripts, starts = [script(1, said, 9)], list[int]()
    for changed, new in ((1, Act.JOKE), (2, Act.DENIAL), (2, Act.BAD_NEWS)):
        other = replace(line(said[changed].party, 0, 3.2, new), start=said[changed].start)
        scripts.append(script(1, [*said[:changed], other, *said[changed + 1 :]], 9))
        starts.append(other.start)
    before, *others = unchecked(act, scripts)
    for start, after in zip(starts, others, strict=True):
        for one, two in zip(before, after, strict=True):
            assert np.array_equal(one.motion[:start], two.motion[:start])
            assert not np.array_equal(one.motion, two.motion)


def test_nods_follow_the_end_of_an_utterance_within_their_latency() -> None:
    latencies, cues = list[float](), 0
    lines = [line(0, 3.0 + 8 * i, 2.4) for i in range(7)]
    for _, listener in unchecked(act, [script(seed, lines, 60) for seed in range(5)]):
        nods = onsets(listener, "nod")
        for said in lines:
            cues += 1
            after = [n - said.end for n in nods if 0 <= n - said.end < 2 * FPS]
            latencies += [after[0] / FPS] if after else []
    assert 0.45 < len(latencies) / cues < 0.80
    assert 0.3 < np.median(latencies) < 0.5
    assert np.mean([0.16 <= latency <= 0.64 for latency in latencies]) > 0.85


@pytest.mark.slow
def test_a_silent_smile_is_answered_within_a_second_and_not_answered_again() -> None:
    answered, by_chance, seen = 0, 0, 0
    for both in unchecked(act, [script(seed, [], 240) for seed in range(2)]):
        for me in (0, 1):
            other = np.array(onsets(both[1 - me], "smile"))
            for smile in onsets(both[me], "smile"):
                if ((other > smile - 90) & (other <= smile)).any():
                    continue
                seen += 1
                answered += bool(((other > smile) & (other <= smile + 28)).any())
                by_chance += bool(((other > smile + 300) & (other <= smile + 328)).any())
    assert seen > 20
    assert 0.55 < answered / seen < 0.9
    assert by_chance / seen < 0.25


@pytest.mark.slow
def test_mirroring_does_not_run_away() -> None:
    silent = script(7, [], 600, person(1.0, "happy"), person(1.0, "happy"))
    (both,) = unchecked(act, [silent])
    for performance in both:
        smiles = np.array(onsets(performance, "smile"))
        first, last = (smiles < 7500).sum() / 5, (smiles >= 7500).sum() / 5
        assert 3 < first < 14
        assert abs(last - first) < 0.5 * first
        assert (performance.motion[:, SMILE] > 0.3).mean() < 0.5
        nods = onsets(performance, "nod")
        assert len(nods) / 10 < 12


def test_lips_are_closed_in_silence_and_open_in_speech(played: Played) -> None:
    silent, spoken = list[float](), list[float]()
    for dialogue, both in played:
        for party, performance in enumerate(both):
            near, own = np.zeros(dialogue.length, bool), np.zeros(dialogue.length, bool)
            for said in dialogue.lines:
                if said.party == party:
                    own[said.start : said.end] = True
                    near[max(0, said.start - 5) : said.end + 8] = True
            silent += performance.motion[~near, JAW].tolist()
            spoken += performance.motion[own, JAW].tolist()
    assert np.mean(silent) < 0.002
    assert np.mean(np.array(silent) == 0) > 0.95
    assert np.mean(spoken) > 0.1


def test_bilabials_close_whatever_else_the_face_does(played: Played) -> None:
    press = ARKIT58.index("mouthPressLeft")
    closed = list[bool]()
    for dialogue, both in played:
        for said in dialogue.lines:
            if said.act is Act.LAUGH:
                continue
            motion = both[said.party].motion
            for phone in said.phones:
                if phone.symbol in "mbp":
                    middle = said.start + int((phone.start_s + phone.end_s) / 2 * FPS)
                    closed.append(bool(motion[middle, JAW] < 0.06 and motion[middle, press] > 0.3))
    assert len(closed) > 60
    assert np.mean(closed) >= 0.95


def test_blinks_a_minute() -> None:
    (both,) = unchecked(act, [conversation(4, 150)])
    for performance in both:
        minutes = len(performance.motion) / FPS / 60
        assert 12 <= len(onsets(performance, "blink")) / minutes <= 32


CLEAR_SMILE = 0.28
"""Smiles are written down from 0.2 on; the detector sees them from 0.26 on."""
LEAST_FOUND: dict[Kind, float] = {"blink": 0.98, "gaze": 0.85, "nod": 0.75, "smile": 0.9}


@pytest.mark.slow
def test_written_events_are_those_on_the_face() -> None:
    found, written, matched = Counter[Kind](), Counter[Kind](), Counter[Kind]()
    played = unchecked(act, [conversation(seed, 60, 0.5 * seed) for seed in range(3)])
    performances = [performance for both in played for performance in both]
    detected = unchecked(detect, [performance.motion for performance in performances])
    for performance, seen in zip(performances, detected, strict=True):
        assert list(performance.events) == sorted(performance.events, key=lambda e: e.onset)
        assert all(0 <= event.strength <= 1 for event in performance.events)
        found.update(event.kind for event in seen)
        for event in performance.events:
            if event.kind == "smile" and event.strength < CLEAR_SMILE:
                continue
            written[event.kind] += 1
            matched[event.kind] += any(
                other.kind == event.kind and abs(other.onset - event.onset) <= 10 for other in seen
            )
    for kind, least in LEAST_FOUND.items():
        assert matched[kind] >= least * written[kind] > 6
    assert sum(matched.values()) > 0.9 * sum(written.values())
    assert found["nod"] < 2 * written["nod"]


SHOWN: list[tuple[Act, Kind]] = [
    (Act.DENIAL, "shake"),
    (Act.BAD_NEWS, "frown"),
    (Act.SURPRISE, "brow"),
    (Act.GOOD_NEWS, "smile"),
    (Act.AGREEMENT, "nod"),
    (Act.LAUGH, "laugh"),
    (Act.BACKCHANNEL, "nod"),
]


@pytest.mark.slow
def test_a_line_is_shown_by_its_speaker() -> None:
    spoken = [line(0, 0.2, 1.6, said, ends_turn=False) for said, _ in SHOWN]
    played = unchecked(act, [script(seed, [said], 2) for said in spoken for seed in range(40)])
    for place, (said, (_, kind)) in enumerate(zip(spoken, SHOWN, strict=True)):
        shown = [
            any(said.start <= onset <= said.end for onset in onsets(speaker, kind))
            for speaker, _ in played[40 * place : 40 * place + 40]
        ]
        assert np.mean(shown) > 0.5, kind


def test_laughter_is_answered_with_a_smile() -> None:
    laugh = line(0, 0.4, 1.5, Act.LAUGH)
    played = unchecked(act, [script(seed, [laugh], 3) for seed in range(15)])
    answered = [
        any(0.16 * FPS <= s - laugh.start <= 0.68 * FPS for s in onsets(listener, "smile"))
        for _, listener in played
    ]
    assert sum(answered) >= 10


def test_lively_people_move_more_than_composed_ones() -> None:
    lines = [line(0, 1 + 5 * i, 3.0) for i in range(5)]
    played = unchecked(
        act,
        [
            script(seed, lines, 26, person(intensity), person(intensity))
            for intensity in (0.0, 1.0)
            for seed in range(3)
        ],
    )
    moves = [
        sum(event.kind not in ("blink", "gaze") for p in both for event in p.events)
        for both in played
    ]
    assert sum(moves[3:]) > 1.3 * sum(moves[:3])


def test_moods_colour_the_face_at_rest() -> None:
    moods = ("neutral", "happy", "sad", "concerned", "surprised")
    played = unchecked(act, [script(2, [], 24, person(0.5, mood), person(0.5)) for mood in moods])
    faces = {mood: first for mood, (first, _) in zip(moods, played, strict=True)}

    def rest(mood: str, channel: str) -> float:
        return float(np.median(faces[mood].motion[:, ARKIT58.index(channel)]))

    assert rest("happy", "mouthSmileLeft") > rest("neutral", "mouthSmileLeft") + 0.06
    assert rest("sad", "mouthFrownLeft") > 0.08
    assert rest("concerned", "browDownLeft") > 0.08
    assert rest("surprised", "eyeWideLeft") > 0.08
