"""How a conversation is held: times, and what is remembered between events."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manners:
    """Times in seconds, and how much the avatar says while it listens.

    `wordless_s`: a voice over the avatar's that lasts so long takes the floor without words.
    `silent_hold_s`: a hold ends so long after the voice, if no words came. `patience_s` bounds the
    pause after which a turn is over: it follows the speaker's own. `settling_s`: a microphone's
    first moments, in which a sound alone holds nothing. `backchannels_a_minute` is a rate while the
    user speaks, 0 for none.
    """

    wordless_s: float = 0.9
    longest_hold_s: float = 1.2
    silent_hold_s: float = 0.6
    patience_s: tuple[float, float] = (0.8, 1.6)
    settling_s: float = 3.0
    slow_answer_s: float = 1.2
    no_answer_s: float = 12.0
    reprompt_s: float = 25.0
    let_go_s: float = 25.0
    backchannels_a_minute: float = 6.0
    backchannel_after_s: float = 2.5
    backchannel_gap_s: float = 5.0
    backchannel_pause_s: float = 0.3


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered between events; times in seconds of the driver's clock."""

    voice: bool = False
    avatar: bool = False
    mouth_moves: bool | None = None
    since_s: float = 0.0
    voice_since_s: float = 0.0
    quiet_since_s: float = 0.0
    spoken_s: float = 0.0
    longest_pause_s: float = 0.5
    backchannel_s: float = -1e9
    words: str = ""
    asked: bool = False
    """A hold phrase was said, or somebody was asked whether there is anything else."""
    held: bool = False
    """The avatar's speech waits."""
