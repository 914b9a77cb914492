import numpy as np
import pytest

from avatar.audio.mel import LogMel, MelConfig
from avatar.clock import SAMPLE_RATE

MEL = LogMel(MelConfig())


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.normal(0, 0.1, int(seconds * SAMPLE_RATE)).astype(np.float32)


def sine(hz: float, seconds: float = 0.2) -> np.ndarray:
    time_s = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.sin(2 * np.pi * hz * time_s).astype(np.float32)


@pytest.mark.parametrize("size", [1, 7, 159, 160, 161, 640, 5000])
def test_streaming_equals_offline(size: int) -> None:
    samples = noise(1.03)
    state, pieces = MEL.start(), []
    for start in range(0, len(samples), size):
        frames, state = MEL.step(samples[start : start + size], state)
        pieces.append(frames)
    streamed, whole = np.concatenate(pieces), MEL.offline(samples)
    assert streamed.shape == whole.shape == (len(samples) // 160, 32)
    assert np.abs(streamed - whole).max() < 1e-5


def test_a_tick_makes_four_frames_and_keeps_the_state_it_was_given() -> None:
    state = MEL.start()
    frames, after = MEL.step(noise(0.04), state)
    assert frames.shape == (4, 32)
    assert frames.dtype == np.float32
    assert not state.tail.any()
    assert after.tail.any()


def test_silence_is_the_floor() -> None:
    np.testing.assert_allclose(MEL.offline(np.zeros(800, np.float32)), np.log(1e-4), rtol=1e-6)


def test_a_frame_holds_the_newest_sample_of_its_hop_and_none_later() -> None:
    quiet = MEL.offline(np.zeros(3200, np.float32))
    click = np.zeros(3200, np.float32)
    click[9 * 160 + 100] = 1.0
    loud = np.flatnonzero((MEL.offline(click) > quiet).any(axis=1))
    assert loud.tolist() == [9, 10, 11]


def test_the_scale_is_as_documented() -> None:
    """A sine of full scale: (window / 4)^2 at its line, fft * 0.375 * window / 4 over all lines."""
    settled = MEL.offline(sine(1000))[5:]
    assert 100.0**2 < np.exp(settled.max()) < 512 * 0.375 * 400 / 4
    tenth = MEL.offline((0.1 * sine(1000)).astype(np.float32))[5:]
    assert settled.max() - tenth.max() == pytest.approx(np.log(100), abs=1e-3)


def test_bands_rise_with_frequency_and_lie_where_mel_puts_them() -> None:
    loudest = [int(MEL.offline(sine(hz))[10].argmax()) for hz in (100, 300, 1000, 3000, 7000)]
    assert loudest == sorted(set(loudest))
    mel = 2595 * np.log10(1 + np.array([60, 7600, 1000]) / 700)
    place = (mel[2] - mel[0]) / (mel[1] - mel[0]) * 33 - 1
    assert loudest[2] == round(place)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hop": 0},
        {"hop": 500},
        {"window": 600},
        {"low_hz": -1.0},
        {"high_hz": 9000.0},
        {"bands": 0},
        {"bands": 200},
    ],
)
def test_impossible_configurations_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="need"):
        MelConfig(**wrong)  # type: ignore[arg-type]
