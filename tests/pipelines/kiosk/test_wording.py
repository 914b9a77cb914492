"""What a kiosk says of its own, and when it sleeps."""

from datetime import datetime

import pytest

from agent.knowledge.languages import LANGUAGES
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.goodbyes import is_goodbye
from pipelines.kiosk.wording import DEFAULTS, is_quiet, part_of_day, wording_of


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{clock}")


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ("00:00", "morning"),
        ("11:59:59", "morning"),
        ("12:00", "afternoon"),
        ("17:59:59", "afternoon"),
        ("18:00", "evening"),
        ("23:59:59", "evening"),
    ],
)
def test_the_greeting_goes_by_the_clock_on_the_wall(clock: str, part: str) -> None:
    assert part_of_day(at(clock)) == part


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("21:59:59", False),
        ("22:00", True),
        ("23:59:59", True),
        ("00:00", True),
        ("06:29:59", True),
        ("06:30", False),
        ("12:59:59", False),
        ("13:00", True),
        ("13:59:59", True),
        ("14:00", False),
    ],
)
def test_quiet_hours_go_past_midnight(clock: str, *, quiet: bool) -> None:
    assert is_quiet(("22:00-06:30", "13:00-14:00"), at(clock)) is quiet


def test_without_quiet_hours_it_never_sleeps() -> None:
    assert not any(is_quiet((), at(f"{hour:02}:00")) for hour in range(24))


@pytest.mark.parametrize("language", sorted(DEFAULTS))
def test_every_language_greets_as_an_ai_and_has_all_texts(language: str) -> None:
    words = wording_of(KioskConfig(), language)
    greetings = {words.greeting(at(clock), "Ana") for clock in ("08:00", "13:00", "20:00")}
    assert len(greetings) >= 2
    for greeting in greetings:
        assert "Ana" in greeting
        assert "{" not in greeting
        assert {"en": " AI", "de": " KI", "es": " IA", "fr": " IA"}[language] in greeting
    for text in (words.name, words.synthetic, words.farewell, words.calling, words.nobody_comes):
        assert text.strip()
    assert words.attract
    assert 1 <= len(words.suggestions) <= 8
    assert all(words.attract)


def test_there_are_texts_for_every_language_that_is_known() -> None:
    assert set(DEFAULTS) == set(LANGUAGES)


def test_the_integrators_words_come_first_and_ours_fill_in() -> None:
    config = KioskConfig.model_validate(
        {
            "words": {
                "de": {
                    "greetings": {"morning": "Moin."},
                    "disclosure": "Hier spricht {name}, eine KI.",
                    "suggestions": ["Wo ist Halle 3?"],
                }
            }
        }
    )
    german = wording_of(config, "de")
    assert german.greeting(at("08:00"), "Ana") == "Moin. Hier spricht Ana, eine KI."
    assert german.greeting(at("20:00"), "Ana") == "Guten Abend. Hier spricht Ana, eine KI."
    assert german.suggestions == ("Wo ist Halle 3?",)
    assert german.farewell == DEFAULTS["de"].farewell
    assert wording_of(config, "en") == DEFAULTS["en"]


@pytest.mark.parametrize(
    ("text", "language", "goodbye"),
    [
        ("Goodbye!", "en", True),
        ("Thank you, bye.", "en", True),
        ("Bye. Where is the exit?", "en", False),
        ("Where is the lift?", "en", False),
        ("Tschüss!", "de", True),
        ("Adiós", "es", True),
        ("Au revoir", "fr", True),
        ("Goodbye", "xx", True),
        ("", "en", False),
    ],
)
def test_a_goodbye_is_one_when_nothing_is_left_to_answer(
    text: str, language: str, *, goodbye: bool
) -> None:
    assert is_goodbye(text, language) is goodbye
