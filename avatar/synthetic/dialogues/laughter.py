"""Synthesised laughter of the kinds that people produce (Bachorowski et al. 2001).

Song-like laughs are voiced calls of one vowel at about 4 to 5.5 a second over a falling melody,
with breath before each; grunt-like ones are the same without voice and less regular; snort-like
ones are a few bursts of turbulence through the nose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Float32, Float64
from scipy.signal import lfilter

from avatar.clock import SAMPLE_RATE
from avatar.synthetic.dialogues.scene import Person
from avatar.synthetic.dialogues.speech import Spoken, at_level, covering, whole_ticks
from avatar.synthetic.dialogues.voice_cast import voice_of
from avatar.tick import Phone

Sound = Float[np.ndarray, " samples"]


class LaughKind(StrEnum):
    """How a laugh sounds."""

    SONG = "song-like"
    GRUNT = "grunt-like"
    SNORT = "snort-like"


SHARES = {LaughKind.SONG: 0.65, LaughKind.GRUNT: 0.22, LaughKind.SNORT: 0.13}

VOWELS = {
    "ə": (550.0, 1400.0, 2500.0),
    "a": (780.0, 1300.0, 2550.0),
    "ʌ": (680.0, 1200.0, 2500.0),
    "ɛ": (560.0, 1800.0, 2550.0),
    "ɔ": (600.0, 950.0, 2450.0),
    "i": (330.0, 2200.0, 2950.0),
}
"""First three formants of a low voice, in Hz."""

VOWEL_SHARES = (0.28, 0.27, 0.2, 0.12, 0.08, 0.05)

BANDWIDTHS_HZ = (90.0, 120.0, 180.0)


@dataclass(frozen=True, slots=True)
class Throat:
    """Pitch at the start of a laugh, from and to, and how much shorter than a long throat it is."""

    pitch_hz: tuple[float, float]
    formants: float

    def resonances(self, formants: Sequence[float]) -> tuple[float, ...]:
        """Formants of a long throat in this one."""
        return tuple(self.formants * formant for formant in formants)


HIGH, LOW = Throat((260.0, 430.0), 1.16), Throat((150.0, 290.0), 1.0)
"""Laughter is far higher than speech."""

PITCH_FALL = (0.55, 0.9)
"""Pitch of the last call relative to the first."""

CALLS_A_SECOND = (4.2, 5.4)

REGULARITY = 0.03
"""Relative deviation of the calls of a song-like laugh."""

BREATH_SHARE = 0.42
"""Part of a call in which only breath is heard."""

BREATH_LEVEL = 0.02

NOSTRILS_HZ = (1100.0, 2300.0, 3400.0)

CLOSED_LIPS = "m"
"""What the mouth does in a snort."""

LEVEL_SPREAD_DB = 3.0


def laugh(rng: np.random.Generator, person: Person, kind: LaughKind | None = None) -> Spoken:
    """A laugh of a kind, drawn when None, at about the level at which the person speaks."""
    if kind is None:
        kind = LaughKind(str(rng.choice(list(SHARES), p=list(SHARES.values()))))
    throat = HIGH if voice_of(person).high else LOW
    makers = {LaughKind.SONG: _song, LaughKind.GRUNT: _grunt, LaughKind.SNORT: _snort}
    sound, phones = makers[kind](rng, throat)
    level_db = person.level_db + float(rng.uniform(-LEVEL_SPREAD_DB, LEVEL_SPREAD_DB))
    audio = whole_ticks(sound.astype(np.float32))
    return Spoken(at_level(audio, level_db), covering(phones, len(audio) / SAMPLE_RATE))


def _song(rng: np.random.Generator, throat: Throat) -> tuple[Sound, list[Phone]]:
    vowel = str(rng.choice(list(VOWELS), p=VOWEL_SHARES))
    formants = throat.resonances(VOWELS[vowel])
    calls = int(rng.integers(3, 9))
    lengths = 1 / (rng.uniform(*CALLS_A_SECOND) * (1 + REGULARITY * rng.standard_normal(calls)))
    pitch_hz = float(rng.uniform(*throat.pitch_hz))
    fall = rng.uniform(*PITCH_FALL) ** (np.arange(calls) / max(1, calls - 1))
    loudness = np.linspace(1.0, rng.uniform(0.55, 0.9), calls)
    sounds = [
        amount * _call(rng, length, pitch_hz * lower, formants)
        for amount, length, lower in zip(loudness, lengths, fall, strict=True)
    ]
    return np.concatenate(sounds), _call_phones(lengths, vowel)


def _grunt(rng: np.random.Generator, throat: Throat) -> tuple[Sound, list[Phone]]:
    vowel = str(rng.choice(["ə", "ʌ"]))
    calls = int(rng.integers(2, 7))
    lengths = 1 / rng.uniform(3.2, 5.5, calls)
    sounds = [
        _resonant(
            _bump(size, 0.55, 0.16) * rng.standard_normal(size), throat.resonances(VOWELS[vowel])
        )
        * rng.uniform(0.6, 1.0)
        for size in (lengths * SAMPLE_RATE).astype(int).tolist()
    ]
    return np.concatenate(sounds), _call_phones(lengths, vowel)


def _snort(rng: np.random.Generator, throat: Throat) -> tuple[Sound, list[Phone]]:
    bursts = int(rng.integers(1, 4))
    lengths = rng.uniform(0.12, 0.3, bursts)
    nostrils = throat.resonances(NOSTRILS_HZ)
    sounds: list[Sound] = []
    for size in (lengths * SAMPLE_RATE).astype(int).tolist():
        flutter_hz = rng.uniform(20, 40)
        flutter = 1 + 0.6 * np.sin(2 * np.pi * flutter_hz * np.arange(size) / SAMPLE_RATE)
        noise = flutter * _bump(size, 0.45, 0.2) * rng.standard_normal(size)
        sounds.append(_resonant(noise, nostrils))
    ends = np.cumsum([0.0, *lengths]).tolist()
    phones = [Phone(CLOSED_LIPS, start, end) for start, end in pairwise(ends)]
    return np.concatenate(sounds), phones


def _call(
    rng: np.random.Generator, length_s: float, pitch_hz: float, formants: tuple[float, ...]
) -> Float64[np.ndarray, " samples"]:
    """Breath, then a vowel whose pitch rises and falls a little."""
    size = int(length_s * SAMPLE_RATE)
    place = np.linspace(0, 1, size, endpoint=False)
    pitch = pitch_hz * (0.94 + 0.1 * np.sin(np.pi * place))
    cycles = np.cumsum(pitch) / SAMPLE_RATE
    pulses = np.diff(np.floor(cycles), prepend=0.0)
    voice = lfilter([1.0], [1.0, -0.9], pulses) * _bump(size, 0.66, 0.12)
    breath = BREATH_LEVEL * rng.standard_normal(size) * _bump(size, 0.25, 0.14)
    return _resonant(voice + breath, formants)


def _call_phones(lengths: Float64[np.ndarray, " calls"], vowel: str) -> list[Phone]:
    phones: list[Phone] = []
    start_s = 0.0
    for length in lengths.tolist():
        voiced_s, end_s = start_s + BREATH_SHARE * length, start_s + length
        phones += [Phone("h", start_s, voiced_s), Phone(vowel, voiced_s, end_s)]
        start_s = end_s
    return phones


def _resonant(
    source: Float[np.ndarray, " samples"], formants: tuple[float, ...]
) -> Float64[np.ndarray, " samples"]:
    """A source through a vocal tract: one resonance after the other, each of gain 1 at 0 Hz."""
    sound = np.diff(source, prepend=0.0)
    for centre_hz, width_hz in zip(formants, BANDWIDTHS_HZ, strict=True):
        radius = np.exp(-np.pi * width_hz / SAMPLE_RATE)
        poles = [1.0, -2 * radius * np.cos(2 * np.pi * centre_hz / SAMPLE_RATE), radius**2]
        sound = lfilter([sum(poles)], poles, sound)
    return np.asarray(sound)


def _bump(size: int, centre: float, width: float) -> Float32[np.ndarray, " samples"]:
    """A bell over a call; its ends are silent."""
    place = np.linspace(0, 1, size)
    bell = np.exp(-(((place - centre) / width) ** 2))
    return (bell * np.sin(np.pi * place) ** 0.5).astype(np.float32)
