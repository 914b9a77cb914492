"""The timeline: everything that reaches an avatar goes in here, and ticks come out.

It takes microseconds, never waits and has no thread: a live program calls `next_tick` every 40 ms,
an offline one as fast as it likes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from avatar.audio.user_signal import UserSignal
from avatar.clock import FPS, NO_TURN, Turn
from avatar.motion import FaceObservation
from avatar.speech_queue import Said, SpeechQueue
from avatar.tick import AvatarState, Phone, Samples, Style, Tick, VoiceSamples

TURNS_REMEMBERED = 16
"""Turns of which it is known how much was said."""

FACE_FORGOTTEN = 2 * FPS
"""Ticks after which the last observation of the user's face counts as absent."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of a turn was said when it was flushed, and the marks that will not come."""

    turn: Turn
    ticks: int
    dropped: tuple[object, ...]


class Timeline:
    """Speech, the user's signals and directions in; one `Tick` at a time out.

    `voice_rate` is the rate of the speech (a multiple of 25); `look_ahead` is how many queued ticks
    a generator may hear beyond the present one; `max_speech_s` bounds what may wait.
    """

    def __init__(self, *, voice_rate: int, look_ahead: int, max_speech_s: float = 120.0) -> None:
        self.voice_rate = voice_rate
        self._queue = SpeechQueue(
            voice_rate=voice_rate, look_ahead=look_ahead, max_speech_s=max_speech_s
        )
        self._look_ahead = look_ahead
        self._user = UserSignal()
        self._face: FaceObservation | None = None
        self._face_tick = 0
        self._state, self._style = AvatarState.IDLE, Style()
        self._index = 0
        self._said: dict[Turn, int] = {}
        self._turn: Turn = NO_TURN
        self._flushed = NO_TURN
        self._held = False
        self._revised = False

    @property
    def index(self) -> int:
        """Number of the next tick."""
        return self._index

    @property
    def waiting_ticks(self) -> int:
        """Ticks of speech that wait to be said."""
        return len(self._queue)

    @property
    def held(self) -> bool:
        """Whether speech is on hold."""
        return self._held

    @property
    def user_signal(self) -> UserSignal:
        """The ring of the user's sound, with its counts of dropped and repeated ticks."""
        return self._user

    def push_speech(
        self,
        turn: Turn,
        pcm: VoiceSamples,
        *,
        phones: Sequence[Phone] = (),
        interruptible: bool = True,
        last: bool = False,
    ) -> None:
        """Queue speech of a turn; phone times count from the turn's first sample.

        Pieces may have any size; a tick that is still filling waits 40 ms for the rest, unless
        this piece is the `last` of the turn. Speech of a flushed turn is dropped. Raises
        SpeechOverflow when too much waits.
        """
        if not self._gone(turn):
            self._queue.push(turn, pcm, phones, interruptible=interruptible, last=last)

    def push_mark(self, turn: Turn, mark: object, *, interruptible: bool = True) -> None:
        """Queue a mark: it comes out in the tick in which everything before it has been said."""
        if not (self._gone(turn) and interruptible):
            self._queue.push_mark(turn, mark, interruptible=interruptible)

    def push_user_audio(self, samples: Samples) -> None:
        """The user's sound as it arrives: mono, 16 kHz. Raises ValueError when not finite."""
        self._user.push(samples)

    def push_user_face(self, face: FaceObservation) -> None:
        """The newest observation of the user's face; values out of range are clamped.

        Raises ValueError when a channel that is seen is not a finite number.
        """
        if not np.isfinite(face.motion[face.seen]).all():
            raise ValueError("the user's face holds a number that is not finite: face refused")
        motion = face.space.clamp(np.where(face.seen, face.motion, face.space.rest))
        self._face, self._face_tick = replace(face, motion=motion), self._index

    def direct(self, *, state: AvatarState | None = None, style: Style | None = None) -> None:
        """Set what the avatar is doing and how, from the next tick on.

        Raises ValueError when intensity or gaze is not a finite number.
        """
        if style is not None and not np.isfinite([style.intensity, *(style.gaze or ())]).all():
            raise ValueError(f"intensity and gaze must be finite numbers: {style} refused")
        self._state = self._state if state is None else state
        self._style = self._style if style is None else style

    def hold(self, rewind: int = 0) -> int:
        """Fall silent from the next tick on and keep the place.

        `rewind` ticks (at most 5) are said again after it, because they were not heard: they wait
        in a buffer that falls silent, too. Returns how many will be.
        """
        if self._held:
            return 0
        if rewound := self._queue.rewind(rewind):
            self._said[self._turn] -= rewound
        self._held = True
        self._revised = self._revised or self.waiting_ticks > 0
        return rewound

    def resume(self) -> None:
        """Go on where `hold` stopped."""
        self._revised = self._revised or (self._held and self.waiting_ticks > 0)
        self._held = False

    def flush(self, turn: Turn) -> Heard:
        """Drop this turn and all before, and whatever of them comes later; ends a hold."""
        waiting = self.waiting_ticks
        dropped = self._queue.drop(turn)
        self._revised = self._revised or (self.waiting_ticks < waiting and not self._held)
        self._flushed = max(self._flushed, turn)
        self._held = False
        return Heard(turn, self._said.get(turn, 0), dropped)

    def next_tick(self) -> Tick:
        """All that is known of the next 40 ms."""
        if self._held and self.waiting_ticks:
            audio, phones = self._queue.silence(), ()
            said = Said(NO_TURN, None, 0.0, ())
            self._queue.rest()
        else:
            audio, phones = self._queue.peek()
            said = self._queue.take()
        self._count(said.turn)
        tick = Tick(
            index=self._index,
            turn=said.turn,
            state=self._state,
            style=self._style,
            user_audio=self._user.next(),
            user_face=self._seen(),
            speech=said.speech,
            avatar_audio=audio,
            look_ahead=self._look_ahead,
            position_s=said.position_s,
            phones=phones,
            marks=said.marks,
            revised=self._revised,
        )
        self._index += 1
        self._revised = False
        return tick

    def _gone(self, turn: Turn) -> bool:
        return NO_TURN < turn <= self._flushed

    def _count(self, turn: Turn) -> None:
        if turn == NO_TURN:
            return
        self._turn = turn
        self._said[turn] = self._said.get(turn, 0) + 1
        if len(self._said) > TURNS_REMEMBERED:
            del self._said[min(self._said)]

    def _seen(self) -> FaceObservation | None:
        if self._face is None:
            return None
        age = self._face.age_ticks + self._index - self._face_tick
        return None if age > FACE_FORGOTTEN else replace(self._face, age_ticks=age)
