"""What a conversation gives its parties to answer, exact in time, as people would understand it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from jaxtyping import Float

from avatar.audio.prosody import HIGHEST_HZ, LOWEST_HZ, PITCH_WINDOW, VOICING
from avatar.clock import NO_TURN, SAMPLE_RATE, TICK, TICK_S, ticks_in
from avatar.data.clip import Role
from avatar.synthetic.dialogues.lips import Lips, lips
from avatar.synthetic.dialogues.scene import Act, Dialogue, Line
from avatar.tick import AvatarState

NO_TURN_TAKEN = (Act.BACKCHANNEL, Act.LAUGH)
THINKING_FROM, THINKING_TO = ticks_in(0.2), ticks_in(4.0)
"""A gap before the own turn in which one thinks: not shorter, not longer."""
IDLE_AFTER = ticks_in(4.0)
SHORTEST_PAUSE_S = 0.15
"""Silence inside a line that a listener may answer."""
LOW_PERCENTILE, LOW_TICKS = 26, ticks_in(0.11)
PITCHES_KEPT, PITCHES_NEEDED = 120, 20
SPOKEN_BEFORE_LOW = ticks_in(0.7)
LOW_APART = ticks_in(1.0)
SOUND = 0.01
"""Samples above this are sound, where the last sound of a line is sought."""

Hertz = Float[np.ndarray, " ticks"]


class CueKind(StrEnum):
    """What happens in a voice."""

    BEGINS = "begins"
    ENDS = "ends"
    PAUSES = "pauses"
    LOW_PITCH = "low pitch"


@dataclass(frozen=True, eq=False, slots=True)
class Cue:
    """Something in a voice, known from tick `tick` on."""

    kind: CueKind
    tick: int
    line: Line


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """One party's side of the script, tick by tick.

    `turns` numbers the own turns, pauses inside them included; `lines` is the own line that sounds;
    `cues` are what the voice gives the other party to answer.
    """

    states: tuple[AvatarState, ...]
    turns: tuple[int, ...]
    lines: tuple[Line | None, ...]
    cues: dict[int, tuple[Cue, ...]]
    lips: Lips


def parts(dialogue: Dialogue) -> tuple[Part, Part]:
    """Both sides of the script."""
    lines = sorted(dialogue.lines, key=lambda line: line.start)
    turns = tuple(_turns(lines, party, dialogue.length) for party in (0, 1))
    first, second = (
        _part([line for line in lines if line.party == party], lines, turns, party, dialogue.length)
        for party in (0, 1)
    )
    return first, second


def _part(
    own: Sequence[Line],
    lines: Sequence[Line],
    turns: tuple[tuple[int, ...], ...],
    party: Role,
    length: int,
) -> Part:
    sounding: list[Line | None] = [None] * length
    for line in own:
        for tick in range(line.start, min(line.end, length)):
            sounding[tick] = line
    return Part(
        states=_states(lines, turns[party], turns[1 - party], length),
        turns=turns[party],
        lines=tuple(sounding),
        cues=_cues(own),
        lips=lips(own, length),
    )


def takes_turn(line: Line) -> bool:
    """Whether a line holds the turn: backchannels and laughs do not."""
    return line.act not in NO_TURN_TAKEN


def _turns(lines: Sequence[Line], party: Role, length: int) -> tuple[int, ...]:
    """The number of the own turn in every tick."""
    numbers = [NO_TURN] * length
    number, before = NO_TURN, None
    for line in filter(takes_turn, lines):
        if line.party == party:
            goes_on = before is not None and before.party == party and not before.ends_turn
            goes_on = goes_on and before is not None and line.start - before.end < IDLE_AFTER
            begin = before.end if goes_on and before is not None else line.start
            number = number if goes_on else number + 1
            for tick in range(begin, min(line.end, length)):
                numbers[tick] = number
        before = line
    return tuple(numbers)


def _states(
    lines: Sequence[Line], own: Sequence[int], other: Sequence[int], length: int
) -> tuple[AvatarState, ...]:
    silent = np.ones(length, bool)
    for line in lines:
        silent[line.start : line.end] = False
    states = list[AvatarState]()
    quiet = 0
    for tick in range(length):
        quiet = quiet + 1 if silent[tick] else 0
        if own[tick]:
            states.append(AvatarState.SPEAKING)
        elif quiet > IDLE_AFTER:
            states.append(AvatarState.IDLE)
        else:
            states.append(AvatarState.LISTENING)
    _think(states, own, other)
    return tuple(states)


def _think(states: list[AvatarState], own: Sequence[int], other: Sequence[int]) -> None:
    """Between the other's turn and the own one there is thought."""
    for tick in range(1, len(own)):
        if not own[tick] or own[tick - 1]:
            continue
        begin = tick
        while begin > 0 and not own[begin - 1] and not other[begin - 1]:
            begin -= 1
        after_other = begin > 0 and bool(other[begin - 1])
        if after_other and THINKING_FROM < tick - begin <= THINKING_TO:
            states[begin:tick] = [AvatarState.THINKING] * (tick - begin)


def _cues(own: Sequence[Line]) -> dict[int, tuple[Cue, ...]]:
    found: dict[int, tuple[Cue, ...]] = {}
    pitches = list[float]()
    for line in own:
        cues = [Cue(CueKind.BEGINS, line.start, line), Cue(CueKind.ENDS, _last_sound(line), line)]
        cues += [Cue(CueKind.PAUSES, tick, line) for tick in _pauses(line)]
        if takes_turn(line):
            cues += [Cue(CueKind.LOW_PITCH, tick, line) for tick in _low_regions(line, pitches)]
        for cue in cues:
            found[cue.tick] = (*found.get(cue.tick, ()), cue)
    return found


def _last_sound(line: Line) -> int:
    """The tick after the one in which a line's last sound is."""
    loud = np.nonzero(np.abs(line.audio) > SOUND * max(1e-6, float(np.abs(line.audio).max())))[0]
    return line.start + (int(loud[-1]) // TICK + 1 if len(loud) else 1)


def _pauses(line: Line) -> list[int]:
    """Ticks in which silences inside a line begin."""
    inside = [phone for phone in line.phones[1:-1] if not phone.symbol]
    return [
        line.start + int(phone.start_s / TICK_S) + 1
        for phone in inside
        if phone.end_s - phone.start_s >= SHORTEST_PAUSE_S
    ]


def _low_regions(line: Line, pitches: list[float]) -> list[int]:
    """Ticks in which a region of low pitch has lasted 110 ms (Ward and Tsukahara 2000).

    `pitches` are the speaker's so far; those of the line are appended.
    """
    found = list[int]()
    low, spoken, since = 0, 0, LOW_APART
    threshold = 0.0
    for index, pitch in enumerate(pitch_track(line.audio).tolist()):
        since += 1
        if pitch <= 0:
            low = 0
            continue
        spoken += 1
        pitches.append(pitch)
        if spoken % 5 == 1 and len(pitches) > PITCHES_NEEDED:
            threshold = float(np.percentile(pitches[-PITCHES_KEPT:], LOW_PERCENTILE))
        low = low + 1 if pitch < threshold else 0
        if low == LOW_TICKS and index >= SPOKEN_BEFORE_LOW and since > LOW_APART:
            found.append(line.start + index + 1)
            since = 0
    return found


def pitch_track(audio: Float[np.ndarray, " samples"]) -> Hertz:
    """Fundamental frequency of every tick by autocorrelation, 0 where there is none."""
    padded = np.concatenate([np.zeros(PITCH_WINDOW - TICK, np.float32), audio])
    windows = np.lib.stride_tricks.sliding_window_view(padded, PITCH_WINDOW)[::TICK]
    spectrum = np.fft.rfft(windows * np.hanning(PITCH_WINDOW), 2 * PITCH_WINDOW, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)
    shortest, longest = int(SAMPLE_RATE / HIGHEST_HZ), int(SAMPLE_RATE / LOWEST_HZ)
    power = correlation[:, :1]
    taper = 1 - np.arange(longest) / PITCH_WINDOW
    normal = correlation[:, :longest] / (np.maximum(power, 1e-9) * taper)
    lags = shortest + normal[:, shortest:].argmax(axis=1)
    best = np.take_along_axis(normal, lags[:, None], axis=1)[:, 0]
    return np.where((best > VOICING) & (power[:, 0] > 1e-3), SAMPLE_RATE / lags, 0.0)
