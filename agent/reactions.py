"""Observing reactions: what the avatar did, and what of the user it answered.

Reactions are seen in the motion that was made, never announced by what made it, so they mean the
same with every generator.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from avatar.behaviour.events import MotionEvent, MotionEventDetector
from avatar.behaviour.listening import Cue, ListeningState, listen
from avatar.behaviour.seeing import SeeingState, see
from avatar.clock import NO_TURN, TICK_S, ticks_in
from avatar.motion import Vector
from avatar.tick import Tick

ANSWERED_WITHIN = ticks_in(1.2)
"""Ticks after its cause within which a reaction counts as an answer to it."""

GLANCED_WITHIN = ticks_in(0.5)
"""The same of glances, which come and go for many reasons."""

UNREPORTED = ("blink",)
"""Events that are no reactions."""


class Cause(StrEnum):
    """What a reaction answers; `policy` is nothing of the user's."""

    USER_SPEECH = "user_speech"
    USER_PAUSE = "user_pause"
    USER_SMILE = "user_smile"
    USER_LAUGH = "user_laugh"
    USER_NOD = "user_nod"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction, the tick in which it began and the time since its cause, where there is one."""

    kind: str
    cause: Cause
    strength: float
    onset: int
    latency_s: float | None


_CUES = {
    Cue.ONSET: (Cause.USER_SPEECH, 0),
    Cue.LOW_PITCH: (Cause.USER_SPEECH, ticks_in(0.11)),
    Cue.PHRASE: (Cause.USER_PAUSE, ticks_in(0.16)),
    Cue.PAUSE: (Cause.USER_PAUSE, ticks_in(0.28)),
    Cue.QUESTION: (Cause.USER_PAUSE, ticks_in(0.28)),
    Cue.LAUGH: (Cause.USER_LAUGH, ticks_in(0.8)),
}
"""What a cue tells of, and how many ticks ago that began when the cue is recognised."""

_ANSWERS = {
    "smile": (Cause.USER_SMILE, Cause.USER_LAUGH),
    "laugh": (Cause.USER_LAUGH, Cause.USER_SMILE),
    "nod": (Cause.USER_PAUSE, Cause.USER_NOD, Cause.USER_SPEECH),
}
"""What a kind answers by preference; any cause will do otherwise."""


class ReactionObserver:
    """Watches one conversation, tick by tick."""

    def __init__(self) -> None:
        self._detector = MotionEventDetector()
        self._listening, self._seeing = ListeningState.start(), SeeingState()
        self._causes = deque[tuple[Cause, int]](maxlen=16)
        self._spoke_from: int | None = None

    def step(self, tick: Tick, motion: Vector) -> tuple[Reaction, ...]:
        """The reactions that this motion shows."""
        if tick.turn == NO_TURN:
            self._spoke_from = None
        elif self._spoke_from is None:
            self._spoke_from = tick.index
        self._causes.extend(self._begun(tick))
        events = self._detector.step(tick.index, motion)
        return tuple(self._reaction(event) for event in events if event.kind not in UNREPORTED)

    def _begun(self, tick: Tick) -> list[tuple[Cause, int]]:
        """What of the user's was recognised in this tick, and the tick in which it began."""
        cues, self._listening = listen(tick, self._listening)
        sight, self._seeing = see(tick, self._seeing)
        seen = (
            (sight.smile, Cause.USER_SMILE),
            (sight.laugh, Cause.USER_LAUGH),
            (sight.nod, Cause.USER_NOD),
        )
        heard = [(_CUES[cue][0], tick.index - _CUES[cue][1]) for cue in cues]
        return heard + [(cause, tick.index) for strength, cause in seen if strength > 0]

    def _reaction(self, event: MotionEvent) -> Reaction:
        cause, latency_s = self._answered(event)
        return Reaction(event.kind, cause, event.strength, event.onset, latency_s)

    def _answered(self, event: MotionEvent) -> tuple[Cause, float | None]:
        """The newest fitting cause shortly before; a speaker's own gestures answer nothing."""
        if self._spoke_from is not None and event.onset >= self._spoke_from:
            return Cause.POLICY, None
        within = GLANCED_WITHIN if event.kind == "gaze" else ANSWERED_WITHIN
        recent = [
            (cause, event.onset - at)
            for cause, at in self._causes
            if 0 <= event.onset - at <= within
        ]
        fitting = [(c, ago) for c, ago in recent if c in _ANSWERS.get(event.kind, ())] or recent
        if fitting:
            cause, ago = fitting[-1]
            return cause, ago * TICK_S
        if self._listening.voice.active and event.kind != "gaze":
            return Cause.USER_SPEECH, None
        return Cause.POLICY, None
