"""What a voice makes of its mouth: a function of its sound and phones, and of nothing else.

The same voice always gives the same lips, so that a generator can learn them. Where a line has no
sound the mouth falls to rest, exactly; a bilabial closes it whatever surrounds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from avatar.behaviour.visemes import (
    ANTICIPATION_S,
    CARRY_OVER_S,
    CORE,
    SHAPE,
    STRESS,
    VISEMES,
    visemes_of,
)
from avatar.clock import SAMPLE_RATE, TICK, TICK_S
from avatar.synthetic.dialogues.scene import Act, Line
from avatar.tick import Phone

FRAME = 160
"""Samples of a loudness frame: 10 ms."""
FRAMES = TICK // FRAME
LEAD_FRAMES = 3
"""The mouth moves this far ahead of the sound's loudness."""
BLUR_FRAMES = 2.0
SILENT_DB, QUIETEST_PEAK_DB = -55.0, -45.0
"""Relative to full scale, root mean square."""
RANGE_DB = 30.0
"""Below the voice's own peak by this much is silence."""
PEAK_FALL_DB = 0.02
"""How fast the memory of the peak falls, in dB a frame: 2 dB/s."""
AHEAD_FRAMES = 16
"""A peak is known this far ahead: 160 ms."""
BRIDGED_FRAMES = 12
"""Silence beyond this far from any sound is no closure but a pause."""
SETTLE = 0.55
"""Share of the way to rest that the mouth goes in a tick of silence."""
LEAST = 4e-3
"""A smaller opening is none."""
ONSET = 0.5
"""Part of its shape that a resting mouth reaches in the first tick."""
SUB_TICKS_S = np.array([0.005, 0.015, 0.025, 0.035])
SHORTEST_S = 0.004
CLOSURE_EDGE_S = 0.018
"""How fast lips close before a bilabial and part after it."""
BILABIAL = VISEMES["bilabial"].mouth.astype(np.float64)
CLOSING = [SHAPE.index(n) for n in SHAPE if n not in ("pucker", "funnel", "tongue")]
"""What a bilabial needs; rounding goes on through it."""
LEAST_JAW, JAW_BY_LOUDNESS = 0.15, 1.05
"""Part of its opening that a jaw has in the quietest sound, and what loudness adds."""
JAW = SHAPE.index("jaw")
LAUGH_SHAPE = np.array(
    [{"jaw": 0.68, "upper": 0.42, "lower": 0.20, "stretch": 0.15}.get(name, 0.0) for name in SHAPE]
)
"""The mouth of a call of laughter at its loudest."""
LOUD, LOUDER = 0.6, 0.08
"""A syllable that is at least so loud and rises by so much in a tick counts as accented."""

Frames = Float[np.ndarray, " frames"]
Mouths = Float[np.ndarray, "ticks 10"]


@dataclass(frozen=True, eq=False, slots=True)
class Lips:
    """A voice's mouth, its loudness (0 to 1 within its range) and its accented ticks."""

    mouths: Mouths
    loudness: Float[np.ndarray, " ticks"]
    accents: frozenset[int]


def lips(lines: Sequence[Line], length: int) -> Lips:
    """The lips of one party's lines over a conversation of `length` ticks."""
    mouths, loudness = np.zeros((length, len(SHAPE))), np.zeros(length)
    accents = set[int]()
    peak_db = QUIETEST_PEAK_DB
    for line in sorted(lines, key=lambda line: line.start):
        level = _level_db(line.audio)
        if line.act is Act.LAUGH:
            peaks = _peaks_db(level, QUIETEST_PEAK_DB)
        else:
            peaks = _peaks_db(level, peak_db)
            peak_db = float(peaks[-1])
        loud, sounding = _loudness(level, peaks), _sounding(level, peaks)
        wanted = _laughing(loud) if line.act is Act.LAUGH else _speaking(line.phones, loud)
        kept = slice(line.start, min(line.end, length))
        count = kept.stop - kept.start
        if count <= 0:
            continue
        _follow(mouths, wanted[:count], sounding[:count], line.start)
        loudness[kept] = loud[:count] * sounding[:count]
        if line.act is not Act.LAUGH:
            accents |= _accents(line, loud)
    return Lips(mouths, loudness, frozenset(accents))


def _level_db(audio: Float[np.ndarray, " samples"]) -> Frames:
    power = (audio.astype(np.float64).reshape(-1, FRAME) ** 2).mean(axis=1)
    return 10 * np.log10(np.convolve(power, np.ones(3) / 3, "same") + 1e-9)


def _peaks_db(level: Frames, before: float) -> Frames:
    """The loudest so far and a little ahead, slowly forgotten."""
    padded = np.concatenate([level, np.full(AHEAD_FRAMES, -90.0)])
    ahead = np.lib.stride_tricks.sliding_window_view(padded, AHEAD_FRAMES + 1).max(axis=1)
    fallen = PEAK_FALL_DB * np.arange(len(level))
    ahead[0] = max(float(ahead[0]), before)
    return np.maximum(np.maximum.accumulate(ahead + fallen) - fallen, QUIETEST_PEAK_DB)


def _loudness(level: Frames, peaks: Frames) -> Float[np.ndarray, " ticks"]:
    within = np.clip(1 + (level - peaks) / RANGE_DB, 0, 1) * (level > SILENT_DB)
    reach = int(3 * BLUR_FRAMES)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / BLUR_FRAMES) ** 2)
    padded = np.pad(within, (reach, reach + LEAD_FRAMES + FRAMES))
    smooth = np.convolve(padded, kernel / kernel.sum(), "valid")
    return smooth[FRAMES // 2 + LEAD_FRAMES :: FRAMES][: len(level) // FRAMES]


def _sounding(level: Frames, peaks: Frames) -> Bool[np.ndarray, " ticks"]:
    heard = (level > SILENT_DB) & (level > peaks - RANGE_DB - 5)
    padded = np.pad(heard.astype(float), BRIDGED_FRAMES)
    near = np.convolve(padded, np.ones(2 * BRIDGED_FRAMES + 1), "valid") > 0.5
    before = np.maximum.accumulate(heard)
    after = np.maximum.accumulate(heard[::-1])[::-1]
    inside = (near & before & after) | heard
    return np.any(inside.reshape(-1, FRAMES), axis=1)


def _follow(
    mouths: Mouths,
    wanted: Float[np.ndarray, "said 10"],
    sounding: Bool[np.ndarray, " said"],
    start: int,
) -> None:
    """Put wanted shapes where there is sound, and let the mouth settle elsewhere and after."""
    mouth = mouths[start - 1] if start > 0 else np.zeros(len(SHAPE))
    index = start
    while index < len(mouths):
        at = index - start
        if at < len(wanted) and sounding[at]:
            mouth = wanted[at] if mouth.any() else ONSET * wanted[at]
        else:
            mouth = (1 - SETTLE) * mouth
        mouth = np.where(mouth < LEAST, 0.0, mouth)
        mouths[index] = mouth
        index += 1
        if at >= len(wanted) and not mouth.any():
            break


def _laughing(loud: Float[np.ndarray, " ticks"]) -> Mouths:
    return (0.25 + 0.75 * loud[:, None] ** 1.5) * (loud[:, None] > 0) * LAUGH_SHAPE


def _speaking(phones: Sequence[Phone], loud: Float[np.ndarray, " ticks"]) -> Mouths:
    """Dominance functions of all phones at four moments of every tick (Cohen and Massaro 1993)."""
    centre, length, dominance, shapes, closes = _segments(phones)
    times = (np.arange(len(loud))[:, None] * TICK_S + SUB_TICKS_S).ravel()
    offset = times[:, None] - centre
    away = np.abs(offset)
    reach = np.where(offset < 0, ANTICIPATION_S, CARRY_OVER_S)
    weight = np.exp(-np.maximum(0, away - CORE * length) / reach)
    weight *= dominance * np.minimum(1.0, length / 0.05)
    mouths = (weight @ shapes) / (weight.sum(axis=1, keepdims=True) + 0.05)
    mouths = mouths.reshape(len(loud), len(SUB_TICKS_S), -1).mean(axis=1)
    mouths[:, JAW] *= LEAST_JAW + JAW_BY_LOUDNESS * loud
    if closes.any():
        edge = np.maximum(0, away[:, closes] - CORE * length[closes]) / CLOSURE_EDGE_S
        closure = np.exp(-(edge**2)).max(axis=1).reshape(len(loud), -1).max(axis=1)[:, None]
        mouths[:, CLOSING] += closure * (BILABIAL - mouths)[:, CLOSING]
    return mouths


def _segments(
    phones: Sequence[Phone],
) -> tuple[
    Float[np.ndarray, " n"],
    Float[np.ndarray, " n"],
    Float[np.ndarray, " n"],
    Float[np.ndarray, "n 10"],
    Bool[np.ndarray, " n"],
]:
    """Middle, length, dominance, shape of every part of every phone, and whether it is bilabial."""
    middles, lengths, names = list[float](), list[float](), list[str]()
    for phone in phones:
        classes = visemes_of(phone.symbol)
        length = (phone.end_s - phone.start_s) / len(classes)
        if length < SHORTEST_S:
            continue
        for i, name in enumerate(classes):
            middles.append(phone.start_s + (i + 0.5) * length)
            lengths.append(length)
            names.append(name)
    shapes = np.array([VISEMES[name].mouth for name in names]).reshape(-1, len(SHAPE))
    return (
        np.array(middles),
        np.array(lengths),
        np.array([VISEMES[name].dominance for name in names]),
        shapes.astype(np.float64),
        np.array([name == "bilabial" for name in names], bool),
    )


def _accents(line: Line, loud: Float[np.ndarray, " ticks"]) -> set[int]:
    stressed = {
        line.start + int(phone.start_s * SAMPLE_RATE) // TICK
        for phone in line.phones
        if STRESS in phone.symbol
    }
    if stressed:
        return stressed
    rising = (loud[1:] > LOUD) & (np.diff(loud) > LOUDER)
    return {line.start + 1 + int(i) for i in np.nonzero(rising)[0]}
