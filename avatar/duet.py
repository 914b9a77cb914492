"""A duet: two avatars in a closed loop, each of which hears and sees the other and nobody else.

What one of them did in a tick reaches the other in the next one, as through a microphone and a
camera without noise. What they say is given from outside; how they move is theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Int16

from avatar.avatar import Avatar
from avatar.clock import SAMPLE_RATE, TICK, ticks_in
from avatar.generator.base import MotionGenerator
from avatar.motion import FaceObservation, Vector
from avatar.session import AvatarFrame, AvatarSession
from avatar.tick import AvatarState, Phone, Samples, Style, VoiceSamples

Side: TypeAlias = Literal[0, 1]
"""Left and right, as they are shown."""

SIDES: tuple[Side, Side] = (0, 1)

THINKS_AFTER, THINKS_UNTIL = ticks_in(0.2), ticks_in(4.0)
"""Ticks after the other's turn between which an answer is thought about."""

IDLE_AFTER = ticks_in(4.0)
"""Ticks of silence after which nobody is listened to."""

LOUDEST = 32_767
PCM_SCALE = 32_768.0


@dataclass(frozen=True, eq=False, slots=True)
class DuetLine:
    """What a side says from tick `start` on: mono PCM16 at 16 kHz, and phones from its start.

    `takes_turn` is false of murmurs and laughs; `ends_turn` says that the speaker has finished.
    """

    side: Side
    start: int
    pcm: VoiceSamples
    phones: tuple[Phone, ...]
    text: str
    takes_turn: bool
    ends_turn: bool

    @property
    def ticks(self) -> int:
        """How long it is."""
        return -(-len(self.pcm) // TICK)


@dataclass(frozen=True, slots=True)
class Senses:
    """What of the other one reaches a side."""

    hears: bool = True
    sees: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class DuetFrame:
    """One tick of both sides; pictures are None when nothing was drawn."""

    index: int
    sides: tuple[AvatarFrame, AvatarFrame]

    @property
    def sound(self) -> Int16[np.ndarray, "640"]:
        """Both voices."""
        both = np.zeros(TICK, np.int32)
        for frame in self.sides:
            if frame.tick.speech is not None:
                both += frame.tick.speech
        return np.clip(both, -LOUDEST - 1, LOUDEST).astype(np.int16)


class Duet:
    """Two avatars that talk to each other; the same seed and lines give the same duet.

    `senses` may be changed at any time, also in the middle of a sentence. Raises SpaceMismatch in
    the second tick when one side's motion is not what the other's generator can see.
    """

    def __init__(
        self,
        avatars: tuple[Avatar, Avatar],
        *,
        seed: int,
        styles: tuple[Style, Style] = (Style(), Style()),
    ) -> None:
        self.senses: list[Senses] = [Senses(), Senses()]
        self._sides = tuple(
            _Party.of(avatar, int(np.random.default_rng([seed, side]).integers(2**31)), style)
            for side, avatar, style in zip(SIDES, avatars, styles, strict=True)
        )
        self._index = 0

    @property
    def index(self) -> int:
        """Number of the next tick."""
        return self._index

    def step(self, lines: Sequence[DuetLine] = (), *, draw: bool = True) -> DuetFrame:
        """The next tick; `lines` begin with it. Raises SpeechOverflow when too much waits."""
        for line in lines:
            self._sides[line.side].say(line, self._index)
        for side in SIDES:
            self._sides[side].perceive(self._sides[1 - side], self.senses[side])
        left, right = (party.perform(draw=draw) for party in self._sides)
        self._index += 1
        return DuetFrame(self._index - 1, (left, right))


@dataclass(slots=True)
class _Line:
    """A line of a turn that is being said or was said last, and the tick after it."""

    ends_turn: bool = False
    until: int = 0


@dataclass(slots=True)
class _Party:
    """One side: its conversation, what it did last, and what it knows of who is speaking."""

    session: AvatarSession
    generator: MotionGenerator[Any]
    style: Style
    motion: Vector | None = None
    voice: Samples = field(default_factory=lambda: np.zeros(TICK, np.float32))
    line: _Line = field(default_factory=_Line)
    heard: _Line = field(default_factory=_Line)
    sound_at: int = 0

    @classmethod
    def of(cls, avatar: Avatar, seed: int, style: Style) -> "_Party":
        session = avatar.session(voice_rate=SAMPLE_RATE, seed=seed)
        return cls(session, avatar.generator, style)

    def say(self, line: DuetLine, index: int) -> None:
        """Have a line said; what is still being said comes to its end first."""
        timeline = self.session.timeline
        until = index + timeline.waiting_ticks + line.ticks
        timeline.push_speech(index + 1, line.pcm, phones=line.phones, last=True)
        if line.takes_turn:
            self.line = _Line(line.ends_turn, until)

    def perceive(self, other: "_Party", senses: Senses) -> None:
        """Take in what the other did in the tick before, and know what to do about it."""
        timeline = self.session.timeline
        if senses.hears:
            timeline.push_user_audio(other.voice)
        if senses.sees and other.motion is not None:
            space = other.generator.space
            seen = np.ones(space.dim, bool)
            timeline.push_user_face(FaceObservation(space, other.motion, seen, age_ticks=1))
        timeline.direct(state=self._state(other, senses), style=self.style)

    def _state(self, other: "_Party", senses: Senses) -> AvatarState:
        """Of the next tick: of the other's turns what was heard by now counts."""
        index, own = self.session.timeline.index, self.line
        if senses.hears and other.voice.any():
            self.sound_at, self.heard = index, other.line
        if index < own.until + (0 if own.ends_turn or not own.until else IDLE_AFTER):
            self.sound_at = index
            return AvatarState.SPEAKING
        waited = index - self.heard.until
        answers = senses.hears and self.heard.ends_turn and self.heard.until > own.until
        if answers and THINKS_AFTER < waited <= THINKS_UNTIL:
            return AvatarState.THINKING
        quiet = index - self.sound_at > IDLE_AFTER
        return AvatarState.IDLE if quiet else AvatarState.LISTENING

    def perform(self, *, draw: bool) -> AvatarFrame:
        """Do the next tick."""
        frame = self.session.perform([self.session.timeline.next_tick()], draw=draw)[0]
        speech = frame.tick.speech
        self.motion = frame.motion
        self.voice = (
            np.zeros(TICK, np.float32)
            if speech is None
            else (speech / PCM_SCALE).astype(np.float32)
        )
        return frame
