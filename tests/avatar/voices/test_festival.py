import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar.errors import PartUnavailable, VoiceError
from avatar.tick import Phone, Word
from avatar.voices.base import Speech, Voice, speak
from avatar.voices.festival import FestivalConfig, FestivalVoice, parse_times

TEXT = "Pop the bubble, Bob. Are you 42 years old? I'm fine."
VOICES = Path("/usr/share/festival/voices")
PACKAGES = {
    "cmu_us_slt_arctic_hts": "festvox-us-slt-hts",
    "kal_diphone": "festvox-kallpc16k",
}


@pytest.fixture(scope="module", params=PACKAGES)
def voice(request: pytest.FixtureRequest) -> Iterator[FestivalVoice]:
    if shutil.which("festival") is None:
        pytest.skip("needs the Debian package festival")
    if not list(VOICES.glob(f"*/{request.param}")):
        pytest.skip(f"needs the Debian package {PACKAGES[request.param]}")
    voice = FestivalVoice(FestivalConfig(request.param))
    yield voice
    voice.close()


@pytest.fixture(scope="module")
def speech(voice: FestivalVoice) -> Speech:
    return speak(voice, TEXT)


def test_times_are_read() -> None:
    listing = "phone 0.0 0.2 pau\nphone 0.2 0.3 p\nphone 0.3 0.3 t\nword 0.2 0.3 p's\n"
    assert parse_times(listing) == (
        [Phone("", 0.0, 0.2), Phone("p", 0.2, 0.3)],
        [Word("p's", 0.2, 0.3)],
    )


def test_a_missing_program_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PartUnavailable, match="apt install festival"):
        FestivalVoice(FestivalConfig())


def test_an_unknown_voice_is_named() -> None:
    if shutil.which("festival") is None:
        pytest.skip("needs the Debian package festival")
    with pytest.raises(VoiceError, match=r"no voice 'nobody', it has .*festvox"):
        FestivalVoice(FestivalConfig("nobody"))


def test_phones_cover_the_sound(voice: FestivalVoice, speech: Speech) -> None:
    assert isinstance(voice, Voice)
    assert voice.rate in (16_000, 32_000)
    assert speech.phones[0].start_s == 0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s)
    for before, after in pairwise(speech.phones):
        assert before.end_s == pytest.approx(after.start_s)
    assert [p.symbol for p in speech.phones if p.symbol][:3] == ["p", "ɑː", "p"]


def test_words_are_timed(speech: Speech) -> None:
    said = " ".join(word.text for word in speech.words)
    assert said == "Pop the bubble Bob Are you forty two years old I'm fine"
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(speech.words))
    assert speech.words[-1].end_s <= speech.duration_s


def test_sentences_are_chunks(voice: FestivalVoice, speech: Speech) -> None:
    chunks = list(voice.say(TEXT))
    assert len(chunks) == 3
    np.testing.assert_array_equal(np.concatenate([c.pcm for c in chunks]), speech.pcm)
    assert tuple(phone for chunk in chunks for phone in chunk.phones) == speech.phones


def test_text_is_never_run_as_a_program(voice: FestivalVoice, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    speech = speak(voice, f'Hello\\" (system "touch {witness}") \\')
    assert speech.duration_s > 0.5
    assert not witness.exists()


def test_odd_text_is_said_or_refused(voice: FestivalVoice) -> None:
    for text in ("<b>bold</b> & [x]", "well 🎉 done", "one\ntwo", "nul\0inside"):
        assert speak(voice, text).duration_s > 0.3
    assert speak(voice, "...").duration_s == 0
    with pytest.raises(VoiceError, match="nothing to say"):
        voice.say("")
    with pytest.raises(VoiceError, match="Latin"):
        voice.say("你好")


def test_it_can_be_stopped_between_sentences(voice: FestivalVoice) -> None:
    speech = voice.say("My mother makes marmalade in May. " * 290)
    assert len(next(speech).pcm) > voice.rate
    speech.close()
