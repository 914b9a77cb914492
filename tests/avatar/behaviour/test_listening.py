from collections.abc import Callable

import numpy as np
import pytest

from avatar.behaviour.listening import Cue, ListeningState, listen
from avatar.clock import TICK
from avatar.media import Recording
from avatar.tick import Samples
from avatar.timeline import Timeline
from tests.sounds import laugh, silence, tone


def cues(sound: Samples) -> list[tuple[Cue, float]]:
    timeline, state, found = (
        Timeline(voice_rate=16_000, look_ahead=0),
        ListeningState.start(),
        list[tuple[Cue, float]](),
    )
    noise = np.random.default_rng(0).normal(0, 3e-4, len(sound)).astype(np.float32)
    for index in range(len(sound) // TICK):
        timeline.push_user_audio((sound + noise)[index * TICK : (index + 1) * TICK])
        here, state = listen(timeline.next_tick(), state)
        found += [(cue, index / 25) for cue in here]
    return found


def test_onset_and_pause_are_heard_in_time() -> None:
    found = dict(cues(np.concatenate([silence(1), tone(1.2), silence(1)])))
    assert found[Cue.ONSET] == pytest.approx(1.0, abs=0.09)
    assert 0.15 <= found[Cue.PAUSE] - 2.2 <= 0.45


def test_a_rise_at_the_end_is_a_question() -> None:
    t = np.arange(16_000 * 2) / 16_000
    hz = np.where(t < 1.6, 150, 150 + 160 * (t - 1.6))
    phase = 2 * np.pi * np.cumsum(hz) / 16_000
    harmonics = [np.sin(k * phase) / k for k in range(1, 8)]
    rising = (0.1 * np.sum(harmonics, axis=0)).astype(np.float32)
    assert Cue.QUESTION in dict(cues(np.concatenate([silence(0.6), rising, silence(1)])))
    assert Cue.PAUSE in dict(cues(np.concatenate([silence(0.6), tone(2), silence(1)])))


def test_a_word_alone_is_no_turn() -> None:
    found = dict(cues(np.concatenate([silence(1), tone(0.3), silence(1)])))
    assert Cue.PAUSE not in found


def test_steady_noise_is_no_voice() -> None:
    noise = np.random.default_rng(1).normal(0, 0.02, 16_000 * 6).astype(np.float32)
    assert [cue for cue, at in cues(noise) if at > 1] == []


@pytest.mark.parametrize("seed", range(6))
def test_laughter_is_heard(seed: int) -> None:
    sound = np.concatenate([silence(1), laugh(seed), silence(1)])
    assert Cue.LAUGH in dict(cues(sound))


@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16"])
@pytest.mark.parametrize(
    "text",
    [
        "Well, I was wondering whether the museum is open on Sunday mornings.",
        "One two three four five six seven eight nine ten eleven twelve.",
        "My sister is visiting, and she would like to see the paintings on the second floor.",
    ],
)
def test_speech_is_not_taken_for_laughter(
    flite: Callable[[str, str], Recording], voice: str, text: str
) -> None:
    heard = flite(voice, text).heard()
    assert Cue.LAUGH not in dict(cues(np.concatenate([silence(0.5), heard, silence(1)])))
