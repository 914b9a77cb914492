from itertools import pairwise

import numpy as np
import pytest

from avatar.behaviour.listening import Cue, ListeningState, listen
from avatar.behaviour.temperament import Temperament
from avatar.clock import SAMPLE_RATE, TICK
from avatar.synthetic.dialogues.laughter import LaughKind, laugh
from avatar.synthetic.dialogues.scene import Person
from avatar.synthetic.dialogues.speech import Spoken
from avatar.tick import Style
from avatar.timeline import Timeline

LOW, HIGH = (
    Person("espeak", f"en-US+{variant}", "en", Temperament(), Style(), level_db=-22.0)
    for variant in ("m1", "f1")
)


def made(kind: LaughKind | None, person: Person = LOW, count: int = 30) -> list[Spoken]:
    return [laugh(np.random.default_rng(seed), person, kind) for seed in range(count)]


def calls(spoken: Spoken) -> int:
    return sum(phone.symbol in ("h", "m") for phone in spoken.phones)


def cues(spoken: Spoken) -> list[Cue]:
    """What a listener hears in a laugh after a second of a quiet room."""
    timeline, state = Timeline(voice_rate=SAMPLE_RATE, look_ahead=0), ListeningState.start()
    around = np.zeros(SAMPLE_RATE, np.float32)
    sound = np.concatenate([around, spoken.audio, around])
    sound += np.random.default_rng(0).normal(0, 1e-4, len(sound)).astype(np.float32)
    heard: list[Cue] = []
    for tick in sound.reshape(-1, TICK):
        timeline.push_user_audio(tick)
        new, state = listen(timeline.next_tick(), state)
        heard += new
    return heard


def vowels(spoken: Spoken) -> list[np.ndarray]:
    return [
        spoken.audio[round(p.start_s * SAMPLE_RATE) : round(p.end_s * SAMPLE_RATE)]
        for p in spoken.phones
        if p.symbol not in ("h", "m", "")
    ]


def periodicity(sound: np.ndarray) -> tuple[float, float]:
    """Pitch in Hz, and how much of the sound repeats with it, 0 to 1."""
    taper = np.hanning(len(sound))
    low, high = SAMPLE_RATE // 600, SAMPLE_RATE // 80
    own, tapers = (
        np.fft.irfft(np.abs(np.fft.rfft(signal, 1 << 14)) ** 2)[: high + 12]
        for signal in (sound * taper, taper)
    )
    correlation = own / own[0] * tapers[0] / tapers
    lags = correlation[low:high]
    first = low + int(np.argmax(lags > 0.85 * lags.max()))
    near = correlation[first : first + 12]
    return SAMPLE_RATE / (first + int(near.argmax())), float(lags.max())


def test_the_same_seed_laughs_the_same() -> None:
    first, second = (laugh(np.random.default_rng(7), LOW) for _ in range(2))
    np.testing.assert_array_equal(first.audio, second.audio)
    assert first.phones == second.phones


@pytest.mark.parametrize("kind", LaughKind)
def test_phones_cover_whole_ticks(kind: LaughKind) -> None:
    for spoken in made(kind, count=10):
        assert len(spoken.audio) % TICK == 0
        assert spoken.phones[0].start_s == 0
        assert spoken.phones[-1].end_s == pytest.approx(len(spoken.audio) / SAMPLE_RATE)
        assert all(a.end_s == b.start_s for a, b in pairwise(spoken.phones))
        assert all(phone.symbol for phone in spoken.phones[:-1])
        assert np.isfinite(spoken.audio).all()
        assert np.abs(spoken.audio).max() <= 0.951


@pytest.mark.parametrize("person", [LOW, HIGH], ids=["low", "high"])
def test_song_like_laughter_is_recognised(person: Person) -> None:
    laughs = [spoken for spoken in made(LaughKind.SONG, person) if calls(spoken) >= 5]
    assert len(laughs) >= 12
    assert np.mean([Cue.LAUGH in cues(spoken) for spoken in laughs]) >= 0.9


def test_snorts_are_not_taken_for_calls() -> None:
    assert not any(Cue.LAUGH in cues(spoken) for spoken in made(LaughKind.SNORT, count=10))


def test_calls_of_a_song_come_four_to_five_and_a_half_times_a_second() -> None:
    counts: list[int] = []
    for spoken in made(LaughKind.SONG):
        starts = [phone.start_s for phone in spoken.phones if phone.symbol == "h"]
        counts.append(len(starts))
        assert 4.0 <= 1 / np.diff(starts).mean() <= 5.6
    assert set(counts) == {3, 4, 5, 6, 7, 8}


def test_the_melody_falls_and_high_voices_laugh_higher() -> None:
    firsts: list[float] = []
    falls: list[float] = []
    for person in (LOW, HIGH):
        pitches = [
            [periodicity(vowel)[0] for vowel in vowels(spoken)]
            for spoken in made(LaughKind.SONG, person, count=20)
        ]
        firsts.append(float(np.median([pitch[0] for pitch in pitches])))
        falls += [pitch[-1] / pitch[0] for pitch in pitches]
    assert 0.6 < np.median(falls) < 0.9
    assert np.mean(np.array(falls) < 1) > 0.9
    assert 150 < firsts[0] < 290
    assert 1.25 < firsts[1] / firsts[0] < 2.2


def test_the_jaw_follows_the_sound() -> None:
    """Vowels are louder than the breath between them."""
    for spoken in made(LaughKind.SONG, count=8):
        power: dict[bool, list[float]] = {True: [], False: []}
        for phone in spoken.phones:
            first, last = (round(t * SAMPLE_RATE) for t in (phone.start_s, phone.end_s))
            if phone.symbol:
                power[phone.symbol != "h"].append(float((spoken.audio[first:last] ** 2).mean()))
        assert np.mean(power[True]) > 8 * np.mean(power[False])


def test_songs_are_voiced_and_grunts_are_not() -> None:
    songs, grunts = (
        np.median([periodicity(v)[1] for spoken in made(kind, count=10) for v in vowels(spoken)])
        for kind in (LaughKind.SONG, LaughKind.GRUNT)
    )
    assert songs > 0.8
    assert grunts < 0.6


def test_every_kind_is_drawn() -> None:
    symbols = [{phone.symbol for phone in spoken.phones} - {""} for spoken in made(None, count=60)]
    assert 2 <= sum(found == {"m"} for found in symbols) <= 16
