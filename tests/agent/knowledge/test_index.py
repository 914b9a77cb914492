"""Finding the right entry, and how sure that is."""

import logging

import pytest

from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.index import KnowledgeIndex
from agent.knowledge.languages import LANGUAGES
from agent.knowledge.page import Entry
from agent.knowledge.responder import ANSWER_FROM, SUGGEST_FROM
from benchmarks.knowledge import attempt, figures, held_out, with_word_errors

ENGLISH = LANGUAGES["en"]


@pytest.fixture(scope="module")
def index() -> KnowledgeIndex:
    return KnowledgeIndex(load_knowledge(RECEPTION).within("en"), ENGLISH)


def best(index: KnowledgeIndex, text: str) -> str:
    return index.rank(text).matches[0].entry.question


def test_questions_that_nobody_listed_are_answered(index: KnowledgeIndex) -> None:
    _, reported = held_out()
    found = figures(attempt(index, reported), ANSWER_FROM)
    assert found.top_1 >= 0.80
    assert found.answered >= 0.55
    assert found.precision >= 0.95
    assert found.answered + found.suggested >= 0.80
    assert found.outside <= 0.07


def test_a_fifth_of_wrong_words_makes_few_wrong_answers(index: KnowledgeIndex) -> None:
    _, reported = held_out()
    found = figures(attempt(index, with_word_errors(reported, 0.2)), ANSWER_FROM)
    assert found.top_1 >= 0.60
    assert found.precision >= 0.85
    assert found.outside <= 0.12


def test_misspelt_words_are_found_by_their_pieces(index: KnowledgeIndex) -> None:
    assert best(index, "wher is the elevatr") == "Where is the lift?"
    assert best(index, "I need the bathrom") == "Where are the toilets?"


def test_confidence_and_margin_tell_sure_from_unsure(index: KnowledgeIndex) -> None:
    sure, torn = index.rank("where is the cloakroom"), index.rank("charge")
    assert sure.confidence > 0.7 > torn.confidence
    assert sure.margin > 0.5 > 0.3 > torn.margin
    confidences = [match.confidence for match in torn.matches]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)


@pytest.mark.parametrize("text", ["", "where is it", "!?", "the lunar eclipse"])
def test_nothing_is_found_in_nothing(index: KnowledgeIndex, text: str) -> None:
    assert index.rank(text).confidence < SUGGEST_FROM / 2


def test_a_folder_of_two_entries_is_as_sure_as_a_large_one() -> None:
    entries = (
        Entry("Where is the lift?", "Straight ahead.", keywords=("elevator",)),
        Entry("Where can I park?", "In the garage.", keywords=("car",)),
    )
    small = KnowledgeIndex(entries, ENGLISH)
    assert small.rank("the elevator please").confidence > 0.6
    assert KnowledgeIndex(entries[:1], ENGLISH).rank("which elevator").confidence > 0.6
    assert small.rank("tell me a joke").confidence == 0.0


def test_building_prints_and_logs_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        index = KnowledgeIndex(load_knowledge(RECEPTION).within("en"), ENGLISH)
        index.rank("where is the lift")
    shown = capfd.readouterr()
    assert (shown.out, shown.err, caplog.text) == ("", "", "")
