"""What two avatars say to each other, without an end, made as it is needed.

The words, gaps, pauses, murmurs and laughs are those of the synthetic conversations; nobody falls
silent for long and nobody holds forth.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from avatar.behaviour.temperament import Temperament
from avatar.clock import FPS, ticks_in
from avatar.duet import DuetLine, Side
from avatar.errors import PartUnavailable
from avatar.synthetic.dialogues import timing, voice_cast
from avatar.synthetic.dialogues.laughter import laugh
from avatar.synthetic.dialogues.scene import Act, Person
from avatar.synthetic.dialogues.speech import Speaker, Spoken
from avatar.synthetic.dialogues.voice_cast import CastVoice
from avatar.synthetic.dialogues.writing import Remark, greet, sentence, write
from avatar.tick import Style

CAST, SCRIPT = 1, 2
"""Streams of chance, so that a change in one leaves the other as it is."""

LANGUAGE = "en"
LAUGH_TEXT = "(laughs)"

FIRST_LINE = ticks_in(0.8)
LULL_SHARE, LULL_S = 0.05, (2.5, 5.0)
"""After a turn: nobody speaks for a while."""

MURMUR_SHARE = 0.4
"""How often the listener murmurs after an utterance that the speaker goes on from."""

LEVEL_DB = -20.0
PREFERRED_ENGINES = ("flite", "espeak")
"""flite's voices are recorded from people."""

WORDS_PER_MINUTE = (160, 165, 170)
LOUD = 32_767


@dataclass(frozen=True, slots=True)
class _Ear:
    """What a turn ended with, for the other one to answer."""

    act: Act | None
    start: int
    end: int


def cast(seed: int, *, alike: bool = False) -> tuple[Person, Person]:
    """Two voices that sound different; with `alike`, both are as high as the first.

    Raises PartUnavailable when no voice is installed.
    """
    rng = np.random.default_rng([seed, CAST])
    voices = [voice for voice in voice_cast.castable("train") if voice.language == LANGUAGE]
    if not voices:
        raise PartUnavailable("no English voice is installed: apt install flite")
    first = _chosen(rng, voices, high=True)
    others = [voice for voice in voices if voice != first]
    second = _chosen(rng, others, high=alike) if others else first
    return _person(rng, first), _person(rng, second)


def talk(seed: int, persons: tuple[Person, Person], speaker: Speaker) -> Iterator[DuetLine]:
    """All lines in the order of their start; each turn is made when its first line is asked for.

    Raises what `Speaker.say` raises.
    """
    stage = _Stage(np.random.default_rng([seed, SCRIPT]), persons, speaker)
    side: Side = 0 if stage.rng.random() < 0.5 else 1
    remarks = greet(stage.rng, LANGUAGE)
    start = FIRST_LINE
    while True:
        ear = stage.turn(side, start, remarks)
        side, start, heard = stage.after(side, ear)
        yield from stage.before(start)
        remarks = write(stage.rng, LANGUAGE, heard)


class Script:
    """Lines that are handed out when their time comes. One thread at a time may use it."""

    def __init__(self, lines: Iterator[DuetLine]) -> None:
        self._lines = lines
        self._next: DuetLine | None = None

    def due(self, index: int) -> list[DuetLine]:
        """The lines that begin with a tick, and those before it that were not handed out yet."""
        due: list[DuetLine] = []
        while (line := self._next or next(self._lines)).start <= index:
            due.append(line)
            self._next = None
        self._next = line
        return due


def _chosen(rng: np.random.Generator, voices: Sequence[CastVoice], *, high: bool) -> CastVoice:
    """A voice of the best engine that has one as high, else of the best engine."""
    fitting = [voice for voice in voices if voice.high == high] or list(voices)
    engines = [name for name in PREFERRED_ENGINES if any(v.engine == name for v in fitting)]
    best = [voice for voice in fitting if not engines or voice.engine == engines[0]]
    return best[int(rng.integers(len(best)))]


def _person(rng: np.random.Generator, voice: CastVoice) -> Person:
    return Person(
        engine=voice.engine,
        voice=voice.voice,
        language=LANGUAGE,
        temperament=Temperament(),
        style=Style(),
        words_per_minute=int(rng.choice(WORDS_PER_MINUTE)),
        level_db=LEVEL_DB,
    )


@dataclass(slots=True)
class _Stage:
    """The conversation while it is being made; all times are ticks.

    `waiting` holds the lines that are made and not handed out yet, by their start; `free` is when
    a side is done with all of its lines.
    """

    rng: np.random.Generator
    persons: tuple[Person, Person]
    speaker: Speaker
    waiting: list[tuple[int, int, DuetLine]] = field(
        default_factory=list[tuple[int, int, DuetLine]]
    )
    free: list[int] = field(default_factory=lambda: [-FPS, -FPS])
    made: int = 0

    def turn(self, side: Side, start: int, remarks: Sequence[Remark]) -> _Ear:
        """Make the lines of a turn and what the listener does meanwhile."""
        ear = _Ear(None, start, start)
        for remark in remarks:
            start = max(start, self.free[side] + timing.OWN_BREATH)
            spoken = self.speaker.say(self.persons[side], remark.text)
            final = remark is remarks[-1]
            line = self._place(side, start, spoken, remark.text, takes_turn=True, ends_turn=final)
            ear = _Ear(remark.act, start, start + line.ticks)
            if not final and remark.act is not Act.GREETING:
                self._murmur(_other(side), ear.end)
            self._laugh(side, remark.act, ear.end)
            pause_s = timing.PAUSE_S * np.exp(timing.PAUSE_SPREAD * self.rng.standard_normal())
            start = ear.end + round(float(np.clip(pause_s, *timing.PAUSE_LIMITS_S)) * FPS)
        return ear

    def after(self, side: Side, ear: _Ear) -> tuple[Side, int, Act | None]:
        """Who goes on, when, and what there is to answer."""
        if self.rng.random() < LULL_SHARE:
            either: Side = 0 if self.rng.random() < 0.5 else 1
            return either, max(ear.end, *self.free) + self._ticks(LULL_S), None
        if self.rng.random() < timing.GAP_SHARE:
            gap_s = self.rng.normal(timing.GAP_S, timing.GAP_SPREAD_S)
        else:
            gap_s = self.rng.normal(timing.SLOW_GAP_S, timing.SLOW_GAP_SPREAD_S)
        gap_s += timing.ANSWER_LATER_S if ear.act is Act.QUESTION else 0.0
        gap = round(float(np.clip(gap_s, *timing.GAP_LIMITS_S)) * FPS)
        mostly_heard = ear.start + round(timing.LEAST_HEARD * (ear.end - ear.start))
        start = max(ear.end + gap, mostly_heard)
        return _other(side), max(start, self.free[_other(side)] + timing.OWN_BREATH), ear.act

    def before(self, tick: int) -> Iterator[DuetLine]:
        """Hand out what begins before a tick: nothing earlier will be made any more."""
        while self.waiting and self.waiting[0][0] < tick:
            yield heapq.heappop(self.waiting)[2]

    def _murmur(self, side: Side, end: int) -> None:
        start = end + self._ticks(timing.MURMUR_LATENCY_S)
        if self.rng.random() >= MURMUR_SHARE or start <= self.free[side] + timing.BETWEEN_MURMURS:
            return
        text = sentence(self.rng, LANGUAGE, Act.BACKCHANNEL)
        spoken = self.speaker.say(self.persons[side], text)
        self._place(side, start, spoken, text, takes_turn=False, ends_turn=False)

    def _laugh(self, side: Side, act: Act, end: int) -> None:
        shares = timing.LAUGHS_AT.get(act, (0.0, 0.0))
        both = (_other(side), side)
        for who, share, latency_s in zip(both, shares, timing.LAUGH_LATENCIES_S, strict=True):
            start = end + self._ticks(latency_s)
            if self.rng.random() < share and start >= self.free[who] + timing.OWN_BREATH:
                spoken = laugh(self.rng, self.persons[who])
                self._place(who, start, spoken, LAUGH_TEXT, takes_turn=False, ends_turn=False)

    def _place(
        self,
        side: Side,
        start: int,
        spoken: Spoken,
        text: str,
        *,
        takes_turn: bool,
        ends_turn: bool,
    ) -> DuetLine:
        pcm = np.round(np.clip(spoken.audio, -1, 1) * LOUD).astype(np.int16)
        line = DuetLine(side, start, pcm, spoken.phones, text, takes_turn, ends_turn)
        heapq.heappush(self.waiting, (start, self.made, line))
        self.made += 1
        self.free[side] = start + line.ticks
        return line

    def _ticks(self, bounds_s: tuple[float, float]) -> int:
        return round(float(self.rng.uniform(*bounds_s)) * FPS)


def _other(side: Side) -> Side:
    return 1 if side == 0 else 0
