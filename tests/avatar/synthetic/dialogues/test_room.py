from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from avatar.clock import SAMPLE_RATE, TICK
from avatar.synthetic.dialogues.noises import NOISES, NoiseKind
from avatar.synthetic.dialogues.room import (
    Colour,
    LoudspeakerEcho,
    Noise,
    Pickup,
    Reverberation,
    drawn_pickup,
    microphone,
    picked_up,
    response,
    speech_level_db,
)
from avatar.tick import Samples

SECONDS = 20
QUIET = np.zeros(SECONDS * SAMPLE_RATE, np.float32)


def syllables(begins: list[float], seconds: float = 1.5, seed: int = 0) -> Samples:
    """Noise-like speech of which no two pieces are alike."""
    voice, chance = QUIET.copy(), np.random.default_rng(seed)
    for begin in begins:
        at, count = round(begin * SAMPLE_RATE), round(seconds * SAMPLE_RATE)
        time = np.arange(count) / SAMPLE_RATE
        voice[at : at + count] = 0.05 * chance.standard_normal(count) * (1.2 + np.sin(25 * time))
    return voice


VOICE, OTHER = syllables([1, 4, 7]), syllables([10, 13, 16], seed=1)


def heard(pickup: Pickup, voice: Samples = VOICE, other: Samples = OTHER, seed: int = 0) -> Samples:
    return picked_up(pickup, np.random.default_rng(seed), voice, other)


def db(sound: Samples) -> float:
    return float(10 * np.log10(np.square(sound, dtype=np.float64).mean() + 1e-20))


def lag(of: Samples, behind: Samples) -> int:
    """Samples by which the first comes after the second."""
    products = signal.correlate(of, behind, "full", "fft")
    return int(np.abs(products).argmax()) - len(behind) + 1


def test_speech_has_the_level_of_the_pickup() -> None:
    for level in (-40.0, -24.0, -18.0):
        assert speech_level_db(heard(Pickup(level))) == pytest.approx(level, abs=0.1)


def test_a_perfect_microphone_changes_only_the_level() -> None:
    sound = heard(Pickup(-24.0))
    gain = np.dot(sound, VOICE) / np.dot(VOICE, VOICE)
    assert db(sound - gain * VOICE) < db(sound) - 100
    assert np.abs(sound[9 * SAMPLE_RATE :]).max() < 1e-6
    assert lag(sound, VOICE) == 0


def test_what_would_overload_is_quieter() -> None:
    sound = heard(Pickup(-2.0))
    assert np.abs(sound).max() == pytest.approx(0.98, abs=1e-3)
    assert (np.abs(sound) > 0.97).sum() < 5


@pytest.mark.parametrize("kind", list(NOISES))
@pytest.mark.parametrize("snr", [5.0, 30.0])
def test_noise_lies_below_speech_by_its_ratio(kind: NoiseKind, snr: float) -> None:
    pickup = Pickup(-24.0)
    noise = heard(replace(pickup, noise=Noise(kind, snr))) - heard(pickup)
    assert db(noise) == pytest.approx(-24 - snr, abs=0.3)


def test_noises_have_their_colours() -> None:
    def slope(kind: NoiseKind) -> float:
        """Decibels an octave between 200 and 3200 Hz."""
        sound = NOISES[kind](np.random.default_rng(0), VOICE, OTHER)
        hz, power = signal.welch(sound, SAMPLE_RATE, nperseg=4096)
        band = (hz > 200) & (hz < 3200)
        return float(np.polyfit(np.log2(hz[band]), 10 * np.log10(power[band]), 1)[0])

    assert slope("white") == pytest.approx(0, abs=0.2)
    assert slope("pink") == pytest.approx(-3, abs=0.2)
    assert slope("brown") == pytest.approx(-6, abs=0.2)


def test_hum_stands_at_the_mains() -> None:
    sound = NOISES["hum"](np.random.default_rng(0), VOICE, OTHER)
    hz, power = signal.welch(sound, SAMPLE_RATE, nperseg=SAMPLE_RATE)
    tones = (hz % 50 == 0) | (hz % 60 == 0)
    around = np.convolve(tones, np.ones(5), "same") > 0
    assert power[around & (hz < 500)].sum() > 20 * power[~around].sum()


def test_babble_is_no_copy_of_the_voice() -> None:
    sound = NOISES["babble"](np.random.default_rng(0), VOICE, OTHER)
    likeness = signal.correlate(sound, VOICE, "full", "fft")
    whole = np.linalg.norm(sound) * np.linalg.norm(VOICE)
    assert np.abs(likeness).max() < 0.1 * whole
    assert speech_level_db(NOISES["babble"](np.random.default_rng(0), QUIET, QUIET)) is not None


@pytest.mark.parametrize("rt60", [0.2, 0.5])
def test_a_room_decays_by_60_db_in_its_time(rt60: float) -> None:
    impulse = response(Reverberation(rt60, 0.0), None, np.random.default_rng(0))
    assert impulse[0] == np.abs(impulse).max() == 1
    tail = np.square(impulse[round(0.015 * SAMPLE_RATE) :], dtype=np.float64)
    left = 10 * np.log10(np.cumsum(tail[::-1])[::-1] / tail.sum() + 1e-12)
    first, last = np.argmax(left < -5), np.argmax(left < -25)
    assert 3 * (last - first) / SAMPLE_RATE == pytest.approx(rt60, rel=0.15)


def test_reverberation_has_its_energy() -> None:
    chance = np.random.default_rng(0)
    impulse = response(Reverberation(0.4, -6.0), None, chance).astype(np.float64)
    direct = response(None, None, chance).astype(np.float64)
    rest = np.square(impulse).sum() - np.square(direct).sum()
    assert 10 * np.log10(rest / np.square(direct).sum()) == pytest.approx(-6.0, abs=1.0)


def test_speech_goes_on_in_a_room() -> None:
    end = slice(round(2.52 * SAMPLE_RATE), round(2.6 * SAMPLE_RATE))
    assert db(heard(Pickup(-24.0))[end]) < -90
    assert -50 < db(heard(Pickup(-24.0, Reverberation(0.5, -3.0)))[end]) < -25


def test_colour_takes_bass_and_treble() -> None:
    def band(sound: Samples, low: float, high: float) -> float:
        hz, power = signal.welch(sound, SAMPLE_RATE)
        return float(10 * np.log10(power[(hz >= low) & (hz < high)].mean()))

    flat = heard(Pickup(-24.0))
    telephone = heard(Pickup(-24.0, colour=Colour(250.0, 3400.0, 0.0)))
    middle = band(telephone, 800, 2500) - band(flat, 800, 2500)
    assert band(telephone, 40, 100) - band(flat, 40, 100) < middle - 12
    assert band(telephone, 5500, 7500) - band(flat, 5500, 7500) < middle - 25
    bright = heard(Pickup(-24.0, colour=Colour(40.0, 7800.0, 0.4)))
    rise = band(bright, 4000, 7000) - band(bright, 200, 500)
    assert rise - band(flat, 4000, 7000) + band(flat, 200, 500) > 4


@pytest.mark.parametrize(("late", "level"), [(0.02, -40.0), (0.13, -25.0), (0.25, -18.0)])
def test_the_other_comes_back_late_and_quiet(late: float, level: float) -> None:
    sound = heard(Pickup(-24.0, echo=LoudspeakerEcho(late, level)))
    after = slice(round(9.5 * SAMPLE_RATE), None)
    assert lag(sound[after], OTHER[after]) == pytest.approx(late * SAMPLE_RATE, abs=2)
    assert speech_level_db(sound[after]) == pytest.approx(-24 + level, abs=0.3)
    without = heard(Pickup(-24.0))
    assert np.abs(without[after]).max() < 1e-6


def test_who_says_nothing_is_heard_through_noise_and_echo_alone() -> None:
    pickup = Pickup(-24.0, noise=Noise("pink", 30.0))
    assert db(heard(pickup, QUIET)) == pytest.approx(-54, abs=0.3)
    assert np.abs(heard(Pickup(-24.0), QUIET)).max() == 0


def test_clicks_are_short_and_many() -> None:
    sound = heard(Pickup(-24.0, clicks_per_minute=30.0), QUIET, QUIET)
    ticks = np.abs(sound.reshape(-1, TICK)).max(axis=1) > 0.01
    assert 3 <= np.count_nonzero(np.diff(ticks.astype(int)) == 1) <= 20
    assert ticks.mean() < 0.15


def test_clipping_cuts_the_peaks() -> None:
    whole, cut = heard(Pickup(-24.0)), heard(Pickup(-24.0, clip_db=6.0))
    assert np.abs(cut).max() == pytest.approx(np.abs(whole).max() / 2, rel=0.01)
    assert (np.abs(cut) > 0.999 * np.abs(cut).max()).sum() > 100


def test_automatic_gain_makes_the_loud_and_the_soft_alike() -> None:
    voice = VOICE + np.float32(0.25) * syllables([11, 13, 15, 17], seed=2)

    def difference(sound: Samples) -> float:
        loud, soft = sound[7 * SAMPLE_RATE : 8 * SAMPLE_RATE], sound[17 * SAMPLE_RATE :]
        return db(loud) - db(soft[:SAMPLE_RATE])

    assert difference(heard(Pickup(-24.0), voice)) == pytest.approx(12, abs=1)
    assert difference(heard(Pickup(-24.0, automatic_gain=True), voice)) < 5


def test_suppression_leaves_speech_and_takes_noise() -> None:
    noisy = Pickup(-24.0, noise=Noise("white", 20.0))
    gated = heard(replace(noisy, gate_db=30.0))
    pause = slice(3 * SAMPLE_RATE, round(3.9 * SAMPLE_RATE))
    speech = slice(round(1.2 * SAMPLE_RATE), round(2.4 * SAMPLE_RATE))
    assert db(gated[pause]) == pytest.approx(-74, abs=1)
    assert db(gated[speech]) == pytest.approx(db(heard(noisy)[speech]), abs=0.1)


def test_muted_is_exactly_silent() -> None:
    sound = heard(Pickup(-24.0, noise=Noise("white", 10.0), muted=((4.0, 6.0),)))
    assert (sound[4 * SAMPLE_RATE : 6 * SAMPLE_RATE] == 0).all()
    assert np.abs(sound[: 4 * SAMPLE_RATE]).min() < np.abs(sound[: 4 * SAMPLE_RATE]).max()


def test_people_are_picked_up_in_many_ways() -> None:
    pickups = [drawn_pickup(np.random.default_rng([seed, 3]), 60.0) for seed in range(2000)]
    there = [pickup for pickup in pickups if pickup is not None]
    assert 1 - len(there) / len(pickups) == pytest.approx(0.06, abs=0.02)
    clean = [pickup for pickup in there if pickup == Pickup(pickup.level_db)]
    assert 0.26 < len(clean) / len(there) < 0.36
    levels = np.array([pickup.level_db for pickup in there])
    assert levels.min() >= -40
    assert levels.max() <= -12
    assert ((levels > -30) & (levels < -18)).mean() > 0.7
    ratios = [pickup.noise.snr_db for pickup in there if pickup.noise is not None]
    assert 5 <= min(ratios) < 8
    assert 47 < max(ratios) <= 50
    kinds = {pickup.noise.kind for pickup in there if pickup.noise is not None}
    assert kinds == set(NOISES)
    echoes = [pickup.echo for pickup in there if pickup.echo is not None]
    assert all(0.02 <= e.delay_s <= 0.25 and -40 <= e.level_db <= -18 for e in echoes)
    assert 0.2 < len(echoes) / len(there) < 0.36
    for name in ("clip_db", "automatic_gain", "gate_db", "clicks_per_minute", "muted"):
        assert 0.02 < np.mean([bool(getattr(pickup, name)) for pickup in there]) < 0.3


def test_the_same_seed_hears_the_same_and_all_is_in_range() -> None:
    absent = 0
    for seed in range(30):
        first = microphone(np.random.default_rng([seed, 5]), VOICE, OTHER)
        second = microphone(np.random.default_rng([seed, 5]), VOICE, OTHER)
        if first is None or second is None:
            assert first is second
            absent += 1
            continue
        assert (first == second).all()
        assert first.shape == VOICE.shape
        assert first.dtype == np.float32
        assert np.isfinite(first).all()
        assert np.abs(first).max() <= 1
    assert absent < 6
