import os
import signal
import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from avatar.errors import VoiceError, WorkerDied
from avatar.tick import Phone
from avatar.voices.base import Speech, Voice, speak
from avatar.voices.espeak import EspeakConfig, EspeakVoice, voice_names
from avatar.voices.text import spoken_text

TEXT = "Pop the bubble, Bob. Are you 42 years old? I'm fine."
LONG = "My mother makes marmalade in May. " * 290
ODD = [
    "<speak><b>bold</b></speak> & [[h@loU]] {x}",
    "well 🎉🎉 done 👩‍👩‍👧",
    "one\ntwo\r\n\n\tthree",
    "nul\0in\0side",
    "a\u200bb \u202e c \ud83d d",
    "%s %n {0} \\x00 $HOME `ls`",
    "https://x.y/z?q=1 1234567 10:45 a.m.",
    "你好 мир café",
    "A" * 500,
]


@pytest.fixture(scope="module")
def voice() -> Iterator[EspeakVoice]:
    voice = EspeakVoice(EspeakConfig())
    yield voice
    voice.close()


@pytest.fixture(scope="module")
def speech(voice: EspeakVoice) -> Speech:
    return speak(voice, TEXT)


def assert_tiled(phones: tuple[Phone, ...], duration_s: float) -> None:
    assert phones[0].start_s == 0
    assert phones[-1].end_s == pytest.approx(duration_s)
    assert all(before.end_s == after.start_s for before, after in pairwise(phones))
    assert all(phone.end_s > phone.start_s for phone in phones)


def sounds(speech: Speech) -> list[str]:
    return [phone.symbol.lstrip("ˈˌ") for phone in speech.phones if phone.symbol]


def level(speech: Speech, phone: Phone) -> float:
    first, last = (round(t * speech.rate) for t in (phone.start_s, phone.end_s))
    return float(np.sqrt(np.mean(speech.pcm[first:last].astype(float) ** 2)))


def test_it_is_a_voice(voice: EspeakVoice) -> None:
    assert isinstance(voice, Voice)
    assert voice.rate == 22_050


def test_phones_cover_the_sound(speech: Speech) -> None:
    assert 3 < speech.duration_s < 8
    assert_tiled(speech.phones, speech.duration_s)
    assert sounds(speech)[:9] == ["p", "ɑː", "p", "ð", "ə", "b", "ʌ", "b", "əl"]


def test_pauses_are_quiet_and_vowels_are_loud(speech: Speech) -> None:
    pauses = [level(speech, phone) for phone in speech.phones if phone.symbol == ""]
    vowels = [level(speech, phone) for phone in speech.phones if phone.symbol in ("ˈɑː", "ˈʌ")]
    assert len(pauses) >= 3
    assert max(pauses) < 100 < 1500 < min(vowels)


def test_a_stop_begins_with_its_closure(voice: EspeakVoice) -> None:
    speech = speak(voice, "Happy, upper, apple.")
    stops = [phone for phone in speech.phones if phone.symbol == "p"]
    assert len(stops) == 3
    for stop in stops:
        closure = Phone("", stop.start_s, stop.start_s + 0.02)
        assert level(speech, closure) < 1
        assert stop.end_s - stop.start_s > 0.05


def test_words_are_the_text_in_order(speech: Speech) -> None:
    words = [word.text for word in speech.words]
    assert words == TEXT.split()
    starts = {phone.start_s for phone in speech.phones}
    assert all(word.start_s in starts for word in speech.words)
    assert all(before.end_s <= after.start_s for before, after in pairwise(speech.words))
    bob, are = speech.words[3:5]
    assert are.start_s - bob.end_s > 0.2


def test_chunks_are_small_and_add_up(voice: EspeakVoice, speech: Speech) -> None:
    chunks = list(voice.say(TEXT))
    assert max(len(chunk.pcm) for chunk in chunks) <= 0.061 * voice.rate
    np.testing.assert_array_equal(np.concatenate([c.pcm for c in chunks]), speech.pcm)
    assert tuple(phone for chunk in chunks for phone in chunk.phones) == speech.phones
    assert tuple(word for chunk in chunks for word in chunk.words) == speech.words


def test_phones_and_words_come_with_the_chunk_in_which_they_begin(voice: EspeakVoice) -> None:
    end = 0
    for chunk in voice.say(TEXT):
        start, end = end, end + len(chunk.pcm)
        for part in (*chunk.phones, *chunk.words):
            assert start <= round(part.start_s * voice.rate) < end


def test_the_same_text_sounds_the_same(voice: EspeakVoice, speech: Speech) -> None:
    speak(voice, "Something else in between.")
    again = speak(voice, TEXT)
    np.testing.assert_array_equal(again.pcm, speech.pcm)
    assert again.phones == speech.phones


@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_said(voice: EspeakVoice, text: str) -> None:
    speech = speak(voice, text)
    assert speech.duration_s > 0.3
    assert_tiled(speech.phones, speech.duration_s)
    said = "".join(word.text for word in speech.words)
    assert said.replace(" ", "") == spoken_text(text).replace(" ", "")


def test_ten_thousand_characters_are_said(voice: EspeakVoice) -> None:
    speech = speak(voice, LONG)
    assert len(LONG) > 9_800
    assert speech.duration_s > 500
    assert_tiled(speech.phones, speech.duration_s)
    assert len(speech.words) == len(LONG.split())


def test_mere_punctuation_makes_no_words_and_no_trouble(voice: EspeakVoice) -> None:
    speech = speak(voice, "...")
    assert speech.duration_s < 0.5
    assert sounds(speech) == []
    assert speech.words == ()


def test_blank_text_is_refused_at_once(voice: EspeakVoice) -> None:
    with pytest.raises(VoiceError, match="nothing to say"):
        voice.say(" \n")


def test_barge_in_leaves_nothing_of_the_old_text(voice: EspeakVoice) -> None:
    speech = voice.say(LONG)
    for _ in range(5):
        next(speech)
    began = time.perf_counter()
    speech.close()
    first = next(new := voice.say("Mama."))
    assert time.perf_counter() - began < 0.5
    assert next(p.symbol.lstrip("ˈ") for p in first.phones if p.symbol) == "m"
    rest = list(new)
    assert sum(len(chunk.pcm) for chunk in (first, *rest)) < 2 * voice.rate


def test_an_abandoned_text_does_not_leak_into_the_next(voice: EspeakVoice, speech: Speech) -> None:
    next(abandoned := voice.say(LONG))
    np.testing.assert_array_equal(speak(voice, TEXT).pcm, speech.pcm)
    abandoned.close()


def test_a_worker_killed_in_the_middle_of_a_sentence_is_replaced(speech: Speech) -> None:
    voice = EspeakVoice(EspeakConfig())
    try:
        chunks = voice.say(LONG)
        next(chunks)
        pid = voice._worker.pid  # pyright: ignore[reportPrivateUsage]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerDied, match=r"espeak-ng worker .* SIGKILL"):
            list(chunks)
        np.testing.assert_array_equal(speak(voice, TEXT).pcm, speech.pcm)
    finally:
        voice.close()


def test_configuration_changes_the_voice(speech: Speech) -> None:
    fast = EspeakVoice(EspeakConfig(words_per_minute=300))
    german = EspeakVoice(EspeakConfig(voice="de", pitch=80))
    try:
        assert speak(fast, TEXT).duration_s < 0.7 * speech.duration_s
        assert sounds(speak(german, "Über Äpfel"))[0] == "yː"
    finally:
        fast.close()
        german.close()


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(VoiceError, match=r"no voice named 'klingon-9'.*visavis voices"):
        EspeakVoice(EspeakConfig(voice="klingon-9"))


def test_the_listed_voices_speak() -> None:
    names = voice_names()
    assert len(names) > 100
    assert {"de", "es", "en-US"} <= set(names)
    voice = EspeakVoice(EspeakConfig(voice="en-US"))
    voice.close()


@pytest.mark.parametrize(
    "wrong", [{"words_per_minute": 79}, {"words_per_minute": 451}, {"pitch": 100}, {"pitch": -1}]
)
def test_impossible_numbers_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not"):
        EspeakConfig(**wrong)  # pyright: ignore[reportArgumentType]


@pytest.mark.realtime
def test_speech_starts_and_stops_within_a_tick(voice: EspeakVoice) -> None:
    began = time.perf_counter()
    next(speech := voice.say(LONG))
    assert time.perf_counter() - began < 0.04
    began = time.perf_counter()
    speech.close()
    next(speech := voice.say(TEXT))
    assert time.perf_counter() - began < 0.04
    speech.close()
