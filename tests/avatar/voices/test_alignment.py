import shutil
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest
import soxr

from avatar.clock import SAMPLE_RATE
from avatar.errors import VoiceError
from avatar.tick import Phone
from avatar.voices.alignment import align
from avatar.voices.base import Speech, speak
from avatar.voices.espeak import EspeakConfig, EspeakVoice
from avatar.voices.flite import FliteConfig, FliteVoice

TEXTS = (
    "Pop the bubble before the baby wakes up.",
    "My mother makes marmalade in the month of May.",
    "Please bring a map, a lamp and a piece of bamboo.",
    "She sells sea shells by the sea shore, but people prefer pebbles.",
    "Paul put the paper cup upon the table. Bob picked it up. Nobody minded.",
)

ALIKE = str.maketrans({"i": "ɪ", "ᵻ": "ɪ", "ɐ": "ə", "ʌ": "ə", "ɾ": "t", "ɚ": "ɜ", "ɑ": "ɔ"})
"""Sounds that two engines spell differently."""


@pytest.fixture(scope="module")
def espeak() -> Iterator[EspeakVoice]:
    voice = EspeakVoice(EspeakConfig())
    yield voice
    voice.close()


def recording(speech: Speech) -> np.ndarray:
    sound = speech.pcm.astype(np.float32) / 32768
    return soxr.resample(sound, speech.rate, SAMPLE_RATE).astype(np.float32)


def flite(name: str, text: str) -> Speech:
    if shutil.which("flite") is None:
        pytest.skip("needs the Debian package flite")
    return speak(FliteVoice(FliteConfig(name)), text)


def pairs(true: tuple[Phone, ...], found: tuple[Phone, ...]) -> list[tuple[Phone, Phone]]:
    """Phones of two engines that are the same sound of the same word."""
    names = [
        ["".join(c for c in p.symbol if c not in "ˈˌː").translate(ALIKE) for p in phones]
        for phones in (true, found)
    ]
    blocks = SequenceMatcher(None, *names, autojunk=False).get_matching_blocks()
    same = [(true[b.a + n], found[b.b + n]) for b in blocks for n in range(b.size)]
    return [(a, b) for a, b in same if a.symbol]


@pytest.mark.parametrize("name", ["slt", "rms"])
def test_boundaries_lie_where_the_recorded_voice_has_them(name: str, espeak: EspeakVoice) -> None:
    errors: list[float] = []
    lips: list[float] = []
    for text in TEXTS:
        speech = flite(name, text)
        for true, found in pairs(speech.phones, align(text, recording(speech), espeak)):
            errors.append(abs(found.start_s - true.start_s))
            if true.symbol in ("p", "b", "m"):
                lips.append(abs(found.start_s - true.start_s))
    assert len(errors) > 120
    assert len(lips) > 30
    assert np.median(errors) <= 0.015
    assert np.percentile(errors, 90) <= 0.06
    assert np.median(lips) <= 0.015


def test_closed_lips_overlap(espeak: EspeakVoice) -> None:
    overlaps: list[bool] = []
    for text in TEXTS:
        speech = flite("slt", text)
        for true, found in pairs(speech.phones, align(text, recording(speech), espeak)):
            if true.symbol in ("p", "b", "m"):
                overlaps.append(found.start_s < true.end_s and true.start_s < found.end_s)
    assert len(overlaps) > 30
    assert np.mean(overlaps) > 0.95


def test_phones_cover_the_recording_and_silence_becomes_pauses(espeak: EspeakVoice) -> None:
    speech = flite("slt", TEXTS[0])
    silence = np.zeros(SAMPLE_RATE // 2, np.float32)
    sound = recording(speech)
    plain = align(TEXTS[0], sound, espeak)
    padded = align(TEXTS[0], np.concatenate([silence, sound, silence]), espeak)
    assert padded[0].start_s == 0
    assert padded[-1].end_s == pytest.approx(speech.duration_s + 1.0, abs=1e-3)
    assert all(a.end_s == b.start_s and a.end_s >= a.start_s for a, b in pairwise(padded))
    moved = [b.start_s - a.start_s for a, b in pairs(plain, padded)]
    assert np.median(moved) == pytest.approx(0.5, abs=0.011)
    assert padded[0].symbol == ""


def test_noise_is_borne(espeak: EspeakVoice) -> None:
    speech = flite("rms", TEXTS[3])
    sound = recording(speech)
    hiss = np.random.default_rng(1).normal(0, 0.1 * np.sqrt(np.mean(sound**2)), len(sound))
    found = align(TEXTS[3], (sound + hiss).astype(np.float32), espeak)
    errors = [abs(b.start_s - a.start_s) for a, b in pairs(speech.phones, found)]
    assert np.median(errors) <= 0.025


def test_another_text_is_refused(espeak: EspeakVoice) -> None:
    sound = recording(flite("slt", TEXTS[0]))
    for other in TEXTS[1:4]:
        with pytest.raises(VoiceError, match="does not sound like"):
            align(other, sound, espeak)


def test_a_duration_that_cannot_be_is_refused(espeak: EspeakVoice) -> None:
    minute = np.zeros(60 * SAMPLE_RATE, np.float32)
    for sound in (minute, minute[:100], minute[:0]):
        with pytest.raises(VoiceError, match="belong together"):
            align("Good morning.", sound, espeak)


def test_silence_and_noise_are_refused(espeak: EspeakVoice) -> None:
    silence = np.zeros(3 * SAMPLE_RATE, np.float32)
    noise = np.random.default_rng(2).normal(0, 0.1, len(silence)).astype(np.float32)
    for sound in (silence, noise):
        with pytest.raises(VoiceError, match="does not sound like"):
            align(TEXTS[0], sound, espeak)


@pytest.mark.realtime
def test_a_minute_takes_less_than_three_seconds(espeak: EspeakVoice) -> None:
    text = " ".join(TEXTS * 4)
    sound = recording(speak(espeak, text))
    assert len(sound) > 60 * SAMPLE_RATE
    began = time.perf_counter()
    align(text, sound, espeak)
    assert time.perf_counter() - began < 3.0
