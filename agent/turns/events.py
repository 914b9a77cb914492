"""What happens in a conversation, and what is to be done about it: the words of the floor."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class UserSound:
    """A sound that may be a voice begins or ends: known early, and wrong now and then.

    `ago_s` is how long ago that was.
    """

    active: bool
    ago_s: float = 0.0


@dataclass(frozen=True, slots=True)
class UserVoice:
    """The user certainly speaks, or has ceased to: what the recogniser transcribes.

    `ago_s` is how long ago that was.
    """

    active: bool
    ago_s: float = 0.0


@dataclass(frozen=True, slots=True)
class UserWords:
    """The words of a stretch of voice so far; each stretch in a turn has one `final` text, which
    may be empty.

    `ends_log10` is how likely a sentence ends with the last of them, where the recogniser's
    language model tells it.
    """

    text: str
    final: bool
    ends_log10: float | None = None


@dataclass(frozen=True, slots=True)
class TurnJudged:
    """A model of turns says how likely the user has finished, by their voice."""

    probability: float


@dataclass(frozen=True, slots=True)
class UserAsked:
    """The user asked without a voice: they typed, or pressed a button."""


@dataclass(frozen=True, slots=True)
class AnswerComes:
    """The first words of an answer are there; its voice follows."""


@dataclass(frozen=True, slots=True)
class UserCommitted:
    """The user has finished, whatever their voice says: they let go of a button."""


@dataclass(frozen=True, slots=True)
class UserSeen:
    """What the camera sees of the user: None where it sees no mouth."""

    mouth_moves: bool | None


@dataclass(frozen=True, slots=True)
class AvatarVoice:
    """The avatar begins to be heard, is still heard, or ceases to be."""

    active: bool


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """The answer ends without a word, or breaks off."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Time has passed and nothing else has happened."""


Event: TypeAlias = (
    UserSound
    | UserVoice
    | UserWords
    | TurnJudged
    | UserAsked
    | UserCommitted
    | UserSeen
    | AvatarVoice
    | AnswerComes
    | AnswerFailed
    | Passed
)


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """The user begins a turn."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Fade out and keep the place: somebody may want to say something."""


@dataclass(frozen=True, slots=True)
class Resume:
    """It was nothing: go on from the place."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The user has taken the floor: drop what was not said; their turn is open."""


@dataclass(frozen=True, slots=True)
class Speculate:
    """The user may have finished: prepare an answer, and say nothing of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """They had not: forget the answer that was prepared."""


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """The user has finished: an answer to these words is due, and to be seen coming."""

    text: str


@dataclass(frozen=True, slots=True)
class DropTurn:
    """The user's turn held no words: close it."""


@dataclass(frozen=True, slots=True)
class NoteBackchannel:
    """The user said that they listen; it is no turn."""

    text: str


@dataclass(frozen=True, slots=True)
class SayBackchannel:
    """Say that we listen."""


@dataclass(frozen=True, slots=True)
class SayHoldPhrase:
    """Say that the answer takes a moment."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No answer came, or half of one: apologise."""


@dataclass(frozen=True, slots=True)
class Reprompt:
    """Nobody has said anything for long: ask whether there is anything else."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """And still nothing: the conversation rests."""


Action: TypeAlias = (
    OpenTurn
    | Hold
    | Resume
    | Interrupt
    | Speculate
    | Withdraw
    | TakeTurn
    | DropTurn
    | NoteBackchannel
    | SayBackchannel
    | SayHoldPhrase
    | GiveUp
    | Reprompt
    | LetGo
)
