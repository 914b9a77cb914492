"""What a microphone in a room hears of a person: level, echoes of the walls, colour, noise, clicks,
clipping, automatic gain, noise suppression, and the other side's voice from a loudspeaker.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy import signal

from avatar.clock import SAMPLE_RATE, TICK, TICK_S
from avatar.synthetic.dialogues.noises import NOISES, NoiseKind
from avatar.tick import Samples

ABSENT, CLEAN = 0.06, 0.30
"""Shares of people without a microphone, and with a perfect one."""
LEVEL_DB, LEVEL_SPREAD_DB, LEVELS_DB = -24.0, 5.0, (-40.0, -12.0)
"""Speech: mean, standard deviation and bounds, dBFS rms."""
SPEECH_RANGE_DB, QUIETEST_SPEECH_DB = 30.0, -60.0
"""Frames within this range of the loudest one are speech, unless they are quieter than anything."""
FRAME = SAMPLE_RATE // 50
USUAL_LEVEL_DB = -22.0
"""Of a voice that says nothing: noise and echo are set against it."""
RINGING_S = 0.05
"""Filters of the microphone have died away after this time."""
PEAK = 0.98
AGC_FALL_S, AGC_RISE_S, AGC_MOST_DB, AGC_SILENCE_DB = 0.1, 2.0, 15.0, -50.0
GATE_HOLD = 5
"""Ticks for which noise suppression waits after speech."""
CLICK_S, CLICK_DB = (0.004, 0.04), (-10.0, 12.0)
"""Time constants of clicks, and their strength against the speech."""


@dataclass(frozen=True, slots=True)
class Reverberation:
    """Time in which the room decays by 60 dB, and its energy against the direct sound."""

    rt60_s: float
    energy_db: float


@dataclass(frozen=True, slots=True)
class Colour:
    """Band of a microphone in Hz, and a tilt: + 0.4 lifts treble by about 7 dB, - lifts bass."""

    low_hz: float
    high_hz: float
    tilt: float


@dataclass(frozen=True, slots=True)
class Noise:
    """Steady noise, and how far it lies below speech."""

    kind: NoiseKind
    snr_db: float


@dataclass(frozen=True, slots=True)
class LoudspeakerEcho:
    """The other's voice comes back after `delay_s`, at `level_db` against the own speech."""

    delay_s: float
    level_db: float


@dataclass(frozen=True, slots=True)
class Pickup:
    """How one person is picked up.

    `level_db` is dBFS rms of the speech; the whole is quieter where it would overload. `clip_db` is
    how far below the highest peak the waveform is cut. `gate_db` is how far noise suppression turns
    down what is no speech. `muted` are spans in seconds.
    """

    level_db: float
    reverberation: Reverberation | None = None
    colour: Colour | None = None
    noise: Noise | None = None
    echo: LoudspeakerEcho | None = None
    clicks_per_minute: float = 0.0
    clip_db: float = 0.0
    automatic_gain: bool = False
    gate_db: float = 0.0
    muted: tuple[tuple[float, float], ...] = ()


def microphone(
    rng: np.random.Generator, voice: Samples, other_voice: Samples, *, working: bool = False
) -> Samples | None:
    """What is heard of `voice`, as long as it and in [-1, 1]; None where there is no microphone.

    A `working` one is there and never muted.
    """
    pickup = drawn_pickup(rng, len(voice) / SAMPLE_RATE)
    while working and (pickup is None or pickup.muted):
        pickup = drawn_pickup(rng, len(voice) / SAMPLE_RATE)
    return None if pickup is None else picked_up(pickup, rng, voice, other_voice)


def drawn_pickup(rng: np.random.Generator, seconds: float) -> Pickup | None:
    """A place and a device as people have them; None for none."""
    if rng.random() < ABSENT:
        return None
    level = float(np.clip(rng.normal(LEVEL_DB, LEVEL_SPREAD_DB), *LEVELS_DB))
    if rng.random() < CLEAN:
        return Pickup(level)

    def maybe(share: float) -> bool:
        return rng.random() < share

    return Pickup(
        level,
        Reverberation(rng.uniform(0.1, 0.6), rng.uniform(-15, 2)) if maybe(0.6) else None,
        Colour(
            low_hz=rng.uniform(40, 250),
            high_hz=rng.choice([3400.0, 5500.0, 7000.0, 7800.0]),
            tilt=rng.uniform(-0.4, 0.4),
        )
        if maybe(0.6)
        else None,
        Noise(_noise_kind(rng), rng.uniform(5, 50)) if maybe(0.85) else None,
        LoudspeakerEcho(rng.uniform(0.02, 0.25), rng.uniform(-40, -18)) if maybe(0.4) else None,
        clicks_per_minute=rng.uniform(1, 20) if maybe(0.25) else 0.0,
        clip_db=rng.uniform(1, 9) if maybe(0.12) else 0.0,
        automatic_gain=maybe(0.2),
        gate_db=rng.uniform(8, 60) if maybe(0.25) else 0.0,
        muted=_mutes(rng, seconds) if maybe(0.1) else (),
    )


def picked_up(
    pickup: Pickup, rng: np.random.Generator, voice: Samples, other_voice: Samples
) -> Samples:
    """The sound of one microphone."""
    heard = _convolved(voice, response(pickup.reverberation, pickup.colour, rng))
    speech = _at_level(heard, speech_level_db(heard), pickup.level_db)
    overload = float(np.abs(speech).max(initial=PEAK)) / PEAK
    speech, level_db = speech / np.float32(overload), pickup.level_db - _decibels(overload)
    sound = speech + _around(pickup, level_db, rng, voice, other_voice)
    if pickup.gate_db > 0:
        sound *= _gate(speech, level_db, pickup.gate_db)
    if pickup.automatic_gain:
        sound *= _automatic_gain(sound, level_db)
    ceiling = PEAK
    if pickup.clip_db > 0:
        ceiling = min(PEAK, float(np.abs(sound).max(initial=0.0)) * _ratio(-pickup.clip_db))
    sound = np.clip(sound, -ceiling, ceiling).astype(np.float32)
    for begin, end in pickup.muted:
        sound[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)] = 0
    return sound


def speech_level_db(sound: Samples) -> float | None:
    """Root mean square of the speech in dBFS; None where nobody speaks."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.square(frames, dtype=np.float32).mean(axis=1)
    loudest = power.max(initial=0.0)
    if loudest < 10 ** (QUIETEST_SPEECH_DB / 10):
        return None
    return float(10 * np.log10(power[power > loudest * 10 ** (-SPEECH_RANGE_DB / 10)].mean()))


def response(
    reverberation: Reverberation | None, colour: Colour | None, rng: np.random.Generator
) -> Samples:
    """Impulse response from the mouth through the microphone; the direct sound is the first."""
    tail_s = 0.0 if reverberation is None else reverberation.rt60_s
    impulse = np.zeros(round((tail_s + RINGING_S) * SAMPLE_RATE))
    impulse[0] = 1.0
    if reverberation is not None:
        first = round(rng.uniform(0.002, 0.012) * SAMPLE_RATE)
        time = np.arange(len(impulse) - first) / SAMPLE_RATE
        tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / reverberation.rt60_s)
        impulse[first:] += tail * _ratio(reverberation.energy_db) / np.linalg.norm(tail)
    sound = impulse.astype(np.float32)
    return sound if colour is None else _filtered(sound, colour)


def _convolved(sound: Samples, impulse: Samples) -> Samples:
    return signal.oaconvolve(sound, impulse)[: len(sound)].astype(np.float32)


def _filtered(sound: Samples, colour: Colour) -> Samples:
    high: Any = signal.butter(2, colour.low_hz, "highpass", fs=SAMPLE_RATE, output="sos")
    low: Any = signal.butter(4, colour.high_hz, "lowpass", fs=SAMPLE_RATE, output="sos")
    tilt = [[1.0, -colour.tilt, 0.0, 1.0, 0.0, 0.0]]
    filtered: Any = signal.sosfilt(np.concatenate([high, low, tilt]), sound)
    return filtered.astype(np.float32)


def _at_level(sound: Samples, level_db: float | None, wanted_db: float) -> Samples:
    gain = wanted_db - (USUAL_LEVEL_DB if level_db is None else level_db)
    return sound * np.float32(_ratio(gain))


def _around(
    pickup: Pickup, level_db: float, rng: np.random.Generator, voice: Samples, other: Samples
) -> Samples:
    """All that is heard besides the person: the loudspeaker, noise and clicks."""
    sound = np.zeros(len(voice), np.float32)
    if pickup.echo is not None:
        back = _convolved(other, response(pickup.reverberation, pickup.colour, rng))
        back = _at_level(back, speech_level_db(back), level_db + pickup.echo.level_db)
        late = round(pickup.echo.delay_s * SAMPLE_RATE)
        sound[late:] += back[: max(0, len(back) - late)]
    if pickup.noise is not None:
        noise = NOISES[pickup.noise.kind](rng, voice, other)
        noise = noise if pickup.colour is None else _filtered(noise, pickup.colour)
        sound += _at_level(noise, _rms_db(noise), level_db - pickup.noise.snr_db)
    return sound + _clicks(pickup.clicks_per_minute, level_db, rng, len(voice))


def _clicks(per_minute: float, level_db: float, rng: np.random.Generator, length: int) -> Samples:
    """Keys, knocks and crackle: bursts that die away within some milliseconds."""
    sound = np.zeros(length, np.float32)
    for _ in range(rng.poisson(per_minute * length / (60 * SAMPLE_RATE))):
        decay = rng.uniform(*CLICK_S) * SAMPLE_RATE
        time = np.arange(round(3 * decay))
        burst = rng.standard_normal(len(time)) * np.exp(-time / decay)
        begin = rng.integers(0, length)
        piece = burst[: length - begin] * _ratio(level_db + rng.uniform(*CLICK_DB))
        sound[begin : begin + len(piece)] += piece
    return sound


def _gate(speech: Samples, level_db: float, gate_db: float) -> Samples:
    """Gain of noise suppression: 1 in speech and a moment after it."""
    ticks = speech[: len(speech) // TICK * TICK].reshape(-1, TICK)
    loud: Bool[np.ndarray, " n"] = np.square(ticks).mean(axis=1) > 10 ** (
        (level_db - SPEECH_RANGE_DB) / 10
    )
    spoken = np.convolve(loud, np.ones(GATE_HOLD))[: len(loud)] > 0
    return _per_sample(np.where(spoken, 1.0, _ratio(-gate_db)), len(speech))


def _automatic_gain(sound: Samples, target_db: float) -> Samples:
    """Gain that follows the level of past ticks: down fast, up slowly, and not in silence."""
    levels = [_rms_db(tick) for tick in sound[: len(sound) // TICK * TICK].reshape(-1, TICK)]
    fall, rise = (1 - np.exp(-TICK_S / time) for time in (AGC_FALL_S, AGC_RISE_S))
    gain_db, gains = 0.0, [1.0]
    for level in levels:
        if level > AGC_SILENCE_DB:
            wish = float(np.clip(target_db - level, -AGC_MOST_DB, AGC_MOST_DB))
            gain_db += (fall if wish < gain_db else rise) * (wish - gain_db)
        gains.append(_ratio(gain_db))
    return _per_sample(np.array(gains), len(sound))


def _per_sample(gains: Float[np.ndarray, " n"], length: int) -> Samples:
    """Gains of ticks, each reached at the end of its tick."""
    at = np.arange(length, dtype=np.float32) / TICK
    return np.interp(at, np.arange(1, len(gains) + 1), gains).astype(np.float32)


def _mutes(rng: np.random.Generator, seconds: float) -> tuple[tuple[float, float], ...]:
    begins = rng.uniform(0, seconds, rng.integers(1, 4))
    return tuple((float(begin), float(begin + rng.uniform(2, 15))) for begin in begins)


def _noise_kind(rng: np.random.Generator) -> NoiseKind:
    return list(NOISES)[rng.integers(len(NOISES))]


def _ratio(db: float) -> float:
    return 10 ** (db / 20)


def _decibels(ratio: float) -> float:
    return float(20 * np.log10(ratio))


def _rms_db(sound: Float32[np.ndarray, " n"]) -> float:
    return float(10 * np.log10(np.square(sound).mean() + 1e-12))
