"""Answers on disk."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.study.answers import (
    Answer,
    AnswerBook,
    AnsweredOtherwise,
    AnswersFull,
    read_answers,
)
from pipelines.study.plan import StudyError
from pipelines.study.questions import QUESTION_NAMES, Verdict


def answer(participant: str, trial: str = "t", verdict: Verdict = "a") -> Answer:
    return Answer(
        participant=participant,
        trial=trial,
        left="a",
        seconds=3.5,
        verdicts=dict.fromkeys(QUESTION_NAMES, verdict),
    )


@pytest.mark.parametrize(
    "code", ["", "../x", "a/b", "a\\b", ".", "a b", "x" * 33, "-x", "a\n", "é"]
)
def test_codes_are_plain(code: str) -> None:
    with pytest.raises(ValidationError):
        answer(code)


def test_what_was_added_is_there_for_the_next_one(tmp_path: Path) -> None:
    book = AnswerBook(tmp_path)
    book.add(answer("P1", "t"))
    book.add(answer("P1", "u"))
    book.add(answer("P2", "t"))
    book.close()
    book = AnswerBook(tmp_path)
    assert book.answered("P1") == {"t", "u"}
    assert book.answered("P3") == set()
    book.close()
    assert read_answers(tmp_path) == [answer("P1", "t"), answer("P1", "u"), answer("P2", "t")]


def test_an_answer_is_on_disk_before_add_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    sync = os.fsync

    def counted(file: int) -> None:
        sync(file)
        synced.append(os.fstat(file).st_size)

    book = AnswerBook(tmp_path)
    monkeypatch.setattr(os, "fsync", counted)
    book.add(answer("P1"))
    assert synced == [(tmp_path / "answers.jsonl").stat().st_size]
    book.close()


def test_a_second_answer_is_refused_and_a_repeated_one_changes_nothing(tmp_path: Path) -> None:
    book = AnswerBook(tmp_path)
    book.add(answer("P1"))
    book.add(answer("P1"))
    with pytest.raises(AnsweredOtherwise):
        book.add(answer("P1", verdict="b"))
    book.close()
    assert read_answers(tmp_path) == [answer("P1")]


def test_a_full_disk_is_reported_and_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = AnswerBook(tmp_path)
    book.add(answer("P1"))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:40]))
    with pytest.raises(AnswersFull, match="No space left"):
        book.add(answer("P2"))
    assert book.answered("P2") == set()
    monkeypatch.undo()
    book.add(answer("P2"))
    book.close()
    assert read_answers(tmp_path) == [answer("P1"), answer("P2")]


def test_a_line_that_a_crash_cut_off_is_dropped(tmp_path: Path) -> None:
    line = answer("P1").model_dump_json()
    (tmp_path / "answers.jsonl").write_text(f"{line}\n{line[:30]}")
    assert len(read_answers(tmp_path)) == 1
    book = AnswerBook(tmp_path)
    book.add(answer("P2"))
    book.close()
    assert [each.participant for each in read_answers(tmp_path)] == ["P1", "P2"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "line 2: no JSON"),
        (answer("P1").model_dump_json(), "line 2: this pair was answered before"),
        (answer("P2").model_dump_json().replace('"a"', '"c"'), "line 2: left"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "answers.jsonl").write_text(f"{answer('P1').model_dump_json()}\n{line}\n")
    with pytest.raises(StudyError, match=message):
        read_answers(tmp_path)
    with pytest.raises(StudyError, match=message):
        AnswerBook(tmp_path)


def test_two_servers_do_not_write_one_study(tmp_path: Path) -> None:
    book = AnswerBook(tmp_path)
    with pytest.raises(StudyError, match="another server"):
        AnswerBook(tmp_path)
    book.close()
    AnswerBook(tmp_path).close()
