"""What has to be said about a language, so that a conversation can be held in it."""

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `stemmer` is a Snowball stemmer's name. `stop_words` say nothing about what is asked; `fillers`
    are sounds and words that begin a turn and mean nothing. `intents` are regular expressions over
    lower-case words without punctuation, each tried where the one before ended. `next_question`
    matches the words that join two questions. `phrases` are wordings of one meaning, taken in
    turns; `{offer}` in them is `offer`, `{lead}` is `lead`, by which a later turn knows what it is
    an answer to.
    """

    stemmer: str
    stop_words: frozenset[str]
    fillers: frozenset[str]
    intents: Mapping[Intent, str]
    next_question: str
    offer: str
    lead: str
    phrases: Mapping[Phrase, tuple[str, ...]]
