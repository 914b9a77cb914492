"""Variables and opening hours in answers, in words of a language, at a moment."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.knowledge.house import BUILT_IN, DAYS, HOUSE_FILE, House, Span, minutes
from agent.knowledge.languages import LANGUAGES, Language, Phrase

NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""What stands for something else; other braces are themselves."""

LOOKED_AHEAD = 7
"""Days in which it must open again to say when: a weekday's name says no more."""

_DAY = timedelta(days=1)
_BLANKS = re.compile(r"\s+")


def filled(answer: str, house: House, language: str) -> tuple[str, tuple[str, ...]]:
    """An answer with its variables in place, and what is wrong with the others.

    Built-in names stay, for they change with the time of day.
    """
    problems: list[str] = []

    def word(found: re.Match[str]) -> str:
        name = found[1]
        if name in BUILT_IN:
            if not house.hours:
                problems.append(
                    f"expected `hours` in {HOUSE_FILE} for {found[0]}, found none; write them"
                )
            return found[0]
        value = house.word(name, language)
        if value is None:
            known = ", ".join((*sorted(house.variables), *BUILT_IN))
            problems.append(
                f"expected a variable of {HOUSE_FILE} in {language!r} ({known}), "
                f"found {found[0]}; add it there or correct it here"
            )
        return value or ""

    return NAME.sub(word, answer), tuple(problems)


def pieces(answer: str) -> tuple[str, ...]:
    """The parts of an answer that are the same at all times."""
    return tuple(text.strip() for text in NAME.split(answer)[::2] if text.strip())


@dataclass(frozen=True, slots=True)
class HouseClock:
    """Says the opening hours of a house. Without a clock only those of the week are known."""

    house: House
    now: Callable[[], datetime] | None = None

    def say(self, answer: str, language: str) -> str:
        """An answer as it is true now."""
        if "{" not in answer:
            return answer
        spoken = LANGUAGES[language]
        text = NAME.sub(lambda found: self._sentence(found, spoken), answer)
        return _BLANKS.sub(" ", text).strip()

    def _sentence(self, found: re.Match[str], language: Language) -> str:
        if found[1] not in BUILT_IN:
            return found[0]
        if found[1] == "hours_week":
            return _said(language, Phrase.WEEK, week=_week(self.house, language))
        if self.now is None:
            return ""
        zone, moment = self.house.time_zone, self.now()
        if zone is not None:
            moment = moment.astimezone(ZoneInfo(zone))
        if found[1] == "hours_today":
            return _today(self.house, moment.date(), language)
        return _open_now(self.house, moment, language)


def _today(house: House, day: date, language: Language) -> str:
    spans = house.spans(day)
    if not spans:
        return _said(language, Phrase.TODAY_CLOSED)
    return _said(language, Phrase.TODAY, spans=_spans(spans, language))


def _open_now(house: House, moment: datetime, language: Language) -> str:
    minute, today = minutes(moment.time()), moment.date()
    for span in house.spans(today):
        if span.start <= minute < span.end:
            return _said(language, Phrase.OPEN_UNTIL, time=_time(span.end, language))
        if minute < span.start:
            return _said(language, Phrase.OPENS_TODAY, time=_time(span.start, language))
    for ahead in range(1, LOOKED_AHEAD + 1):
        day = today + ahead * _DAY
        spans = house.spans(day)
        if spans:
            phrase = Phrase.OPENS_TOMORROW if ahead == 1 else Phrase.OPENS_ON
            name = language.calendar.days[day.weekday()]
            return _said(language, phrase, time=_time(spans[0].start, language), day=name)
    return _said(language, Phrase.CLOSED)


def _week(house: House, language: Language) -> str:
    """Days with the same times together: "from Monday to Friday from eight until six"."""
    groups: list[tuple[int, int, tuple[Span, ...]]] = []
    for at, day in enumerate(DAYS):
        spans = house.hours.get(day, ())
        if spans and groups and groups[-1][1:] == (at - 1, spans):
            groups[-1] = (groups[-1][0], at, spans)
        elif spans:
            groups.append((at, at, spans))
    parts = [
        f"{_days(first, last, language)} {_spans(spans, language)}" for first, last, spans in groups
    ]
    return _joined(parts, language)


def _days(first: int, last: int, language: Language) -> str:
    calendar = language.calendar
    if first == last:
        return calendar.days_on.format(day=calendar.days[first])
    return calendar.days_from.format(first=calendar.days[first], last=calendar.days[last])


def _spans(spans: Sequence[Span], language: Language) -> str:
    said = [
        language.calendar.span.format(
            start=_time(span.start, language), end=_time(span.end, language)
        )
        for span in spans
    ]
    return _joined(said, language)


def _joined(parts: Sequence[str], language: Language) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {language.calendar.both} {parts[-1]}"


def _time(minute: int, language: Language) -> str:
    return language.calendar.time(*divmod(minute, 60))


def _said(language: Language, phrase: Phrase, **parts: str) -> str:
    return language.phrases[phrase][0].format(**parts)
