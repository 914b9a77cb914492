"""The avatar's sound at other rates: whole ticks, no delay that anybody hears."""

import numpy as np
import pytest

from agent.transports.voice_out import VoiceOut


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_each_tick_has_its_samples_and_the_sound_is_the_same(rate: int) -> None:
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)).astype(np.int16)
    voice = VoiceOut(24_000, rate)
    ticks = [voice.tick(tone[i * 960 : (i + 1) * 960].tobytes(), i) for i in range(25)]
    assert {len(tick) for tick in ticks} == {2 * rate // 25}
    heard = np.frombuffer(b"".join(ticks), np.int16)
    n = np.arange(len(heard))
    within = slice(rate // 10, None)
    errors = [
        np.abs(heard - 8000 * np.sin(2 * np.pi * 440 * (n - late) / rate))[within].max()
        for late in range(rate // 500)
    ]
    assert min(errors) < 80


def test_the_same_rate_passes_untouched() -> None:
    assert VoiceOut(24_000, 24_000).tick(b"ab", 0) == b"ab"
