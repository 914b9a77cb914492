"""A kiosk's day: what is counted of it, and that it is played."""

from collections import Counter
from pathlib import Path

import pytest

from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.responder import Responder
from pipelines.benchmark.visitors import DayReport, figures
from pipelines.simulation.day import Outcome, play_day
from pipelines.simulation.guests import ACTED, QUESTIONS, Fault, Guest, plan


@pytest.fixture(scope="module")
def responder() -> Responder:
    return Responder(load_knowledge(RECEPTION))


@pytest.mark.parametrize("seed", [1, 7])
def test_everybody_is_served_and_forgotten(seed: int, responder: Responder) -> None:
    outcomes = play_day(8, seed, responder)
    assert [one for one in outcomes if one.unserved or one.stuck or one.reset_mid_sentence] == []
    assert len(outcomes) == 8


def test_the_shipped_pages_answer_what_is_asked(responder: Responder) -> None:
    from agent.knowledge.responder import ChatTurn, ReplyKind

    kinds = [responder.reply([ChatTurn("user", asked)]).kind for asked in QUESTIONS]
    assert kinds == [ReplyKind.ANSWER] * len(QUESTIONS)


def test_a_day_has_visitors_of_all_kinds_and_every_fault() -> None:
    day = [plan(3, number) for number in range(400)]
    guests, faults = Counter(p.guest for p in day), Counter(p.fault for p in day)
    assert set(guests) == set(Guest)
    assert set(faults) == {Fault.NONE, *ACTED}
    assert guests[Guest.ASKS] > 100
    assert 40 < 400 - faults[Fault.NONE] < 120
    assert plan(3, 17) == plan(3, 17)
    assert day != [plan(4, number) for number in range(400)]


def test_the_figures_have_the_names_that_scripts_rely_on() -> None:
    report = DayReport(
        outcomes=[
            Outcome(Guest.ASKS, recovery_s=1.234),
            Outcome(Guest.ASKS, greeted=False),
            Outcome(Guest.ASKS, forgotten=False, stuck=True),
            Outcome(Guest.ASKS, reset_mid_sentence=True),
        ],
        content_files=(Path("speech.wav"),),
        memory_growth_mb=3.14,
    )
    found = figures(report)
    assert found["visitors"] == 4
    assert found["unserved"] == 2
    assert found["reset_mid_sentence"] == 1
    assert found["stuck_states"] == 1
    assert found["content_files_written"] == 1
    assert found["memory_growth_mb"] == 3.1
    assert found["recovery_s_max"] == 1.23
