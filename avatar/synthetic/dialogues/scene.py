"""What is said in a conversation and by whom, before anybody moves: the hand-over between writing
and acting.
"""

from dataclasses import dataclass
from enum import StrEnum

from avatar.behaviour.temperament import Temperament
from avatar.clock import TICK
from avatar.data.clip import Role
from avatar.tick import Phone, Samples, Style


class Act(StrEnum):
    """What a line does; the listener and the speaker show it."""

    GREETING = "greeting"
    STATEMENT = "statement"
    QUESTION = "question"
    ANSWER = "answer"
    GOOD_NEWS = "good news"
    BAD_NEWS = "bad news"
    SURPRISE = "surprise"
    JOKE = "joke"
    DENIAL = "denial"
    AGREEMENT = "agreement"
    HESITATION = "hesitation"
    THANKS = "thanks"
    BACKCHANNEL = "backchannel"
    LAUGH = "laugh"


@dataclass(frozen=True, slots=True)
class Person:
    """Who talks: a voice by engine and name, temperament, and how they behave today.

    `language` is a code such as "en". `words_per_minute` and `pitch` (0 to 99) are on the scale of
    espeak-ng; other engines know the pitch only. `level_db` is how loud they speak, in dB of full
    scale.
    """

    engine: str
    voice: str
    language: str
    temperament: Temperament
    style: Style
    words_per_minute: int = 165
    pitch: int = 50
    level_db: float = -20.0


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One utterance on the common clock: sound at 16 kHz in whole ticks from tick `start`.

    Times of phones count from its first sample. `ends_turn` says that the speaker has finished.
    A backchannel or a laugh takes no turn.
    """

    party: Role
    act: Act
    start: int
    audio: Samples
    phones: tuple[Phone, ...]
    ends_turn: bool

    @property
    def end(self) -> int:
        """The tick after the last."""
        return self.start + len(self.audio) // TICK


@dataclass(frozen=True, eq=False, slots=True)
class Dialogue:
    """Everything that is heard in a conversation, in order of time, and its length in ticks."""

    seed: int
    persons: tuple[Person, Person]
    lines: tuple[Line, ...]
    length: int
