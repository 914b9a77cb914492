"""What happens in a conversation, and what is to be done about it: the words of the floor."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class UserVoice:
    """The user begins or ceases to make a sound that may be speech."""

    active: bool


@dataclass(frozen=True, slots=True)
class UserWords:
    """The words of the user's utterance so far; `final` ones do not change any more."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class UserFinished:
    """A model of turns says that the user has finished."""


@dataclass(frozen=True, slots=True)
class UserSeen:
    """What the camera sees of the user: None where it sees no face."""

    mouth_moves: bool | None


@dataclass(frozen=True, slots=True)
class AvatarVoice:
    """The avatar begins or ceases to be heard."""

    active: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """Time has passed and nothing else has happened."""


Event: TypeAlias = UserVoice | UserWords | UserFinished | UserSeen | AvatarVoice | Passed


@dataclass(frozen=True, slots=True)
class Hold:
    """Fade out and keep the place: somebody may want to say something."""


@dataclass(frozen=True, slots=True)
class Resume:
    """It was nothing: go on from the place."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The user has taken the floor: drop what was not said."""


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """The user has finished: an answer is due, and to be seen coming."""


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
    """No answer came: apologise."""


@dataclass(frozen=True, slots=True)
class Reprompt:
    """Nobody has said anything for long: ask whether there is anything else."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """And still nothing: the conversation rests."""


Action: TypeAlias = (
    Hold
    | Resume
    | Interrupt
    | TakeTurn
    | NoteBackchannel
    | SayBackchannel
    | SayHoldPhrase
    | GiveUp
    | Reprompt
    | LetGo
)
