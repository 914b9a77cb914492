"""How well a folder answers, measured; and what it should list."""

from pathlib import Path

import pytest

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import RECEPTION, Knowledge, load_knowledge
from agent.knowledge.page import Entry
from agent.knowledge.quality import Exam, Question, attempt, exams, quality, with_word_errors, worst
from agent.knowledge.rephrasing import suggested
from agent.knowledge.responder import ReplyKind, Responder

ENTRIES = (
    Entry("Where is the lift?", "Here.", ("where are the stairs", "how do I get up"), source="a:1"),
    Entry("Where can I park?", "There.", ("where does my car go",), ("car", "park"), source="a:9"),
    Entry("Where can I smoke?", "Outside.", ("cigarettes please",), ("ashtray",), source="a:14"),
)
KNOWLEDGE = Knowledge(ENTRIES)


def test_each_wording_is_asked_while_it_is_left_out(tmp_path: Path) -> None:
    held = exams(KNOWLEDGE, "en", tmp_path)
    asked = {q.text: q for exam in held for q in exam.questions if q.entry is not None}
    assert set(asked) == {
        "where are the stairs",
        "how do I get up",
        "where does my car go",
        "cigarettes please",
    }
    assert asked["how do I get up"].source == "a:1"
    trials = attempt(held, 0.0)
    found = {t.question.text: t.answered for t in trials if t.question.entry is not None}
    assert found == {
        "where are the stairs": False,
        "how do I get up": False,
        "where does my car go": True,
        "cigarettes please": False,
    }
    figures = quality(trials)
    assert figures.answered == 0.25
    assert figures.right_of_answered == 1.0
    outside = [t.question.text for t in trials if t.question.entry is None]
    assert sorted(outside) == sorted(entry.question for entry in ENTRIES)
    assert {t.question.text for t in worst(trials)} == set(found) - {"where does my car go"}


def test_a_test_file_takes_their_place(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(
        "question,expected,language\nwhere do I put the car,where can I PARK,\n"
        "an ashtray,Where can I smoke?,en\nwho won,,en\nparken,Wo?,de\n"
    )
    (exam,) = exams(KNOWLEDGE, "en", tmp_path)
    assert [q.entry for q in exam.questions] == ["Where can I park?", "Where can I smoke?", None]
    assert exam.questions[0].source == "test.csv:2"
    figures = quality(attempt([exam], 0.0))
    assert (figures.right_first, figures.false_answers) == (1.0, 0.0)
    assert len(attempt([exam], 0.2)) == 9


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("question,expected\nwhere,Where is the bar?\n", r"test\.csv:2: expected a question of"),
        ("asked,expected\n", "question, expected"),
        ('question,expected\nwhere,"Where\n', "not closed"),
    ],
)
def test_a_test_file_that_is_wrong_is_told(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "test.csv").write_text(text)
    with pytest.raises(KnowledgeError, match=word):
        exams(KNOWLEDGE, "en", tmp_path)


def test_a_wrong_answer_is_the_worst() -> None:
    desk = Responder(KNOWLEDGE)
    questions = (
        Question("where are the stairs", "Where can I park?"),
        Question("where is the bar", "Where is the lift?"),
        Question("an ashtray", None),
    )
    trials = attempt([Exam(desk, questions)], 0.0)
    assert [trial.question for trial in worst(trials)] == [questions[0], questions[2], questions[1]]
    assert quality(trials).false_answers == 1.0


def test_as_many_words_are_misheard_as_was_said() -> None:
    questions = [Question("one two three four five six seven eight", "A?")] * 50
    heard = with_word_errors(questions, 0.2, ["zero"], seed=1, repeats=4)
    words = [word for question in heard for word in question.text.split()]
    right = sum(word != "zero" for word in words)
    assert len(heard) == 200
    assert 0.77 <= right / 1600 <= 0.83
    assert 0.07 <= words.count("zero") / 1600 <= 0.13
    assert with_word_errors(questions, 0.0, ["zero"]) == questions


@pytest.mark.parametrize(
    ("language", "right", "answered"),
    [("en", 0.8, 0.55), ("de", 0.8, 0.65), ("es", 0.9, 0.7), ("fr", 0.9, 0.75)],
)
def test_the_shipped_pages_answer_what_no_page_lists(
    language: str, right: float, answered: float
) -> None:
    held = exams(load_knowledge(RECEPTION), language, RECEPTION)
    figures = quality(attempt(held, 0.0))
    assert (figures.right_first or 0) >= right
    assert (figures.answered or 0) >= answered
    assert (figures.right_of_answered or 0) >= 0.95
    assert (figures.false_answers or 0) <= 0.05


def test_forms_that_are_not_understood_are_proposed() -> None:
    found = list(suggested(ENTRIES, Responder(KNOWLEDGE)))
    forms = {one.form: one for one in found}
    assert "where is the elevator" in forms
    assert forms["where is the elevator"].entry is ENTRIES[0]
    assert forms["where is the elevator"].kind is ReplyKind.OFFER_COLLEAGUE
    assert "how do i get to the lift" not in {form.lower() for form in forms}, "it is understood"
    known = Entry("Where is the lift?", "Here.", ("where is the elevator",), source="a:1")
    again = suggested((known,), Responder(Knowledge((known,))))
    assert "where is the elevator" not in {one.form for one in again}
