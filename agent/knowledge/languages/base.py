"""What has to be said about a language, so that a conversation can be held in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a user may say that no page answers; of several in one turn, the first here counts."""

    COLLEAGUE = "colleague"
    REPEAT = "repeat"
    WHO = "who"
    HELP = "help"
    HOW = "how"
    BOTH = "both"
    SECOND = "second"
    FIRST = "first"
    NO = "no"
    YES = "yes"
    GOODBYE = "goodbye"
    THANKS = "thanks"
    GREETING = "greeting"


class Phrase(StrEnum):
    """What the receptionist says of its own."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    HOW = "how"
    WHO = "who"
    HELP = "help"
    GO_ON = "go on"
    DECLINED = "declined"
    CALLING = "calling"
    REFERRING = "referring"
    UNKNOWN = "unknown"
    SAY_AGAIN = "say again"
    NOTHING_SAID = "nothing said"
    ONE = "one"
    TWO = "two"
    OPEN_UNTIL = "open until"
    OPENS_TODAY = "opens today"
    OPENS_TOMORROW = "opens tomorrow"
    OPENS_ON = "opens on"
    CLOSED = "closed"
    TODAY = "today"
    TODAY_CLOSED = "today closed"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Calendar:
    """How days and times are spoken of.

    `days` begin with Monday and stand in a sentence as they are; `time` says an hour from 0 to 24
    and a minute. `span` joins `{start}` and `{end}`, `days_from` joins `{first}` and `{last}`,
    `days_on` is for one `{day}`, and `both` stands between the last two of a list.
    """

    days: tuple[str, str, str, str, str, str, str]
    time: Callable[[int, int], str]
    span: str
    days_on: str
    days_from: str
    both: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `stemmer` is a Snowball stemmer's name. `stop_words` say nothing about what is asked; `fillers`
    are sounds and words that begin a turn and mean nothing. `intents` are regular expressions over
    lower-case words without punctuation, each tried where the one before ended. `next_question`
    matches the words that join two questions. `phrases` are wordings of one meaning, taken in
    turns; `{offer}` in them is `offer`, `{lead}` is `lead`, by which a later turn knows what it is
    an answer to. `please` is a regular expression of what may stand before and after an intent.
    With `nouns_are_capital`, headings keep their capital inside of a sentence.
    """

    stemmer: str
    stop_words: frozenset[str]
    fillers: frozenset[str]
    intents: Mapping[Intent, str]
    next_question: str
    offer: str
    lead: str
    phrases: Mapping[Phrase, tuple[str, ...]]
    calendar: Calendar
    please: str
    nouns_are_capital: bool = False
