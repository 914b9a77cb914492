"""Loudness and pitch of a voice, tick by tick, hearing nothing ahead."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from avatar.clock import SAMPLE_RATE, TICK
from avatar.tick import Samples

FRAME = 160
"""Samples of one loudness frame: 10 ms."""
FRAMES = TICK // FRAME
COLOUR_EDGES_HZ = (100, 400, 800, 1300, 2200, 3500, 7000)
"""Bands that tell one vowel from another."""
PITCH_WINDOW = 1024
"""Samples in which pitch is sought: 64 ms."""
LOWEST_HZ, HIGHEST_HZ = 60.0, 450.0
VOICING = 0.5
"""Least normalised autocorrelation of a voiced sound."""
FLOOR_DB = -80.0

ACTIVE_ABOVE_FLOOR_DB = 10.0
QUIETEST_VOICE_DB = -52.0
FLOOR_RISE_DB = 0.06
"""How fast the estimate of the background rises, in dB a tick: 1.5 dB/s."""
FLOOR_FALL = 0.25
HANGOVER = 3
"""Ticks for which a voice counts as active after its last sound."""

_TAPER = np.hanning(FRAME).astype(np.float32)
_PITCH_TAPER = np.hanning(PITCH_WINDOW).astype(np.float32)
_COLOUR_BINS = [round(edge * 256 / SAMPLE_RATE) for edge in COLOUR_EDGES_HZ]


@dataclass(frozen=True, eq=False, slots=True)
class VoiceTick:
    """What a voice does in one tick.

    `level_db` is the loudness relative to full scale, `frames_db` that of its four 10 ms frames and
    `colours_db` of the bands of `COLOUR_EDGES_HZ` in them; `pitch_hz` is the fundamental, 0 where
    unvoiced. `active` is a voice over the background.
    """

    level_db: float
    frames_db: tuple[float, ...]
    colours_db: Float32[np.ndarray, "4 6"]
    pitch_hz: float
    active: bool
    above_floor_db: float


SILENT = VoiceTick(
    level_db=FLOOR_DB,
    frames_db=(FLOOR_DB,) * FRAMES,
    colours_db=np.full((FRAMES, len(COLOUR_EDGES_HZ) - 1), FLOOR_DB, np.float32),
    pitch_hz=0.0,
    active=False,
    above_floor_db=0.0,
)


@dataclass(frozen=True, eq=False, slots=True)
class ProsodyState:
    """The last samples, the background's loudness and how long the voice was still."""

    past: Samples = field(default_factory=lambda: np.zeros(PITCH_WINDOW - TICK, np.float32))
    floor_db: float = -60.0
    still: int = HANGOVER


def hear(
    samples: Float32[np.ndarray, "640"], state: ProsodyState
) -> tuple[VoiceTick, ProsodyState]:
    """Analyse one tick."""
    window = np.concatenate([state.past, samples])
    power = (samples.reshape(-1, FRAME) ** 2).mean(axis=1, dtype=np.float64)
    frames = tuple(float(10 * np.log10(p + 1e-8)) for p in power)
    level = float(10 * np.log10(power.mean() + 1e-8))
    rising = min(level, state.floor_db + FLOOR_RISE_DB)
    floor = (
        rising if level > state.floor_db else state.floor_db + FLOOR_FALL * (level - state.floor_db)
    )
    floor = max(floor, FLOOR_DB)
    above = level - floor
    sounding = above > ACTIVE_ABOVE_FLOOR_DB and level > QUIETEST_VOICE_DB
    still = 0 if sounding else state.still + 1
    tick = VoiceTick(
        level_db=level,
        frames_db=frames,
        colours_db=colours(samples),
        pitch_hz=pitch(window) if sounding else 0.0,
        active=still < HANGOVER,
        above_floor_db=above,
    )
    return tick, ProsodyState(window[-(PITCH_WINDOW - TICK) :], floor, still)


def colours(samples: Float32[np.ndarray, "640"]) -> Float32[np.ndarray, "4 6"]:
    """Level of every colour band in every frame, in dB."""
    frames = samples.reshape(-1, FRAME) * _TAPER
    spectrum = np.abs(np.fft.rfft(frames, 256, axis=1)) ** 2
    return (10 * np.log10(np.add.reduceat(spectrum, _COLOUR_BINS, axis=1)[:, :-1] + 1e-6)).astype(
        np.float32
    )


def pitch(window: Float32[np.ndarray, "1024"]) -> float:
    """Fundamental frequency in Hz by autocorrelation, 0 where there is none."""
    tapered = window * _PITCH_TAPER
    spectrum = np.fft.rfft(tapered, 2 * len(window))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(window)]
    if correlation[0] < 1e-9:
        return 0.0
    shortest, longest = int(SAMPLE_RATE / HIGHEST_HZ), int(SAMPLE_RATE / LOWEST_HZ)
    taper = 1 - np.arange(longest) / len(window)
    normal = correlation[:longest] / (correlation[0] * taper)
    lag = shortest + int(normal[shortest:].argmax())
    return SAMPLE_RATE / lag if normal[lag] > VOICING else 0.0
