"""Questions and answers out of a spreadsheet."""

from pathlib import Path

import pytest

from agent.knowledge.folder import load_knowledge
from agent.knowledge.table import read_table

TABLE = """\
question,answer,phrasings,keywords,language
Where is the lift?,"Straight ahead,
behind the desk.",how do I get up| which floor ,"lift, elevator|stairs",
Wo ist der Aufzug?,Geradeaus.,,,de

Where can I park?,In the garage.
"""


def test_rows_become_entries_with_their_line() -> None:
    page = read_table(TABLE, "faq.csv")
    assert page.problems == ()
    lift, aufzug, park = page.entries
    assert lift.answer == "Straight ahead, behind the desk."
    assert lift.phrasings == ("how do I get up", "which floor")
    assert lift.keywords == ("lift", "elevator", "stairs")
    assert (lift.language, lift.source, lift.topic) == ("en", "faq.csv:2", "faq")
    assert (aufzug.language, aufzug.source) == ("de", "faq.csv:4")
    assert (park.answer, park.source) == ("In the garage.", "faq.csv:6")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_may_be_separated_by_several_signs(separator: str) -> None:
    text = separator.join(("Answer", "Question")) + "\n" + separator.join(("Here.", "Where?"))
    (entry,) = read_table(text, "a.csv", "fr").entries
    assert (entry.question, entry.answer, entry.language) == ("Where?", "Here.", "fr")


@pytest.mark.parametrize(
    ("text", "line", "word", "usable"),
    [
        ("", 1, "found: an empty file", 0),
        ("q,a\nWhere?,Here.\n", 1, "question, answer", 0),
        ("question,answer,answer\n", 1, "question, answer, answer", 0),
        ("question,answer\n", 2, "expected a row", 0),
        ("question,answer\nWhere?,Here.\nWhy?,\n", 3, "an answer to 'Why?'", 1),
        ("question,answer\n,Here.\nWhy?,So.\n", 2, "expected a question", 1),
        ("question,answer\nWhere?,Here.\nWhy?,So, and so\n", 3, "put quotes around", 1),
        ('question,answer\nWhere?,Here.\nWhy?,"So\nWho?,Ana.\n', 3, "quote that is not closed", 1),
        ('question,answer\nWhere?,"He"re.\n', 2, "expected a row of a CSV table", 0),
        ("question,answer,language\nWhere?,Here.,xx\n", 2, "'xx'", 0),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, word: str, usable: int) -> None:
    page = read_table(text, "faq.csv")
    (problem,) = page.problems
    assert problem.startswith(f"faq.csv:{line}: expected")
    assert word in problem
    assert len(page.entries) == usable


def test_a_folder_names_the_language(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "faq.csv").write_bytes(
        "\ufeffquestion;answer\nWo ist der Lift?;Geradeaus, hinter dem Tresen.\n".encode()
    )
    knowledge = load_knowledge(tmp_path)
    assert knowledge.problems == ()
    (entry,) = knowledge.entries
    assert (entry.language, entry.source) == ("de", "de/faq.csv:2")
    assert entry.answer == "Geradeaus, hinter dem Tresen."
