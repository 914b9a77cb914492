import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from avatar.behaviour.temperament import Temperament
from avatar.clock import SAMPLE_RATE, TICK
from avatar.errors import UnknownPart, VoiceError
from avatar.synthetic.dialogues.phrases.languages import LANGUAGES
from avatar.synthetic.dialogues.scene import Act, Person
from avatar.synthetic.dialogues.speech import PEAK, Speaker, Spoken, at_level, covering
from avatar.synthetic.dialogues.voice_cast import ACCENTS
from avatar.tick import Phone, Style

TEXT = "My mother moved to Boston, I believe."
PERSON = Person("espeak", "en-GB-x-rp+f1", "en", Temperament(), Style(), level_db=-24.0)
KINDS = {
    "espeak": "en-GB-x-rp+f1",
    "flite": "slt",
    "festival": "kal_diphone",
}


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    with Speaker() as speaker:
        yield speaker


@pytest.fixture(params=KINDS)
def person(request: pytest.FixtureRequest) -> Person:
    if request.param != "espeak" and shutil.which(request.param) is None:
        pytest.skip(f"needs the Debian package {request.param}")
    return replace(PERSON, engine=request.param, voice=KINDS[request.param])


def frames_db(audio: np.ndarray) -> np.ndarray:
    power = (audio.reshape(-1, 160).astype(float) ** 2).mean(axis=1)
    return 10 * np.log10(power + 1e-10)


def vowel_level(spoken: Spoken, symbols: str) -> float:
    parts = [
        spoken.audio[round(p.start_s * SAMPLE_RATE) : round(p.end_s * SAMPLE_RATE)]
        for p in spoken.phones
        if p.symbol and any(symbol in p.symbol for symbol in symbols)
    ]
    return float(np.sqrt(np.mean(np.concatenate(parts) ** 2)))


def test_a_line_is_whole_ticks_covered_by_phones(speaker: Speaker, person: Person) -> None:
    spoken = speaker.say(person, TEXT)
    duration_s = len(spoken.audio) / SAMPLE_RATE
    assert len(spoken.audio) % TICK == 0
    assert 1.5 < duration_s < 4.0
    assert spoken.phones[0].start_s == 0
    assert spoken.phones[-1].end_s == pytest.approx(duration_s)
    assert all(a.end_s == b.start_s for a, b in pairwise(spoken.phones))
    assert all(phone.end_s > phone.start_s for phone in spoken.phones)
    lips = [phone.symbol for phone in spoken.phones if phone.symbol in ("m", "b", "v")]
    assert lips == ["m", "m", "m", "v", "b", "b", "v"]


def test_silence_around_a_line_is_cut(speaker: Speaker, person: Person) -> None:
    levels = frames_db(speaker.say(person, TEXT).audio)
    heard = np.flatnonzero(levels > levels.max() - 42)
    assert heard[0] <= 3
    assert len(levels) - 1 - heard[-1] <= 7


def test_phones_moved_with_the_sound(speaker: Speaker, person: Person) -> None:
    for pitch in (25, 75):
        spoken = speaker.say(replace(person, pitch=pitch), TEXT)
        late = tuple(Phone(p.symbol, p.start_s + 0.1, p.end_s + 0.1) for p in spoken.phones[:-3])
        in_place, displaced = (
            vowel_level(s, "aɪoɔɑʌ") / vowel_level(s, "bvt")
            for s in (spoken, Spoken(spoken.audio, late))
        )
        assert in_place > 1.35
        assert in_place > 1.2 * displaced


def test_the_level_is_the_person_s(speaker: Speaker, person: Person) -> None:
    soft, loud = (speaker.say(replace(person, level_db=level), TEXT) for level in (-26.0, -22.0))
    levels = frames_db(soft.audio)
    power = 10 ** (levels[levels > levels.max() - 30] / 10)
    assert 10 * np.log10(power.mean()) == pytest.approx(-26, abs=0.2)
    gain = 10 ** (4 / 20)
    np.testing.assert_allclose(loud.audio, gain * soft.audio, rtol=1e-3, atol=1e-6)


def test_nothing_is_clipped() -> None:
    rng = np.random.default_rng(0)
    clicks = (rng.random(16_000) > 0.999).astype(np.float32)
    assert np.abs(at_level(clicks, -3.0)).max() == pytest.approx(PEAK)
    assert not at_level(np.zeros(1600, np.float32), -20.0).any()


def test_the_same_line_sounds_the_same_from_memory_and_anew(speaker: Speaker) -> None:
    said, again = speaker.say(PERSON, TEXT), speaker.say(PERSON, TEXT)
    with Speaker(remembered_s=0.0) as forgetful:
        anew = [forgetful.say(PERSON, text) for text in (TEXT, "Pardon?", TEXT)]
    for other in (again, anew[0], anew[2]):
        np.testing.assert_array_equal(other.audio, said.audio)
        assert other.phones == said.phones


def test_speed_pitch_and_liveliness_are_heard(speaker: Speaker) -> None:
    slow, fast = (
        speaker.say(replace(PERSON, words_per_minute=speed), TEXT) for speed in (145, 190)
    )
    assert len(slow.audio) > 1.15 * len(fast.audio)
    composed = speaker.say(replace(PERSON, style=Style(intensity=0.0)), TEXT)
    assert len(composed.audio) != 0
    assert not np.array_equal(
        composed.audio[: 4 * TICK], speaker.say(PERSON, TEXT).audio[: 4 * TICK]
    )


def test_a_voice_without_pitch_plays_faster() -> None:
    if shutil.which("flite") is None:
        pytest.skip("needs the Debian package flite")
    with Speaker() as speaker:
        low, high = (
            speaker.say(replace(PERSON, engine="flite", voice="slt", pitch=pitch), TEXT)
            for pitch in (25, 75)
        )
    assert len(low.audio) / len(high.audio) == pytest.approx(1.075 / 0.925, abs=0.04)


def test_gaps_become_pauses() -> None:
    phones = [Phone("a", -0.1, 0.2), Phone("b", 0.3, 0.4), Phone("c", 0.35, 0.9)]
    assert covering(phones, 0.5) == (
        Phone("a", 0.0, 0.2),
        Phone("", 0.2, 0.3),
        Phone("b", 0.3, 0.4),
        Phone("c", 0.4, 0.5),
    )
    assert covering([], 0.04) == (Phone("", 0.0, 0.04),)


def test_what_cannot_be_said_is_refused(speaker: Speaker) -> None:
    with pytest.raises(UnknownPart, match="'gramophone'"):
        speaker.say(replace(PERSON, engine="gramophone"), TEXT)
    with pytest.raises(VoiceError, match="no voice named"):
        speaker.say(replace(PERSON, voice="nobody"), TEXT)
    with pytest.raises(VoiceError):
        speaker.say(PERSON, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_words_are_said_and_not_spelled(speaker: Speaker, language: str) -> None:
    person = replace(PERSON, voice=ACCENTS[language][0], language=language)
    sentences = LANGUAGES[language].sentences
    for text in (*sentences[Act.BACKCHANNEL], *sentences[Act.HESITATION]):
        spoken = speaker.say(person, text)
        sounds = sum(phone.symbol != "" for phone in spoken.phones)
        assert sounds <= sum(map(str.isalpha, text)) + 1, text
        assert len(spoken.audio) < 2.5 * SAMPLE_RATE
