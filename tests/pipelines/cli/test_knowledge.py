"""The verb `knowledge`: what an author is told."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.knowledge.folder import RECEPTION
from agent.knowledge.responder import ChatTurn, Reply, ReplyKind
from agent.knowledge.unanswered import UnansweredLog
from pipelines.cli.knowledge import app


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text(
        "## Where is the lift?\n- how do I get up\nKeywords: stairs\nStraight ahead.\n"
        "## Where can I park?\n- where does my car go\nKeywords: car\nIn the yard.\n"
    )
    return tmp_path


def test_a_clean_folder_is_told_in_one_line(folder: Path) -> None:
    shown = run("check", folder)
    assert shown.exit_code == 0
    assert shown.stdout == "2 entries (en 2), 0 problems\n"
    assert run("check").stdout.startswith("93 entries (en 44, de 21, es 14, fr 14), 0 problems")


def test_all_problems_are_told_and_one_is_too_many(folder: Path) -> None:
    (folder / "b.csv").write_text("question,answer\nWhy?,\n")
    (folder / "house.yaml").write_text("hours:\n  funday: closed\n")
    shown = run("check", folder)
    assert shown.exit_code == 1
    assert "b.csv:2: expected an answer to 'Why?'" in shown.stdout
    assert "house.yaml:2: hours.funday" in shown.stdout
    assert "2 entries (en 2), 2 problems" in shown.stdout


def test_the_test_file_is_checked_too(folder: Path) -> None:
    (folder / "test.csv").write_text("question,expected\nwhere,Where is the bar?\n")
    shown = run("check", folder)
    assert shown.exit_code == 1
    assert "test.csv:2: expected a question of this folder in 'en'" in shown.stdout


def test_a_folder_without_an_answer_is_a_problem(tmp_path: Path) -> None:
    shown = run("check", tmp_path)
    assert shown.exit_code == 1
    assert "expected knowledge pages" in shown.stdout


def test_quality_is_shown_with_the_worst_questions(folder: Path) -> None:
    (folder / "test.csv").write_text(
        "question,expected\ncar,Where can I park?\nescalator,Where is the lift?\n"
        "the stairs,Where can I park?\nthe weather,\n"
    )
    shown = run("test", folder, "--json")
    assert shown.exit_code == 0, shown.output
    figures = json.loads(shown.stdout.splitlines()[-1])
    assert figures["languages"]["en"]["0%"] == {
        "questions": 4,
        "right_first": pytest.approx(1 / 3),
        "answered": pytest.approx(2 / 3),
        "right_of_answered": 0.5,
        "false_answers": 0.0,
    }
    assert list(figures["languages"]["en"]) == ["0%", "10%", "20%"]
    assert [one["source"] for one in figures["worst"]] == ["test.csv:4", "test.csv:3"]
    assert "test.csv:4: 'the stairs' means 'Where can I park?', is answered with" in shown.stdout


def test_without_a_test_file_the_pages_test_themselves(folder: Path) -> None:
    shown = run("test", folder, "--json")
    figures = json.loads(shown.stdout.splitlines()[-1])
    assert figures["languages"]["en"]["0%"]["questions"] == 4
    assert "a.md:1: 'how do I get up' means 'Where is the lift?', is not answered" in shown.stdout


def test_forms_are_proposed(folder: Path) -> None:
    shown = run("suggest", folder)
    assert shown.exit_code == 0
    assert "a.md:1: Where is the lift?\n  - where is the elevator" in shown.stdout


def test_unanswered_questions_are_listed(folder: Path) -> None:
    file = folder / "asked.log"
    log = UnansweredLog(lambda: datetime(2026, 11, 23, tzinfo=UTC), file)
    for said in ("who won", "who won", "a place for my lorry or car"):
        log.note([ChatTurn("user", said)], Reply("?", ReplyKind.OFFER_COLLEAGUE))
    shown = run("unanswered", file, "--knowledge", folder)
    assert shown.exit_code == 0, shown.output
    assert "2 x resembles no entry\n    2 x who won\n" in shown.stdout
    assert "write an entry (en): ## who won" in shown.stdout
    assert "1 x Where can I park?" in shown.stdout
    assert "add to 'Where can I park?' (a.md:5): - a place for my lorry or car" in shown.stdout
    assert shown.stdout.endswith("3 unanswered in 2 groups\n")


def test_the_shipped_folder_can_be_measured() -> None:
    assert (RECEPTION / "test.csv").exists()
