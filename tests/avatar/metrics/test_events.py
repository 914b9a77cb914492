from math import radians

import numpy as np
import pytest

from avatar.behaviour.events import Kind, MotionEvent
from avatar.behaviour.gestures import Nod, Smile
from avatar.clock import TICK
from avatar.data.clip import Utterance
from avatar.metrics import events
from tests.avatar.metrics.conftest import Stage


def at(kind: Kind, *onsets: int) -> list[MotionEvent]:
    return [MotionEvent(kind, onset, 0.5) for onset in onsets]


def test_a_face_is_read_in_order(stage: Stage) -> None:
    motion = stage.motion(Smile(4.0, 1.0, 0.6), Nod(8.0, 1, 1.4, radians(6)), seconds=12)
    found = events.detect(motion)
    assert [event.kind for event in found if event.kind in events.REACTIONS] == ["smile", "nod"]
    assert [event.onset for event in found] == sorted(event.onset for event in found)


def test_copies_match_fully() -> None:
    true = at("nod", 10, 50, 90)
    result = events.match(true, true, "nod")
    assert (result.both, result.f1) == (3, 1.0)
    assert events.match(true, true, "smile").f1 is None


@pytest.mark.parametrize(("late", "f1"), [(0, 1.0), (15, 1.0), (16, 0.0), (-15, 1.0), (-16, 0.0)])
def test_the_tolerance_is_exact(late: int, f1: float) -> None:
    result = events.match(at("smile", 100 + late), at("smile", 100), "smile")
    assert result.f1 == f1


def test_pairs_are_one_to_one_and_as_many_as_possible() -> None:
    assert events.match(at("nod", 95, 100, 105), at("nod", 100), "nod").both == 1
    assert events.match(at("nod", 90, 101), at("nod", 100, 115), "nod").both == 2
    pooled = events.match(at("nod", 95, 100), at("nod", 100), "nod") + events.Match(0, 1, 2)
    assert pooled.f1 == pytest.approx(2 / 6)


def test_only_reactions_while_listening_count() -> None:
    speaking = np.zeros(200, bool)
    speaking[50:100] = True
    listening = events.listening_ticks(speaking)
    seen = [*at("nod", 20, 48, 70, 102, 120), *at("blink", 30), *at("smile", 400)]
    assert [event.onset for event in events.reactions(seen, listening)] == [20, 120]


def test_chance_is_low_for_rare_events_and_high_for_many() -> None:
    listening = np.ones(3000, bool)
    rare, many = at("nod", 500, 1700), at("nod", *range(0, 3000, 25))
    assert (events.match_by_chance(rare, rare, "nod", listening).f1 or 0) < 0.15
    assert (events.match_by_chance(many, many, "nod", listening).f1 or 0) > 0.9


def test_latency_is_from_the_latest_cause_within_reach() -> None:
    said = (Utterance(0, np.zeros(100 * TICK, np.float32), (), ends_turn=True),)
    user = [*at("smile", 200, 210), *at("laugh", 400), *at("nod", 600)]
    answers = [
        *at("nod", 110, 500, 620),
        *at("smile", 220, 300),
        *at("laugh", 410),
        *at("brow", 205),
    ]
    found = events.latencies(answers, user, said)
    assert sorted(found) == [400.0, 400.0, 400.0, 800.0]


def test_a_motion_that_is_not_finite_is_refused() -> None:
    broken = np.zeros((50, 58), np.float32)
    broken[5, 0] = np.nan
    with pytest.raises(ValueError, match="tick 5, eyeBlinkLeft is nan"):
        events.detect(broken)
