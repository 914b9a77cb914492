import numpy as np
import pytest

from avatar.behaviour.chance import Chance
from avatar.behaviour.events import MotionEvent
from avatar.generator.intents import (
    AHEAD,
    KINDS,
    LASTS,
    Expectation,
    IntentState,
    draw,
    pulses,
)

NOD = KINDS.index("nod")


def expecting(probability: float) -> Expectation:
    logits = np.full((AHEAD, len(KINDS)), -30.0, np.float32)
    logits[:, NOD] = np.log(probability / (1 - probability))
    return Expectation(logits, np.full(len(KINDS), 0.6, np.float32))


def test_acts_begin_as_often_as_expected() -> None:
    state, begun = IntentState.start(), list[float]()
    for tick in range(4000):
        _, state = draw(expecting(0.05), tick, 1, 1, Chance(3), state)
        begun.append(float(state.age[NOD] == 0))
        assert state.age[KINDS.index("smile")] > 0
    assert np.mean(begun) == pytest.approx(0.05, abs=0.01)


def test_a_draw_depends_on_the_tick_alone() -> None:
    alone, _ = draw(expecting(0.5), 7, 1, 1, Chance(1), IntentState.start())
    state = IntentState.start()
    for tick in range(5, 7):
        _, state = draw(expecting(0.5), tick, 1, 1, Chance(1), state)
    after, _ = draw(expecting(0.5), 7, 1, 1, Chance(1), state)
    begins = alone[0, NOD] > 0
    assert begins == (after[0, NOD] == alone[0, NOD])


def test_drawn_pulses_are_those_of_known_events() -> None:
    drawn, state = list[np.ndarray](), IntentState.start()
    events: list[MotionEvent] = []
    for tick in range(200):
        row, state = draw(expecting(0.02), tick, 1, 1, Chance(5), state)
        drawn.append(row[0])
        if state.age[NOD] == 0:
            events.append(MotionEvent("nod", tick, float(state.strength[NOD])))
    assert len(events) >= 2
    np.testing.assert_allclose(np.stack(drawn), pulses(events, 200), atol=1e-6)


def test_a_pulse_decays_while_the_act_lasts() -> None:
    rows = pulses([MotionEvent("nod", 10, 0.8)], 100)[:, NOD]
    assert rows[:10].max() == 0
    assert rows[10] == pytest.approx(0.8)
    assert (np.diff(rows[10 : 10 + LASTS["nod"]]) < 0).all()
    assert rows[10 + LASTS["nod"] :].max() == 0
