"""Speech that waits to be said, already cut into ticks."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from avatar.audio.resampling import TickResampler
from avatar.clock import FPS, NO_TURN, TICK, TICK_S, Turn
from avatar.errors import SpeechOverflow
from avatar.tick import Phone, Samples, VoiceSamples

MOST_REWOUND = 5
"""Ticks that were said and can be said again."""

PHONES_BEHIND_S = 0.2
"""How long after its end a phone still comes with the ticks: coarticulation looks back that far."""


@dataclass(slots=True)
class _Mark:
    turn: Turn
    mark: object
    interruptible: bool


@dataclass(slots=True)
class _Slot:
    """The speech of one tick; `samples` may still be filling."""

    turn: Turn
    position: int
    samples: VoiceSamples
    filled: int
    interruptible: bool
    ended: bool = False
    copy: Samples | None = None
    marks: list[_Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """What the queue gives to one tick."""

    turn: Turn
    speech: VoiceSamples | None
    position_s: float
    marks: tuple[object, ...]


class SpeechQueue:
    """Speech of several turns in order, with marks behind it, tick by tick.

    A tick holds speech of one turn only; the rest of a turn's last tick is silence.
    """

    def __init__(self, *, voice_rate: int, look_ahead: int, max_speech_s: float) -> None:
        self._resample = TickResampler(voice_rate)
        self._look_ahead, self._max_ticks = look_ahead, int(max_speech_s * FPS)
        self._slots: deque[_Slot] = deque()
        self._taken: deque[_Slot] = deque(maxlen=MOST_REWOUND)
        self._loose: list[_Mark] = []
        self._pushed: dict[Turn, int] = {}
        self._phones: dict[Turn, list[Phone]] = {}
        margin = self._resample.margin
        self._past = np.zeros(margin, np.int16)
        self._kept_back = False

    def __len__(self) -> int:
        """Ticks that wait."""
        return len(self._slots)

    def push(
        self,
        turn: Turn,
        pcm: VoiceSamples,
        phones: Sequence[Phone],
        *,
        interruptible: bool,
        last: bool,
    ) -> None:
        """Queue speech of a turn. Raises SpeechOverflow when too much waits; nothing is queued.

        `last` says that no more of this turn will come. Speech of `NO_TURN` counts as a new
        utterance when nothing of it waits.
        """
        tick = self._resample.tick
        if len(self._slots) + len(pcm) / tick > self._max_ticks:
            raise SpeechOverflow(
                f"{len(self._slots) / FPS:.0f} s of speech wait and {len(pcm) / tick / FPS:.0f} s "
                f"came; at most {self._max_ticks / FPS:.0f} s may wait: push slower or flush first"
            )
        if turn == NO_TURN and not any(slot.turn == NO_TURN for slot in self._slots):
            self._forget(NO_TURN)
        self._phones.setdefault(turn, []).extend(phones)
        start = 0
        newest = self._slots[-1] if self._slots else None
        if newest is not None and newest.turn == turn and newest.filled < tick:
            start = min(tick - newest.filled, len(pcm))
            newest.samples[newest.filled : newest.filled + start] = pcm[:start]
            newest.filled += start
        position = self._pushed.get(turn, 0) + start
        for begin in range(start, len(pcm), tick):
            piece = pcm[begin : begin + tick]
            samples = np.zeros(tick, np.int16)
            samples[: len(piece)] = piece
            self._slots.append(_Slot(turn, position, samples, len(piece), interruptible))
            position += len(piece)
        self._pushed[turn] = position
        if last and self._slots and self._slots[-1].turn == turn:
            self._slots[-1].ended = True

    def push_mark(self, turn: Turn, mark: object, *, interruptible: bool) -> None:
        """Queue a mark behind all speech that waits."""
        marks = self._slots[-1].marks if self._slots else self._loose
        marks.append(_Mark(turn, mark, interruptible))

    def peek(self) -> tuple[Samples, tuple[Phone, ...]]:
        """The 16 kHz copy of the next tick and `look_ahead` more, and the phones around them."""
        if not self._slots or self._keeps_back():
            return self.silence(), ()
        waiting = list(islice(self._slots, self._look_ahead + 2))
        copies = [self._copy(waiting, i) for i in range(1 + self._look_ahead)]
        return np.concatenate(copies), self._phones_around(waiting[0])

    def _copy(self, waiting: list[_Slot], i: int) -> Samples:
        """The 16 kHz samples of a tick that waits; kept once the sound after it is there too."""
        if i > len(waiting):
            return np.zeros(TICK, np.float32)
        margin, nothing = self._resample.margin, np.zeros(self._resample.tick, np.int16)
        here = waiting[i] if i < len(waiting) else None
        if here is not None and here.copy is not None:
            return here.copy
        before = waiting[i - 1].samples if i > 0 else self._past
        after = waiting[i + 1] if i + 1 < len(waiting) else None
        pieces = (
            before[-margin:],
            nothing if here is None else here.samples,
            (nothing if after is None else after.samples)[:margin],
        )
        copy = self._resample(np.concatenate(pieces))
        if here is not None and after is not None and after.filled >= margin:
            here.copy = copy
        return copy

    def silence(self) -> Samples:
        """What `peek` gives when nothing waits."""
        return np.zeros((1 + self._look_ahead) * TICK, np.float32)

    def take(self) -> Said:
        """Remove the next tick's speech with the marks that have been reached."""
        loose = [mark.mark for mark in self._loose]
        self._loose = []
        if not self._slots or self._keeps_back():
            self.rest()
            self._kept_back = bool(self._slots)
            return Said(NO_TURN, None, 0.0, tuple(loose))
        self._kept_back = False
        slot = self._slots.popleft()
        self._taken.append(slot)
        if slot.position == 0:
            self._forget(*(turn for turn in self._pushed if NO_TURN < turn < slot.turn))
        margin = self._resample.margin
        self._past = np.concatenate([self._past, slot.samples])[-margin:]
        marks = (*loose, *(mark.mark for mark in slot.marks))
        slot.marks = []
        return Said(slot.turn, slot.samples, slot.position / self._resample.rate, marks)

    def rewind(self, ticks: int) -> int:
        """Say what was said last once more; returns how many ticks, at most `ticks`.

        Marks do not come again, and what goes on is only a turn of which something waits.
        """
        rewound = 0
        while rewound < ticks and self._slots and self._taken:
            if self._taken[-1].turn != self._slots[0].turn:
                break
            slot = self._taken.pop()
            self._slots.appendleft(slot)
            rewound += 1
        self._taken.clear()
        return rewound

    def _keeps_back(self) -> bool:
        """Whether the only tick that waits is still filling: it waits once, to come out whole."""
        slot = self._slots[0]
        filling = slot.filled < self._resample.tick and not slot.ended
        return filling and len(self._slots) == 1 and not self._kept_back

    def rest(self) -> None:
        """A tick of silence goes by."""
        self._past = np.zeros_like(self._past)

    def drop(self, turn: Turn) -> tuple[object, ...]:
        """Drop what is interruptible of this turn and all before; returns the marks dropped."""

        def doomed(of: Turn) -> bool:
            return NO_TURN < of <= turn

        dropped: list[object] = []
        kept = deque[_Slot]()
        carried = self._loose
        self._loose = []
        for mark in carried:
            if doomed(mark.turn) and mark.interruptible:
                dropped.append(mark.mark)
            else:
                self._loose.append(mark)
        for slot in self._slots:
            stays = not (doomed(slot.turn) and slot.interruptible)
            marks = [m for m in slot.marks if not (doomed(m.turn) and m.interruptible)]
            dropped += [m.mark for m in slot.marks if doomed(m.turn) and m.interruptible]
            if stays:
                slot.marks = marks
                kept.append(slot)
            elif kept:
                kept[-1].marks += marks
            else:
                self._loose += marks
        self._slots = kept
        waiting = {slot.turn for slot in kept}
        self._forget(*(old for old in self._pushed if doomed(old) and old not in waiting))
        return tuple(dropped)

    def _forget(self, *turns: Turn) -> None:
        for turn in turns:
            self._phones.pop(turn, None)
            self._pushed.pop(turn, None)

    def _phones_around(self, slot: _Slot) -> tuple[Phone, ...]:
        start = slot.position / self._resample.rate
        end = start + (1 + self._look_ahead) * TICK_S
        phones = self._phones.get(slot.turn, [])
        while phones and phones[0].end_s < start - PHONES_BEHIND_S:
            phones.pop(0)
        return tuple(phone for phone in phones if phone.start_s < end)
