import numpy as np
import pytest
from pipecat.frames.frames import InputAudioRawFrame

from agent.nodes.user_audio import UserAudio


def frame(samples: np.ndarray, rate: int, channels: int = 1) -> InputAudioRawFrame:
    return InputAudioRawFrame(samples.astype(np.int16).tobytes(), rate, channels)


def test_16_khz_mono_is_only_scaled() -> None:
    heard = UserAudio().samples(frame(np.array([0, 16384, -32768]), 16_000))
    assert heard.tolist() == [0.0, 0.5, -1.0]


def test_channels_are_averaged() -> None:
    heard = UserAudio().samples(frame(np.array([16384, 0, 0, 16384]), 16_000, 2))
    assert heard.tolist() == [0.25, 0.25]


def test_half_a_sample_is_dropped() -> None:
    audio = UserAudio()
    broken = InputAudioRawFrame(b"\x00\x40\x01", 16_000, 1)
    assert audio.samples(broken).tolist() == [0.5]


@pytest.mark.parametrize("rate", [8_000, 24_000, 48_000])
def test_other_rates_become_16_khz_in_pieces_as_in_whole(rate: int) -> None:
    t = np.arange(rate) / rate
    tone = 16_000 * np.sin(2 * np.pi * 440 * t)
    audio = UserAudio()
    step = rate // 50
    heard = np.concatenate(
        [audio.samples(frame(tone[at : at + step], rate)) for at in range(0, rate, step)]
    )
    expected = 16_000 / 32768 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    assert len(heard) > 16_000 - 16 * 10
    lag = int(
        np.argmax([np.dot(heard[2000 + k : 6000 + k], expected[2000:6000]) for k in range(40)])
    )
    assert np.abs(heard[2000 + lag : 6000 + lag] - expected[2000:6000]).max() < 0.02
