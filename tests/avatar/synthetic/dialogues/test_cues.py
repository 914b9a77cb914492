import numpy as np
import pytest

from avatar.clock import FPS, TICK
from avatar.synthetic.dialogues.cues import Cue, CueKind, Part, parts, pitch_track
from avatar.synthetic.dialogues.scene import Act, Line
from avatar.tick import AvatarState, Phone
from tests.avatar.synthetic.dialogues.scripts import line, phones, script, sound

SPEAKING, LISTENING = AvatarState.SPEAKING, AvatarState.LISTENING
THINKING, IDLE = AvatarState.THINKING, AvatarState.IDLE


def cues(part: Part, kind: CueKind) -> list[Cue]:
    return [cue for found in part.cues.values() for cue in found if cue.kind is kind]


def states(part: Part, *seconds: float) -> list[AvatarState]:
    return [part.states[round(s * FPS)] for s in seconds]


def test_a_turn_is_spoken_through_its_pauses() -> None:
    lines = [line(0, 1.0, 2.0, ends_turn=False), line(0, 3.6, 2.0), line(1, 6.4, 2.0)]
    first, second = parts(script(1, lines, 16))
    assert states(first, 0.9, 1.0, 3.3, 5.5) == [LISTENING, SPEAKING, SPEAKING, SPEAKING]
    assert states(second, 2.0, 5.5, 5.7, 6.3, 6.4) == [
        LISTENING,
        LISTENING,
        THINKING,
        THINKING,
        SPEAKING,
    ]
    assert states(first, 6.0, 7.0) == [LISTENING, LISTENING]


def test_after_four_seconds_of_silence_both_are_idle() -> None:
    first, second = parts(script(1, [line(0, 1.0, 2.0), line(1, 12.0, 2.0)], 20))
    for part in (first, second):
        assert states(part, 6.9, 7.1, 11.9) == [LISTENING, IDLE, IDLE]


def test_a_short_gap_leaves_no_time_to_think() -> None:
    _, second = parts(script(1, [line(0, 1.0, 2.0), line(1, 3.2, 2.0)], 6))
    assert THINKING not in second.states


@pytest.mark.parametrize("act", [Act.BACKCHANNEL, Act.LAUGH])
def test_backchannels_and_laughs_take_no_turn(act: Act) -> None:
    lines = [line(0, 1.0, 4.0), line(1, 3.0, 0.6, act, ends_turn=False)]
    first, second = parts(script(1, lines, 6))
    assert set(second.states) == {LISTENING}
    assert first.states[round(3.3 * FPS)] is SPEAKING
    assert not any(second.turns)


def test_an_end_is_known_in_the_tick_after_the_last_sound() -> None:
    audio = sound(2.0)
    audio[40 * TICK :] = 0
    said = Line(0, Act.QUESTION, 25, audio, phones(1.6), ends_turn=True)
    first, _ = parts(script(1, [said], 6))
    assert [cue.tick for cue in cues(first, CueKind.ENDS)] == [25 + 40]


def test_silence_between_phones_is_a_pause() -> None:
    spoken = (*phones(0.9), Phone("", 0.9, 1.3), Phone("a", 1.3, 2.0), Phone("", 2.0, 2.04))
    said = Line(0, Act.STATEMENT, 50, sound(2.04), spoken, ends_turn=True)
    first, _ = parts(script(1, [said], 6))
    assert [cue.tick for cue in cues(first, CueKind.PAUSES)] == [50 + 23]


def test_pitch_is_found_where_there_is_voice() -> None:
    audio = np.concatenate([sound(1.0, pitch_hz=200.0), np.zeros(10 * TICK, np.float32)])
    track = pitch_track(audio)
    assert len(track) == 35
    assert np.median(track[3:24]) == pytest.approx(200, rel=0.03)
    assert not track[27:].any()


def test_a_region_of_low_pitch_is_one_cue() -> None:
    t = np.arange(4 * FPS * TICK) / 16_000
    hertz = np.where((t > 2.0) & (t < 2.4), 105.0, 170.0 + 10 * t)
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    audio = 0.1 * np.sum([np.sin(k * phase) / k for k in range(1, 9)], axis=0).astype(np.float32)
    said = Line(0, Act.STATEMENT, 10, audio, phones(4.0), ends_turn=True)
    first, _ = parts(script(1, [said], 6))
    low = [cue.tick - 10 for cue in cues(first, CueKind.LOW_PITCH)]
    assert len(low) == 1
    assert 2.0 * FPS + 2 <= low[0] <= 2.0 * FPS + 7
