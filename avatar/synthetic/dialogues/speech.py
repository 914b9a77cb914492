"""Speaking the lines of a conversation: text in, sound at 16 kHz in whole ticks and phones out."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import NamedTuple, TypeAlias

import numpy as np
import soxr
from jaxtyping import Float64

from avatar.clock import SAMPLE_RATE, TICK
from avatar.errors import UnknownPart, VoiceError
from avatar.synthetic.dialogues.scene import Person
from avatar.tick import Phone, Samples
from avatar.voices.base import Speech, Voice, speak
from avatar.voices.espeak import EspeakConfig
from avatar.voices.festival import FestivalConfig, FestivalVoice
from avatar.voices.flite import FliteConfig, FliteVoice
from avatar.voices.phonesets import PAUSE
from avatar.voices.text import spoken_text
from avatar.workers import Worker

FRAME = SAMPLE_RATE // 100
"""Samples of the frames in which loudness is measured: 10 ms."""

AUDIBLE_DB = -42.0
"""Frames within this of the loudest are heard; the rest at either end is silence."""

SPEAKING_DB = -30.0
"""Frames within this of the loudest count for the level of a voice."""

SILENCE_KEPT = 3 * FRAME
"""Samples of silence that stay before and after a line."""

PEAK = 0.95
"""No sample is louder: a line that would be is said more softly."""

TAPE_RANGE = 0.3
"""How much faster engines without a pitch play from the lowest pitch, 0, to the highest, 100."""

ESPEAK_RATE = 22_050
"""Samples a second of espeak-ng."""

PITCH_RANGES = (35, 50, 65)
"""Liveliness of espeak-ng's melody, from composed people to lively ones."""


class Spoken(NamedTuple):
    """Sound at 16 kHz in whole ticks and the phones that cover it."""

    audio: Samples
    phones: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class _Delivery:
    """All that a sound depends on, but for its level."""

    engine: str
    voice: str
    words_per_minute: int
    pitch: int
    pitch_range: int


_Key: TypeAlias = tuple[_Delivery, str]


class Speaker:
    """Says lines in every voice of the cast and remembers the latest.

    Use it as a context manager or call `close`. One thread at a time may use it.
    """

    def __init__(self, *, remembered_s: float = 600.0) -> None:
        """Keep up to `remembered_s` seconds of speech to be said again (64 kB each)."""
        self._espeak = Worker("avatar.voices.espeak_worker", name="the espeak-ng worker")
        self._voices: dict[tuple[str, str], Voice] = {}
        self._said: OrderedDict[_Key, Spoken] = OrderedDict()
        self._free = round(remembered_s * SAMPLE_RATE)

    def __enter__(self) -> "Speaker":
        """Nothing is started before the first line."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes."""
        self.close()

    def say(self, person: Person, text: str) -> Spoken:
        """A line at the person's level.

        Raises UnknownPart for an engine that is none, PartUnavailable when it is not installed,
        VoiceError when it has no such voice or makes no sound of the text.
        """
        delivery = _Delivery(
            person.engine,
            person.voice,
            person.words_per_minute,
            person.pitch,
            PITCH_RANGES[min(2, int(3 * person.style.intensity))],
        )
        key = (delivery, text)
        if key not in self._said:
            self._remember(key, _prepared(*self._speech(delivery, text), text))
        self._said.move_to_end(key)
        audio, phones = self._said[key]
        return Spoken(at_level(audio, person.level_db), phones)

    def close(self) -> None:
        """End the processes and forget everything that was said."""
        self._espeak.close()
        for voice in self._voices.values():
            voice.close()
        self._voices.clear()

    def _remember(self, key: _Key, spoken: Spoken) -> None:
        self._said[key] = spoken
        self._free -= len(spoken.audio)
        while self._free < 0 and len(self._said) > 1:
            _, forgotten = self._said.popitem(last=False)
            self._free += len(forgotten.audio)

    def _speech(self, delivery: _Delivery, text: str) -> tuple[Speech, float]:
        """Speech, and how much faster than recorded it should be played."""
        if delivery.engine == "espeak":
            return self._espeak_speech(delivery, text), 1.0
        voice = self._voice(delivery.engine, delivery.voice)
        return speak(voice, text), 1 + TAPE_RANGE * (delivery.pitch - 50) / 100

    def _espeak_speech(self, delivery: _Delivery, text: str) -> Speech:
        """What `EspeakVoice` would say, from one process for all voices."""
        config = EspeakConfig(
            delivery.voice, delivery.words_per_minute, delivery.pitch, delivery.pitch_range
        )
        request = {"do": "say", **asdict(config)}
        replies = list(self._espeak.request(request, spoken_text(text).encode()))
        return Speech(
            pcm=np.frombuffer(b"".join(reply.payload for reply in replies), np.int16),
            rate=ESPEAK_RATE,
            phones=tuple(
                Phone(symbol, start / ESPEAK_RATE, end / ESPEAK_RATE)
                for reply in replies
                for symbol, start, end in reply.header["phones"]
            ),
            words=(),
        )

    def _voice(self, engine: str, name: str) -> Voice:
        if (engine, name) not in self._voices:
            if engine == "flite":
                voice: Voice = FliteVoice(FliteConfig(name))
            elif engine == "festival":
                voice = FestivalVoice(FestivalConfig(name))
            else:
                raise UnknownPart(f"no engine {engine!r}: espeak, flite and festival can speak")
            self._voices[engine, name] = voice
        return self._voices[engine, name]


def covering(sounds: Iterable[Phone], duration_s: float) -> tuple[Phone, ...]:
    """Phones cut to a sound and lengthened by pauses to cover it; gaps become pauses as well."""
    phones: list[Phone] = []
    at_s = 0.0
    for phone in sounds:
        start_s, end_s = max(phone.start_s, at_s), min(phone.end_s, duration_s)
        if end_s <= start_s:
            continue
        if start_s > at_s:
            phones.append(Phone(PAUSE, at_s, start_s))
        phones.append(Phone(phone.symbol, start_s, end_s))
        at_s = end_s
    if at_s < duration_s:
        phones.append(Phone(PAUSE, at_s, duration_s))
    return tuple(phones)


def whole_ticks(sound: Samples) -> Samples:
    """A sound with silence behind it up to the end of a tick."""
    return np.pad(sound, (0, -len(sound) % TICK)).astype(np.float32)


def at_level(sound: Samples, level_db: float) -> Samples:
    """A sound whose voiced part has a root mean square level in dB of full scale.

    It stays below where a sample would exceed `PEAK`; silence stays silence.
    """
    levels = _frame_power(sound)
    loud = levels[levels > levels.max(initial=0.0) * 10 ** (SPEAKING_DB / 10)]
    if not len(loud):
        return sound
    gain = 10 ** (level_db / 20) / np.sqrt(loud.mean())
    return (sound * np.float32(min(gain, PEAK / np.abs(sound).max()))).astype(np.float32)


def _prepared(speech: Speech, faster: float, text: str) -> Spoken:
    """At 16 kHz, without the silence around it."""
    recorded = speech.pcm.astype(np.float32) / 32768
    sound = soxr.resample(recorded, speech.rate * faster, SAMPLE_RATE).astype(np.float32)
    powers = _frame_power(sound)
    heard = np.flatnonzero(powers > powers.max(initial=0.0) * 10 ** (AUDIBLE_DB / 10))
    if not len(heard):
        raise VoiceError(f"the voice makes no sound of {text[:40]!r}: give it words")
    first = max(0, int(heard[0]) * FRAME - SILENCE_KEPT)
    last = (int(heard[-1]) + 1) * FRAME + SILENCE_KEPT
    audio = whole_ticks(sound[first:last])
    before_s = first / SAMPLE_RATE
    shifted = (
        Phone(phone.symbol, phone.start_s / faster - before_s, phone.end_s / faster - before_s)
        for phone in speech.phones
    )
    return Spoken(audio, covering(shifted, len(audio) / SAMPLE_RATE))


def _frame_power(sound: Samples) -> Float64[np.ndarray, " frames"]:
    """Mean square of every 10 ms; what is behind the last whole frame is left out."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return np.einsum("ft,ft->f", frames, frames, dtype=np.float64) / FRAME
