import shutil
from itertools import pairwise

import numpy as np
import pytest

from avatar.errors import PartUnavailable, VoiceError
from avatar.tick import Phone
from avatar.voices.base import Voice, speak
from avatar.voices.flite import FliteConfig, FliteVoice, parse_durations

TEXT = "Pop the bubble, Bob. Are you 42 years old? I'm fine."

needs_flite = pytest.mark.skipif(
    shutil.which("flite") is None, reason="needs the Debian package flite"
)


def test_durations_are_read_as_ends() -> None:
    assert parse_durations("pau:0.220 p:0.353 aa:0.493 pau:0.6 \n") == [
        Phone("", 0.0, 0.22),
        Phone("p", 0.22, 0.353),
        Phone("ɑː", 0.353, 0.493),
        Phone("", 0.493, 0.6),
    ]


def test_a_missing_program_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PartUnavailable, match="apt install flite"):
        FliteVoice(FliteConfig())


@needs_flite
def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(VoiceError, match=r"no voice 'nobody', it has .*slt"):
        FliteVoice(FliteConfig(voice="nobody"))


@needs_flite
@pytest.mark.parametrize(("name", "rate"), [("slt", 16_000), ("kal16", 16_000), ("kal", 8_000)])
def test_phones_cover_the_sound(name: str, rate: int) -> None:
    voice = FliteVoice(FliteConfig(name))
    assert isinstance(voice, Voice)
    assert voice.rate == rate
    speech = speak(voice, TEXT)
    assert speech.phones[0].start_s == 0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s)
    for before, after in pairwise(speech.phones):
        assert before.end_s == pytest.approx(after.start_s)
        assert before.end_s > before.start_s
    assert [p.symbol for p in speech.phones if p.symbol][:3] == ["p", "ɑː", "p"]
    assert speech.words == ()


@needs_flite
def test_sentences_are_chunks_and_their_times_go_on() -> None:
    voice = FliteVoice(FliteConfig())
    chunks = list(voice.say(TEXT))
    speech = speak(voice, TEXT)
    assert len(chunks) == 3
    np.testing.assert_array_equal(np.concatenate([c.pcm for c in chunks]), speech.pcm)
    before = 0
    for chunk in chunks:
        assert chunk.phones[0].start_s == pytest.approx(before / voice.rate)
        before += len(chunk.pcm)
        assert chunk.phones[-1].end_s == pytest.approx(before / voice.rate)


@needs_flite
@pytest.mark.parametrize(
    "text", ["<b>bold</b> & [x]", "well 🎉 done", "one\ntwo", "nul\0inside", "-voice nope", "\\x"]
)
def test_odd_text_is_said(text: str) -> None:
    assert speak(FliteVoice(FliteConfig("kal16")), text).duration_s > 0.3


@needs_flite
@pytest.mark.slow
def test_ten_thousand_characters_are_said() -> None:
    text = "My mother makes marmalade in May. " * 290
    assert speak(FliteVoice(FliteConfig("kal16")), text).duration_s > 500


@needs_flite
def test_what_cannot_be_said() -> None:
    voice = FliteVoice(FliteConfig("kal16"))
    with pytest.raises(VoiceError, match="nothing to say"):
        voice.say("")
    with pytest.raises(VoiceError, match="Latin"):
        voice.say("你好")
    assert speak(voice, "...").duration_s == 0
