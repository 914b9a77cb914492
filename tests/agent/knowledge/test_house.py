"""Words for all pages, and opening hours: what is said at which moment."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.knowledge.folder import load_knowledge
from agent.knowledge.hours import HouseClock, filled
from agent.knowledge.house import House, read_house
from agent.knowledge.responder import ChatTurn, ReplyKind, Responder

TEXT = """\
variables:
  phone: 100
  desk: {en: the front desk, de: der Empfang}
hours:
  monday: "7:30-18:30"
  tuesday: "7:30-18:30"
  friday: "8:00-12:00, 13:00-17:00"
  saturday: closed
closed: ["2026-12-25"]
time_zone: Europe/Berlin
"""


def house(text: str = TEXT) -> House:
    found, problems = read_house(text, "house.yaml")
    assert problems == ()
    assert found is not None
    return found


def said(answer: str, moment: datetime, language: str = "en") -> str:
    return HouseClock(house(), lambda: moment).say(answer, language)


MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten in Berlin."""


@pytest.mark.parametrize(
    ("hour", "day", "sentence"),
    [
        (5, 23, "We are closed now; today we open at half past seven in the morning."),
        (6, 23, "We are closed now; today we open at half past seven in the morning."),
        (9, 23, "We are open now, until half past six in the evening."),
        (17, 23, "We are open now, until half past six in the evening."),
        (18, 23, "We are closed now; tomorrow we open at half past seven in the morning."),
        (18, 24, "We are closed now; on Friday we open at eight in the morning."),
        (11, 27, "We are closed now; today we open at one in the afternoon."),
        (20, 27, "We are closed now; on Monday we open at half past seven in the morning."),
        (9, 28, "We are closed now; on Monday we open at half past seven in the morning."),
    ],
)
def test_whether_it_is_open_is_said_truly(hour: int, day: int, sentence: str) -> None:
    assert said("{open_now}", datetime(2026, 11, day, hour, 15, tzinfo=UTC)) == sentence


def test_the_hours_begin_and_end_to_the_minute_also_in_summer() -> None:
    for month, utc in ((11, 6), (7, 5)):
        monday = 23 if month == 11 else 20
        before = datetime(2026, month, monday, utc, 29, tzinfo=UTC)
        assert said("{open_now}", before).startswith("We are closed")
        assert said("{open_now}", before.replace(minute=30)).startswith("We are open")
        last = before.replace(hour=utc + 11, minute=29)
        assert said("{open_now}", last).startswith("We are open")
        assert said("{open_now}", last.replace(minute=30)).startswith("We are closed")


def test_a_day_that_is_closed_counts() -> None:
    christmas = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)
    assert house().spans(date(2026, 12, 25)) == ()
    assert said("{hours_today}", christmas) == "Today we are closed."
    assert "on Monday" in said("{open_now}", christmas)


def test_a_house_that_opens_no_more_says_no_day() -> None:
    one = house('hours: {monday: "8:00-9:00"}\nclosed: [2026-11-23, 2026-11-30]\n')
    clock = HouseClock(one, lambda: datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert clock.say("{open_now}", "en") == "We are closed now."


@pytest.mark.parametrize(
    ("language", "open_now", "week"),
    [
        ("en", "half past six in the evening", "from Monday to Tuesday from half past seven"),
        ("de", "bis achtzehn Uhr dreißig", "von Montag bis Dienstag von sieben Uhr dreißig"),
        ("es", "hasta las seis y media de la tarde", "de lunes a martes de las siete y media"),
        ("fr", "jusqu'à dix-huit heures trente", "du lundi au mardi de sept heures trente"),
    ],
)
def test_hours_are_in_words_of_each_language(language: str, open_now: str, week: str) -> None:
    assert open_now in said("{open_now}", MONDAY_10, language)
    text = said("{hours_week}", MONDAY_10, language)
    assert week in text
    assert not any(sign.isdigit() or sign in "{}" for sign in text)


def test_without_a_clock_nothing_is_said_of_today() -> None:
    clock = HouseClock(house())
    assert clock.say("{open_now} Ring the bell. {hours_today}", "en") == "Ring the bell."
    assert clock.say("{hours_week}", "en").startswith("We are open from Monday")


def test_variables_are_put_in_place_and_other_braces_stay() -> None:
    assert filled("Dial {phone}.", house(), "fr") == ("Dial 100.", ())
    assert filled("At {desk}.", house(), "de") == ("At der Empfang.", ())
    kept = "Set {a b}, {}, {1}, {Phone} and { phone }."
    assert filled(kept, house(), "en") == (kept, ())
    _, (problem,) = filled("At {desk}.", house(), "es")
    assert problem.startswith("expected a variable of house.yaml in 'es' (desk, phone, open_now")
    _, (problem,) = filled("{open_now}", House(), "en")
    assert "expected `hours` in house.yaml for {open_now}" in problem


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('hours:\n  funday: "8:00-9:00"\n', 2, "'funday' came"),
        ("hours:\n  monday: 8:00\n", 2, "in quotes"),
        ('hours:\n  monday: "8:00-9:00"\n  friday: "18:00-9:00"', 3, "an end after the beginning"),
        ('hours:\n  monday: "8:00-25:00"', 2, "up to 24:00"),
        ('hours:\n  monday: "8:00-12:00, 11:00-13:00"', 2, "one after another"),
        ('hours:\n  monday: "morning"', 2, "'morning' came"),
        ("variables: {}\nopening: {}\n", 2, "variables, hours, closed, time_zone"),
        ("variables:\n  phone: [1]\n", 2, "a text, or one for each language"),
        ("variables:\n  phone: {xx: hello}\n", 2, "'xx' came"),
        ("variables:\n  Front Desk: x\n", 2, "'Front Desk' came"),
        ("variables:\n  open_now: x\n", 1, "another name"),
        ("closed:\n  - 2026-01-01\n  - never\n", 3, "valid date"),
        ("closed: [2026-13-40]", 1, "month must be in 1..12"),
        ("time_zone: Mars/Olympus", 1, "Europe/Berlin"),
        ("- a\n- b\n", 1, "the file"),
        ("variables: [\n", 2, "expected YAML"),
        ("\t", 1, "expected YAML"),
        ("[" * 600, 1, "expected YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, word: str) -> None:
    found, problems = read_house(text, "house.yaml")
    assert found is None
    assert len(problems) == 1
    assert problems[0].startswith(f"house.yaml:{line}: ")
    assert word in problems[0]


def test_an_empty_house_is_one() -> None:
    assert read_house("# nothing yet\n", "house.yaml") == (House(), ())


def test_a_folder_with_a_house_answers_truly(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text(TEXT)
    (tmp_path / "a.md").write_text(
        "## Are you open?\n{open_now} Dial {phone}.\n## Who is there?\nAsk {nobody}.\n"
    )
    knowledge = load_knowledge(tmp_path)
    (problem,) = knowledge.problems
    assert problem.startswith("a.md:3: expected a variable of house.yaml")
    assert "found {nobody}" in problem
    moments = [MONDAY_10, MONDAY_10.replace(hour=20)]
    desk = Responder(knowledge, now=lambda: moments[0])
    reply = desk.reply([ChatTurn("user", "are you open")])
    assert reply.kind is ReplyKind.ANSWER
    assert reply.text == "We are open now, until half past six in the evening. Dial 100."
    assert desk.sources(reply.text) == ("Are you open? (a.md)",)
    assert desk.search("are you open", 1)[0].entry.answer == reply.text
    moments.pop(0)
    assert desk.reply([ChatTurn("user", "are you open")]).text.startswith("We are closed now;")
