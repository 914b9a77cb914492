"""How a conversation is held: times, and what is remembered between events."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manners:
    """Times in seconds, and how much the avatar says while it listens.

    `wordless_s`: a voice over the avatar's that lasts so long takes the floor without words;
    `longest_hold_s` bounds every hold; a sound that is no certain voice within `doubtful_s` is
    none. A hold ends `noise_hold_s` after a sound that was no voice, and `silent_hold_s` after a
    voice, if its words have not come. For `wary_s` after a hold that was for nothing only a certain
    voice holds again. `patience_s` bounds the pause after which a turn is over: the surer the end,
    the shorter; it follows the speaker's pauses. `unheard_s`: so long the words of a voice are
    waited for. `settling_s`: a microphone's first moments, in which a sound alone holds nothing.
    `silent_voice_s`: an avatar that was not heard for so long has ceased to speak.
    `backchannels_a_minute` is a rate while the user speaks, 0 for none; they come at pauses that
    end a turn with a probability below `backchannel_doubt`. With `push_to_talk` no pause ends a
    turn: the user does.
    """

    wordless_s: float = 0.8
    doubtful_s: float = 0.45
    longest_hold_s: float = 1.2
    noise_hold_s: float = 0.2
    silent_hold_s: float = 0.6
    patience_s: tuple[float, float] = (0.4, 1.2)
    unheard_s: float = 3.0
    speculate_s: float = 0.25
    settling_s: float = 3.0
    wary_s: float = 2.0
    slow_answer_s: float = 1.2
    no_answer_s: float = 12.0
    silent_voice_s: float = 3.0
    longest_turn_s: float = 120.0
    reprompt_s: float = 40.0
    let_go_s: float = 40.0
    backchannels_a_minute: float = 6.0
    backchannel_after_s: float = 4.0
    backchannel_gap_s: float = 5.0
    backchannel_pause_s: float = 0.45
    backchannel_doubt: float = 0.6
    push_to_talk: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered between events; times in seconds of the driver's clock."""

    since_s: float = 0.0
    """When the floor became what it is."""
    sound: bool = False
    sound_since_s: float = 0.0
    voice: bool = False
    voiced: bool = False
    """The present or last sound was a voice."""
    quiet_since_s: float = 0.0
    """The end of the last sound or voice."""
    mouth_moves: bool | None = None
    avatar: bool = False
    heard_s: float = 0.0
    """When the avatar was last known to speak."""
    held: bool = False
    """The avatar's speech waits."""
    deceived_s: float = -1e9
    """When a hold ended that was for nothing."""
    words: str = ""
    """Of the present stretch of voice, as far as they came."""
    said: str = ""
    """Final words of the user's turn."""
    open: bool = False
    """The user's turn is open."""
    unheard: int = 0
    """Stretches of voice in this turn whose final words have not come."""
    melody: float = 0.0
    """Log odds that the turn is over, by the melody of the voice."""
    whole: float = 0.0
    """The same by the words."""
    speculated: bool = False
    hopeless: bool = False
    """Preparing an answer failed in this pause; it is asked for when the turn is over."""
    spoken_s: float = 0.0
    """When the user's turn began."""
    longest_pause_s: float = 0.35
    backchannel_s: float = -1e9
    """When the avatar last said that it listens."""
    considered_s: float = -1e9
    """When it last thought of it."""
    asked_s: float | None = None
    """When an answer was asked for that has not come."""
    announced: bool = False
    """A hold phrase was said for it."""
    coming: bool = False
    """Its first words are there: what the avatar says next is the answer."""
    failed: bool = False
    committed: bool = False
    """The user said that their turn is over."""
    prompted: bool = False
    """Somebody was asked whether there is anything else."""

    def spoken_for_s(self, now: float) -> float:
        """How long the present sound lasts, or the last one lasted."""
        ends = now if self.sound else self.quiet_since_s
        return max(ends, self.sound_since_s) - self.sound_since_s

    @property
    def talks(self) -> bool:
        """Whether something is heard of the user now."""
        return self.sound or self.voice
