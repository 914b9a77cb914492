"""Markdown as an author writes it, and what is told of mistakes."""

import pytest

from agent.knowledge.page import Page, plain, read_page

COAT = """\
---
language: en
---
Some words for other authors.

# Comfort

## Where can I leave my coat?
- where is the **cloakroom**
* do you have lockers
Keywords: coat, jacket , locker,

The [cloakroom](rooms.md) is to the *right* of the lifts.
<!-- check the price -->
It is `free`.

- Lockers take a coin.

## Is there a smoking area?
Yes, in the courtyard.
"""


def test_a_page_becomes_entries() -> None:
    page = read_page(COAT, "comfort.md")
    coat, smoking = page.entries
    assert page.problems == ()
    assert coat.question == "Where can I leave my coat?"
    assert coat.phrasings == ("where is the cloakroom", "do you have lockers")
    assert coat.keywords == ("coat", "jacket", "locker")
    assert coat.answer == (
        "The cloakroom is to the right of the lifts. It is free. Lockers take a coin."
    )
    assert (coat.topic, coat.language, coat.source) == ("Comfort", "en", "comfort.md:8")
    assert (smoking.answer, smoking.source) == ("Yes, in the courtyard.", "comfort.md:19")


@pytest.mark.parametrize(
    ("marked", "spoken"),
    [
        ("**Bold** and __bold__", "Bold and bold"),
        ("a_name_with 2 * 3 * 4", "a_name_with 2 * 3 * 4"),
        ("![map](map.png) See <b>here</b>", "See here"),
        ("> 1. quoted", "1. quoted"),
    ],
)
def test_markup_is_not_spoken(marked: str, spoken: str) -> None:
    assert plain(marked) == spoken


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("## Why?\n- how so\n", "p.md:1", "found none"),
        ("##\nBecause.\n", "p.md:1", "after '##'"),
        ("---\nlanguage: [en\n---\n## Why?\nBecause.\n", "p.md:2", "YAML"),
        ("---\nlangauge: en\n---\n## Why?\nBecause.\n", "p.md:2", "'langauge'"),
        ("---\n- en\n---\n## Why?\nBecause.\n", "p.md:2", "['en']"),
        ("---\nlanguage: xx\n---\n## Why?\nBecause.\n", "p.md:2", "'xx'"),
        ("---\nlanguage: en\n## Why?\nBecause.\n", "p.md:1", "end with a line '---'"),
        ("Just text.\n", "p.md:1", "at least one question"),
        ("", "p.md:1", "at least one question"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, place: str, word: str) -> None:
    (problem,) = read_page(text, "p.md").problems
    assert problem.startswith(f"{place}: expected")
    assert word in problem


def test_a_mistake_costs_only_its_own_entry() -> None:
    text = "---\nlanguage: [en\n---\n## Why?\nBecause.\n## How?\n## When?\nNow.\n"
    page = read_page(text, "p.md")
    assert [entry.question for entry in page.entries] == ["Why?", "When?"]
    assert len(page.problems) == 2


def test_entries_in_an_unknown_language_are_left_out() -> None:
    assert read_page("---\nlanguage: xx\n---\n## Why?\nBecause.\n", "p.md") == Page(
        (), read_page("---\nlanguage: xx\n---\n", "p.md").problems
    )
