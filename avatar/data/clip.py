"""`DyadicClip`: a conversation of two, and what the live engine would have been told of it.

A clip holds what was (`Party`) and what could be perceived of it (`Signals`): the other side never
gets a party's motion itself but a tracker's late and noisy view of it, and never the voice alone
but what a microphone in a room picked up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float32, Int16

from avatar.behaviour.events import MotionEvent
from avatar.behaviour.temperament import Temperament
from avatar.clock import SAMPLE_RATE, TICK, TICK_S
from avatar.motion import FaceObservation, Motions, MotionSpace
from avatar.tick import AvatarState, Phone, Samples, Style, Tick
from avatar.timeline import Timeline

Role: TypeAlias = Literal[0, 1]
"""One of the two parties of a clip."""

NOTHING_NEW = -1
"""Stands for the age of an observation in a tick in which none arrives."""


@dataclass(frozen=True, eq=False, slots=True)
class Utterance:
    """Speech without a break: its first tick, its sound at 16 kHz in whole ticks, its phones.

    Times of phones count from the first sample. `ends_turn` says that the party has finished.
    """

    start: int
    audio: Samples
    phones: tuple[Phone, ...]
    ends_turn: bool

    @property
    def end(self) -> int:
        """The tick after the last."""
        return self.start + len(self.audio) // TICK


@dataclass(frozen=True, eq=False, slots=True)
class Signals:
    """What a device told the other side of a party, tick by tick; nothing of it is required.

    `audio` is the microphone, None when there is none. `motion` and `seen` hold the observation of
    the face that arrives in a tick, `age_ticks` how long ago it was true, or `NOTHING_NEW`.
    """

    audio: Samples | None
    motion: Motions
    seen: Bool[np.ndarray, "ticks dim"]
    age_ticks: Int16[np.ndarray, " ticks"]


@dataclass(frozen=True, eq=False, slots=True)
class Party:
    """One side of a conversation, as it was.

    `motion` has a row a tick; `seen` marks channels that are known (all, unless a recording hides
    some). `events` are what the face did, by onset: exact in synthetic clips. `states` is what the
    party was doing and `style` how; as an avatar it is told both. `temperament` is known of people
    who were made up.
    """

    utterances: tuple[Utterance, ...]
    motion: Motions
    seen: Bool[np.ndarray, "ticks dim"]
    events: tuple[MotionEvent, ...]
    states: tuple[AvatarState, ...]
    style: Style
    signals: Signals
    temperament: Temperament | None = None

    @property
    def audio(self) -> Float32[np.ndarray, " samples"]:
        """The voice alone at 16 kHz, as long as the clip."""
        sound = np.zeros(len(self.motion) * TICK, np.float32)
        for utterance in self.utterances:
            begin = utterance.start * TICK
            piece = utterance.audio[: len(sound) - begin]
            sound[begin : begin + len(piece)] += piece
        return sound


@dataclass(frozen=True, eq=False, slots=True)
class DyadicClip:
    """A conversation of two parties in one motion space; `source` says where it comes from."""

    parties: tuple[Party, Party]
    space: MotionSpace
    source: str
    licence: str

    def __post_init__(self) -> None:
        """Raise ValueError when the parties do not fit each other or the space."""
        shapes = {party.motion.shape for party in self.parties}
        shapes |= {party.signals.motion.shape for party in self.parties}
        if len(shapes) != 1 or next(iter(shapes))[1] != self.space.dim:
            raise ValueError(
                f"{self.source}: motions of one length and {self.space.dim} numbers are needed, "
                f"got {sorted(shapes)}"
            )

    @property
    def length(self) -> int:
        """Ticks of the conversation."""
        return len(self.parties[0].motion)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.length * TICK_S

    def ticks(self, avatar: Role, *, look_ahead: int) -> Iterator[Tick]:
        """What the live engine would have been told if one party had been the avatar.

        Its own speech is known when an utterance begins and not before; the other party is heard
        and seen as `Signals` say, never ahead.
        """
        own, other = self.parties[avatar], self.parties[1 - avatar]
        timeline = Timeline(voice_rate=SAMPLE_RATE, look_ahead=look_ahead, max_speech_s=1e9)
        starts = {utterance.start: utterance for utterance in own.utterances}
        for index in range(self.length):
            timeline.direct(state=own.states[index], style=own.style)
            if index in starts:
                _say(starts[index], timeline, turn=index + 1)
            if other.signals.audio is not None:
                piece = other.signals.audio[index * TICK : (index + 1) * TICK]
                timeline.push_user_audio(piece)
            face = _observation(other.signals, self.space, index)
            if face is not None:
                timeline.push_user_face(face)
            yield timeline.next_tick()


def _say(utterance: Utterance, timeline: Timeline, turn: int) -> None:
    pcm: Int16[np.ndarray, " n"] = np.round(
        np.clip(utterance.audio, -1, 1) * np.iinfo(np.int16).max
    ).astype(np.int16)
    timeline.push_speech(turn, pcm, phones=utterance.phones, last=True)


def _observation(signals: Signals, space: MotionSpace, index: int) -> FaceObservation | None:
    age = int(signals.age_ticks[index])
    if age == NOTHING_NEW:
        return None
    return FaceObservation(space, signals.motion[index], signals.seen[index], age)
