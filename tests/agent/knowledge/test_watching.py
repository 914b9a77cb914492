"""A folder that is edited while it is used."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from agent.knowledge.errors import KnowledgeError
from agent.knowledge.responder import ChatTurn
from agent.knowledge.watching import WatchedKnowledge

PATIENCE_S = 10.0


class Desk:
    """A folder, what is known of it, and all that was told of its problems."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[Sequence[str]] = []
        self.write("Straight ahead.")
        self.watched = WatchedKnowledge(folder, self.told.append)

    def write(self, answer: str) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "a.md").write_text(f"## Where is the lift?\n{answer}\n")

    def answer(self) -> str:
        return self.watched.responder.reply([ChatTurn("user", "where is the lift")]).text

    async def until(self, happened: Callable[[], bool]) -> None:
        for _ in range(round(PATIENCE_S / 0.02)):
            if happened():
                return
            await asyncio.sleep(0.02)
        raise TimeoutError


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path / "pages")
    stop = asyncio.Event()
    watching = asyncio.create_task(desk.watched.watch(stop))
    yield desk
    stop.set()
    async with asyncio.timeout(PATIENCE_S):
        await watching


async def test_an_edited_answer_is_given(desk: Desk) -> None:
    assert desk.answer() == "Straight ahead."
    desk.write("On the left.")
    await desk.until(lambda: desk.answer() == "On the left.")
    assert desk.told == []


async def test_the_last_good_pages_stay(desk: Desk) -> None:
    desk.write("")
    await desk.until(lambda: len(desk.told) == 1)
    assert "a.md:1: expected an answer" in desk.told[0][0]
    assert desk.answer() == "Straight ahead."
    desk.write("On the right.")
    await desk.until(lambda: len(desk.told) == 2)
    assert desk.told[1] == ()
    assert desk.answer() == "On the right."


async def test_a_folder_may_be_replaced(desk: Desk) -> None:
    await asyncio.sleep(0.1)
    shutil.rmtree(desk.folder)
    await desk.until(lambda: len(desk.told) == 1)
    assert desk.answer() == "Straight ahead."
    desk.write("Upstairs.")
    await desk.until(lambda: desk.answer() == "Upstairs.")


async def test_watching_can_be_cancelled(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "pages")
    watching = asyncio.create_task(desk.watched.watch(asyncio.Event()))
    await asyncio.sleep(0.1)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


async def test_other_kinds_of_files_are_followed_each_with_its_last_good_version(
    desk: Desk,
) -> None:
    (desk.folder / "house.yaml").write_text("variables: {way: up}\n")
    desk.write("Go {way}.")
    await desk.until(lambda: desk.answer() == "Go up.")
    (desk.folder / "park.csv").write_text("question,answer\nWhere can I park?,In the yard.\n")
    asked = [ChatTurn("user", "where can I park")]
    await desk.until(lambda: desk.watched.responder.reply(asked).text == "In the yard.")
    told = len(desk.told)
    (desk.folder / "park.csv").write_bytes(b"\0\0\0")
    await desk.until(lambda: len(desk.told) > told)
    assert any("last good version" in problem for problem in desk.told[-1])
    assert desk.watched.responder.reply(asked).text == "In the yard."
    (desk.folder / "house.yaml").write_text("variables: {way: down}\n")
    await desk.until(lambda: desk.answer() == "Go down.")


async def test_languages_side_by_side_keep_their_last_pages(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    german = tmp_path / "de" / "a.md"
    german.write_text("## Wo ist der Lift?\nGeradeaus.\n")
    (tmp_path / "a.md").write_text("## Where is the lift?\nStraight ahead.\n")
    told: list[Sequence[str]] = []
    watched = WatchedKnowledge(tmp_path, told.append)
    assert list(watched.responders) == ["en", "de"]
    assert watched.responder is watched.responders["en"]
    found = watched.search("wo ist der lift", 3)
    assert found[0].entry.answer == "Geradeaus."
    assert [match.confidence for match in found] == sorted(
        (match.confidence for match in found), reverse=True
    )
    stop = asyncio.Event()
    watching = asyncio.create_task(watched.watch(stop))
    german.unlink()
    for _ in range(round(PATIENCE_S / 0.02)):
        if told:
            break
        await asyncio.sleep(0.02)
    stop.set()
    await watching
    assert "expected knowledge in the language 'de'" in told[-1][-1]
    assert "the last pages in it are used" in told[-1][-1]
    answer = watched.responders["de"].reply([ChatTurn("user", "wo ist der Lift")])
    assert answer.text == "Geradeaus."


def test_a_language_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## Where is the lift?\nStraight ahead.\n")
    with pytest.raises(KnowledgeError, match="'fr', found it in: en"):
        WatchedKnowledge(tmp_path, lambda problems: None, ("en", "fr"))


def test_a_folder_must_be_usable_at_first(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="found none; make it"):
        WatchedKnowledge(tmp_path / "gone", lambda problems: None)
