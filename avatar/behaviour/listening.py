"""Listening: the cues in a user's voice that a listener answers.

Ends of phrases and turns, questions (pitch rising before a pause), and regions of low pitch, the
cue of Ward and Tsukahara (2000): 110 ms below the speaker's 26th percentile after 700 ms of speech.
Laughter shows as calls at 4 to 6 Hz, far more regular and deeper than syllables (Bachorowski et al.
2001).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32

from avatar.audio.prosody import SILENT, ProsodyState, VoiceTick, hear
from avatar.behaviour.shapes import toward
from avatar.clock import FPS, ticks_in
from avatar.tick import Tick

PHRASE, PAUSE = 1, ticks_in(0.16)
"""Ticks of silence, beyond the detector's hangover of 120 ms, that end a phrase and a turn."""
SPOKEN_BEFORE_PHRASE = ticks_in(0.5)
SPOKEN_BEFORE_CUE = ticks_in(0.7)
LOW_REGION = ticks_in(0.11)
LOW_PERCENTILE = 26
PITCHES_KEPT = 120
QUESTION_RISE = 1.10
LAUGH_CALLS = 4
LAUGH_GAP_S = (0.14, 0.30)
LAUGH_DIP_DB = 11.0
LAUGH_IRREGULARITY = 0.16
LAUGH_MEMORY = 150
"""10 ms frames in which calls are counted."""
LAUGH_REFRACTORY = 3 * FPS
LAUGH_STALE = 40
"""Frames after the last call's start in which it still counts as fresh."""
QUIETEST_LAUGH_DB = -42.0
LAUGH_VOWEL_CHANGE_DB = 1.8

Levels: TypeAlias = Float32[np.ndarray, " frames"]
Colours: TypeAlias = Float32[np.ndarray, "frames 6"]


class Cue(StrEnum):
    """What a listener may answer."""

    ONSET = "onset"
    PHRASE = "phrase"
    PAUSE = "pause"
    QUESTION = "question"
    LOW_PITCH = "low pitch"
    LAUGH = "laugh"


@dataclass(frozen=True, eq=False, slots=True)
class ListeningState:
    """What was heard so far; counts are ticks."""

    prosody: ProsodyState
    voice: VoiceTick = SILENT
    spoken: int = 0
    phrase: int = 0
    silent: int = FPS
    pitches: tuple[float, ...] = ()
    recent: tuple[float, ...] = ()
    low: int = 0
    since_low_cue: int = FPS
    levels: Levels = field(default_factory=lambda: np.zeros(0, np.float32))
    colours: Colours = field(default_factory=lambda: np.zeros((0, 6), np.float32))
    since_laugh: int = LAUGH_REFRACTORY
    level: float = 0.0
    engaged: float = 0.0

    @classmethod
    def start(cls) -> "ListeningState":
        """Before anything was heard."""
        return cls(ProsodyState())


def listen(tick: Tick, state: ListeningState) -> tuple[tuple[Cue, ...], ListeningState]:
    """Hear one tick of the user."""
    if tick.user_audio is None:
        voice, prosody = SILENT, state.prosody
    else:
        voice, prosody = hear(tick.user_audio, state.prosody)
    after = _follow(voice, replace(state, prosody=prosody, voice=voice))
    cues: list[Cue] = []
    if voice.active and not state.voice.active and state.silent >= ticks_in(0.3):
        cues.append(Cue.ONSET)
    if after.silent == PHRASE and state.phrase >= SPOKEN_BEFORE_PHRASE:
        cues.append(Cue.PHRASE)
        after = replace(after, phrase=0)
    if after.silent == PAUSE and state.spoken >= SPOKEN_BEFORE_CUE:
        cues.append(Cue.QUESTION if _rises(after) else Cue.PAUSE)
        after = replace(after, spoken=0, recent=())
    if after.low == LOW_REGION and state.spoken >= SPOKEN_BEFORE_CUE and after.since_low_cue > FPS:
        cues.append(Cue.LOW_PITCH)
        after = replace(after, since_low_cue=0)
    if after.since_laugh >= LAUGH_REFRACTORY and laughter(after.levels, after.colours):
        cues.append(Cue.LAUGH)
        after = replace(after, since_laugh=0)
    return tuple(cues), after


def _follow(voice: VoiceTick, state: ListeningState) -> ListeningState:
    pitches, recent = state.pitches, state.recent
    if voice.pitch_hz > 0:
        pitches, recent = (
            (*pitches, voice.pitch_hz)[-PITCHES_KEPT:],
            (*recent, voice.pitch_hz)[-12:],
        )
    low = (
        voice.pitch_hz > 0
        and len(pitches) > 20
        and voice.pitch_hz < np.percentile(pitches, LOW_PERCENTILE)
    )
    loudness = min(1.0, max(0.0, voice.above_floor_db / 35)) if voice.active else 0.0
    return replace(
        state,
        spoken=state.spoken + 1 if voice.active else state.spoken,
        phrase=state.phrase + 1 if voice.active else state.phrase,
        silent=0 if voice.active else state.silent + 1,
        pitches=pitches,
        recent=recent,
        low=state.low + 1 if low else 0,
        since_low_cue=state.since_low_cue + 1,
        levels=np.append(state.levels, np.array(voice.frames_db, np.float32))[-LAUGH_MEMORY:],
        colours=np.concatenate([state.colours, voice.colours_db])[-LAUGH_MEMORY:],
        since_laugh=state.since_laugh + 1,
        level=toward(state.level, loudness, up=0.5, down=0.2),
        engaged=toward(state.engaged, float(voice.active), up=0.08, down=0.025),
    )


def _rises(state: ListeningState) -> bool:
    """Whether the last voiced ticks lie clearly above the speaker's usual pitch."""
    if len(state.recent) < 4 or len(state.pitches) < 12:
        return False
    return float(np.mean(state.recent[-3:])) > QUESTION_RISE * float(np.median(state.pitches))


def laughter(levels_db: Levels, colours_db: Colours) -> bool:
    """Whether the last 1.5 s of 10 ms frames end in calls of laughter.

    Calls are evenly spaced, parted by dips, about as loud as each other, and all of one vowel; the
    last is what syllables are not.
    """
    if len(levels_db) < LAUGH_MEMORY // 2 or levels_db.max() < QUIETEST_LAUGH_DB:
        return False
    smooth = np.convolve(levels_db, np.ones(3) / 3, "same")
    loud = smooth > smooth.max() - LAUGH_DIP_DB
    starts = np.nonzero(loud[1:] & ~loud[:-1])[0][-LAUGH_CALLS:].tolist()
    if len(starts) < LAUGH_CALLS or len(smooth) - starts[-1] > LAUGH_STALE:
        return False
    gaps = np.diff(starts) * 0.01
    low, high = LAUGH_GAP_S
    if gaps.std() > LAUGH_IRREGULARITY * gaps.mean() or gaps.min() < low or gaps.max() > high:
        return False
    ends = [*starts[1:], len(smooth)]
    peaks = [
        begin + int(smooth[begin:end].argmax()) for begin, end in zip(starts, ends, strict=True)
    ]
    dips = [float(smooth[a:b].min()) for a, b in pairwise(peaks)]
    shallow = any(
        min(smooth[a], smooth[b]) - dip < LAUGH_DIP_DB
        for (a, b), dip in zip(pairwise(peaks), dips, strict=True)
    )
    return not shallow and vowel_change_db(colours_db, peaks) < LAUGH_VOWEL_CHANGE_DB


def vowel_change_db(colours_db: Colours, peaks: Sequence[int]) -> float:
    """How far the colour of the sound at some frames differs from their mean, root mean square."""
    shapes = np.stack([colours_db[max(0, peak - 2) : peak + 3].mean(axis=0) for peak in peaks])
    shapes -= shapes.mean(axis=1, keepdims=True)
    return float(np.sqrt(((shapes - shapes.mean(axis=0)) ** 2).mean()))
