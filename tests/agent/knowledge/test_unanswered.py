"""Questions without an answer: counted always, kept only where wanted, listed for authors."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loguru import logger

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.responder import ChatTurn, Reply, ReplyKind, Responder
from agent.knowledge.unanswered import (
    UnansweredLog,
    grouped,
    read_unanswered,
    suggestions,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KNOWLEDGE = load_knowledge(RECEPTION)
DESKS = {code: Responder(KNOWLEDGE, code) for code in ("en", "de")}


def ask(log: UnansweredLog, *said: str, language: str = "en") -> list[ReplyKind]:
    """Each alone."""
    kinds: list[ReplyKind] = []
    for text in said:
        turns = [ChatTurn("user", text)]
        reply = DESKS[language].reply(turns)
        log.note(turns, reply)
        kinds.append(reply.kind)
    return kinds


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    told: list[str] = []
    sink = logger.add(lambda message: told.append(str(message)), level="WARNING")
    yield told
    logger.remove(sink)


def test_words_are_counted_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = UnansweredLog(lambda: NOON)
    ask(log, "xyzzy", "charge", "uhm", "where is the lift", "hello", "tell me")
    assert log.counts == {"offer_colleague": 1, "did_you_mean": 1, "say_again": 2}
    assert not any(tmp_path.iterdir())


def test_words_are_kept_where_wanted(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    log = UnansweredLog(lambda: NOON, file)
    ask(log, 'The xyzzy,\n "plugh\0 quux"?', "where is the lift")
    ask(log, "Wer hat das gemalt?", language="de")
    with file.open(newline="", encoding="utf-8") as lines:
        assert list(csv.reader(lines)) == [
            ["date", "language", "kind", "words"],
            ["2026-11-23", "en", "offer_colleague", 'The xyzzy, "plugh quux"?'],
            ["2026-11-23", "de", "offer_colleague", "Wer hat das gemalt?"],
        ]
    kept = read_unanswered(file)
    assert [(one.day.isoformat(), one.language) for one in kept] == [
        ("2026-11-23", "en"),
        ("2026-11-23", "de"),
    ]


def test_no_cell_is_a_formula_and_none_is_endless(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    log = UnansweredLog(lambda: NOON, file)
    reply = Reply("?", ReplyKind.OFFER_COLLEAGUE)
    for said in ('=HYPERLINK("http://x")', "+1", "a" * 5000, "\ud800 broken"):
        log.note([ChatTurn("user", said)], reply)
    with file.open(newline="", encoding="utf-8") as lines:
        words = [row[3] for row in csv.reader(lines)][1:]
    assert words[0] == '\'=HYPERLINK("http://x")'
    assert words[1] == "'+1"
    assert len(words[2]) == 300
    assert words[3].endswith("broken")
    assert read_unanswered(file)[1].words == "+1"


def test_the_file_stays_small(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    log = UnansweredLog(lambda: NOON, file, largest=400)
    reply = Reply("?", ReplyKind.OFFER_COLLEAGUE)
    for number in range(100):
        log.note([ChatTurn("user", f"question {number}")], reply)
    assert log.counts["offer_colleague"] == 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["asked.csv", "asked.old.csv"]
    assert all(path.stat().st_size < 500 for path in tmp_path.iterdir())
    assert read_unanswered(file)[-1].words == "question 99"


def test_a_full_disk_costs_one_warning_until_there_is_room(
    tmp_path: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = UnansweredLog(lambda: NOON, tmp_path / "asked.csv")
    original = Path.open

    def full(path: Path, *_: object, **__: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    assert ask(log, "xyzzy", "plugh") == [ReplyKind.OFFER_COLLEAGUE] * 2
    assert len(warnings) == 1
    assert "cannot be kept in" in warnings[0]
    assert "No space left" in warnings[0]
    assert "xyzzy" not in warnings[0], "words are not for the log"
    monkeypatch.setattr(Path, "open", original)
    ask(log, "quux")
    monkeypatch.setattr(Path, "open", full)
    ask(log, "corge")
    assert len(warnings) == 2
    assert log.counts["offer_colleague"] == 4


def test_a_folder_that_is_gone_is_no_exception(tmp_path: Path, warnings: list[str]) -> None:
    log = UnansweredLog(lambda: NOON, tmp_path / "gone" / "asked.csv")
    ask(log, "xyzzy")
    assert len(warnings) == 1


def test_questions_are_grouped_by_what_they_resemble(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    log = UnansweredLog(lambda: NOON, file)
    ask(log, "Charge?", "charge", "charge something", "zzyzx grrk", "zzyzx grrk bmpf")
    ask(log, "Zzyzx?", language="de")
    groups = grouped(read_unanswered(file), DESKS)
    assert [group.count for group in groups] == [3, 2, 1]
    charging, shares, german = groups
    assert charging.entry is not None
    assert "charge" in charging.entry.question
    assert charging.asked == (("charge", 2), ("charge something", 1))
    assert (shares.entry, german.entry, german.language) == (None, None, "de")
    first, second, third = suggestions(groups)
    assert first == (f"add to {charging.entry.question!r} ({charging.entry.source}): - charge")
    assert second == "write an entry (en): ## zzyzx grrk"
    assert third == "write an entry (de): ## zzyzx"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "question,answer\n",
        "date,language,kind,words\nnever,en,did_you_mean,a\n",
        "date,language,kind,words\n2026-01-01,en,shouted,a\n",
        'date,language,kind,words\n2026-01-01,en,did_you_mean,"a\n',
        "date,language,kind,words\n2026-01-01\n",
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "asked.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(KnowledgeError, match=r"asked\.csv"):
        read_unanswered(file)
