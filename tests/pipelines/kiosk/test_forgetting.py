"""A visitor is forgotten: nothing that was said is found in what the conversation still holds."""

import gc
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest

from agent.frames import LanguageRequestFrame, UserCaptionFrame
from tests.agent.turns.theatre import Client, ScriptedLLM, ScriptedTTS, Speaks
from tests.pipelines.kiosk.lobby import RESET, TOUCH, Lobby, MutableSTT, visitor

SAID, ANSWERED, TYPED = "zanzibar", "timbuktu", "samarkand"
WORDS = (SAID, ANSWERED, TYPED)

RECORDS = (Client, MutableSTT, ScriptedLLM, ScriptedTTS, Lobby)
"""What writes down what it saw, for the tests; and what is not the conversation's."""
ELSEWHERE = (ModuleType, FunctionType, CodeType, FrameType, type)


def holders(root: object, words: tuple[str, ...]) -> Iterator[str]:
    """The ways from an object to every text that holds one of the words."""
    ways: dict[int, tuple[int | None, object]] = {id(root): (None, root)}
    waiting = [root]
    while waiting:
        held = waiting.pop()
        if isinstance(held, str | bytes | bytearray):
            text = held if isinstance(held, str) else bytes(held).decode("latin-1")
            if any(word in text.casefold() for word in words):
                yield _way(ways, held)
            continue
        for inner in _inside(held):
            if id(inner) not in ways:
                ways[id(inner)] = (id(held), inner)
                waiting.append(inner)


def _inside(held: object) -> list[Any]:
    inside = gc.get_referents(held)
    if isinstance(held, RECORDS):
        inside = [value for name, value in vars(held).items() if name.startswith("_")]
    return [inner for inner in inside if not isinstance(inner, ELSEWHERE)]


def _way(ways: dict[int, tuple[int | None, object]], held: object) -> str:
    names: list[str] = []
    at: int | None = id(held)
    names.append(repr(held)[:60])
    while at is not None:
        before, here = ways[at]
        names.append(f"{type(here).__name__}{_name(ways, before, here)}")
        at = before
    return " > ".join(reversed(names))


def _name(ways: dict[int, tuple[int | None, object]], before: int | None, here: object) -> str:
    holder = None if before is None else ways[before][1]
    if isinstance(holder, dict):
        return next((f"[{key!r:.40}]" for key, value in holder.items() if value is here), "")
    return ""


class Search:
    """Looks into a conversation that still runs."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, lobby: Lobby) -> None:
        gc.collect()
        self.found = [*holders(lobby.worker, WORDS)]


TURNS = [
    Speaks(7, 8, f"where is {SAID}"),
    Speaks(13, 14, f"and how far is {SAID}"),
    Speaks(19, 21, f"i only wanted to say {SAID}"),
]
TYPES = UserCaptionFrame(f"what about {TYPED}", final=True, typed=True)


async def test_the_search_finds_what_a_conversation_holds() -> None:
    search = Search()
    await Lobby(
        12, extra=[(1, TOUCH)], script=TURNS, answer=lambda _: f"{ANSWERED} is far",
        before_end=search,
    ).run()  # fmt: skip
    assert any("LLMContext" in way for way in search.found)


@pytest.mark.parametrize(
    ("resets_at", "faced"),
    [(10.0, False), (13.5, False), (15.0, False), (15.6, False), (20.0, False), (24.0, False),
     (15.6, True)],
)  # fmt: skip
async def test_nothing_that_was_said_is_held_after_a_reset(
    resets_at: float, *, faced: bool
) -> None:
    """Between turns, in mid-sentence of either, and right before and behind an answer."""
    search = Search()
    lobby = await Lobby(
        resets_at + 5, extra=[(1, TOUCH), (9, TYPES), (resets_at, RESET)],
        script=[turn for turn in TURNS if turn.begins < resets_at],
        answer=lambda _: f"{ANSWERED} is far away and more words follow", faced=faced,
        before_end=search,
    ).run()  # fmt: skip
    assert lobby.states[-1] == "attract"
    assert lobby.llm.asked, "there was a conversation"
    assert search.found == []


async def test_nothing_is_held_of_a_visit_that_ends_by_itself_in_another_language() -> None:
    search = Search()
    lobby = await Lobby(
        40, extra=[(1, TOUCH), (6, LanguageRequestFrame("de"))], script=TURNS[:2],
        languages=("en", "de"), eared=frozenset({"en", "de"}),
        settings={"visit": {"inactive_s": 8}}, answer=lambda _: f"{ANSWERED} is far",
        before_end=search,
    ).run()  # fmt: skip
    assert lobby.states[-1] == "attract"
    assert search.found == []


async def test_nothing_is_held_of_a_visitor_who_is_seen_to_leave() -> None:
    search = Search()
    lobby = await Lobby(
        34, extra=[(1, visitor("kiosk.presence.update", present=True)),
                   (18, visitor("kiosk.presence.update", present=False))],
        script=TURNS[:2], answer=lambda _: f"{ANSWERED} is far", before_end=search,
    ).run()  # fmt: skip
    assert lobby.states[-1] == "attract"
    assert search.found == []
