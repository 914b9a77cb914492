"""A folder of pages: all that can be used of it is used, and all that is wrong is told."""

from pathlib import Path

import pytest

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import RECEPTION, load_knowledge


def test_the_shipped_reception_is_without_fault() -> None:
    knowledge = load_knowledge(RECEPTION)
    assert knowledge.problems == ()
    assert len(knowledge.entries) >= 30
    for entry in knowledge.entries:
        assert len(entry.phrasings) >= 2, entry.question
        assert len(entry.keywords) >= 3, entry.question
        assert len(entry.answer.split()) <= 35, entry.question
        assert entry.topic


def test_pages_below_are_read_and_other_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "floors").mkdir()
    (tmp_path / ".git").mkdir()
    page = "## Where is {}?\nOver there.\n"
    for name in ("b.md", "floors/a.md", "README.md", ".git/c.md", "d.txt"):
        (tmp_path / name).write_text(page.format(Path(name).stem))
    knowledge = load_knowledge(tmp_path)
    assert [entry.question for entry in knowledge.entries] == ["Where is b?", "Where is a?"]
    assert knowledge.entries[1].source == "floors/a.md:1"


def test_bytes_that_are_not_utf8_cost_their_entry(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(
        b"\xef\xbb\xbf## Where is the lift?\nHere.\n\n## Where is the caf\xe9?\nThere.\n"
    )
    knowledge = load_knowledge(tmp_path)
    assert [entry.question for entry in knowledge.entries] == ["Where is the lift?"]
    (problem,) = knowledge.problems
    assert problem.startswith("a.md:4: expected text in UTF-8")
    assert "save the file as UTF-8" in problem


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## Why?\nBecause.\n")
    (tmp_path / "b.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "c.md").mkdir()
    knowledge = load_knowledge(tmp_path)
    assert len(knowledge.entries) == 1
    assert [problem.split(":")[0] for problem in knowledge.problems] == ["b.md", "c.md"]
    assert "No such file" in knowledge.problems[0]


def test_the_first_of_two_equal_questions_counts(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## Where is the lift?\nHere.\n")
    (tmp_path / "b.md").write_text("# Rooms\n\n## where is the LIFT\nThere.\n")
    knowledge = load_knowledge(tmp_path)
    assert [entry.answer for entry in knowledge.entries] == ["Here."]
    (problem,) = knowledge.problems
    assert problem.startswith("b.md:3:")
    assert "first in a.md:1" in problem


def test_a_folder_without_an_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="found none; make it"):
        load_knowledge(tmp_path / "gone")
    with pytest.raises(KnowledgeError, match="expected knowledge pages"):
        load_knowledge(tmp_path)
    (tmp_path / "a.md").write_text("## Why?\n")
    with pytest.raises(KnowledgeError, match=r"a\.md:1: expected an answer to 'Why\?'"):
        load_knowledge(tmp_path)
