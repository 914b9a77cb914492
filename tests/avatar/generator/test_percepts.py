from dataclasses import replace

import numpy as np
import pytest

from avatar.audio.mel import LogMel
from avatar.clock import TICK
from avatar.generator.package import perception_of
from avatar.generator.percepts import (
    CLASSES,
    CONTROLS,
    MEL,
    MEL_CENTRE,
    MEL_SCALE,
    STATES,
    Percepts,
    heard_numbers,
    seen_numbers,
    viseme_shares,
)
from avatar.motion import ARKIT58, FaceObservation
from avatar.tick import AvatarState, Phone, Style, Tick
from tests.avatar.generator.streams import SMALL, ticks

AHEAD = SMALL.look_ahead
MARK = heard_numbers() - 1


def perceive(stream: list[Tick]) -> Percepts:
    return perception_of(SMALL, ARKIT58, 1).whole(stream)


def test_sounds_are_the_log_mel_of_the_whole_recording() -> None:
    stream = list(ticks(30, look_ahead=AHEAD))
    heard = perceive(stream)
    sound = np.concatenate([tick.user_audio for tick in stream if tick.user_audio is not None])
    whole = (LogMel(MEL).offline(sound) - MEL_CENTRE) / MEL_SCALE
    np.testing.assert_allclose(heard.hearing[:, :-1].reshape(whole.shape), whole, atol=1e-5)
    own = np.concatenate([tick.avatar_audio[:TICK] for tick in stream])
    whole = (LogMel(MEL).offline(own) - MEL_CENTRE) / MEL_SCALE
    np.testing.assert_allclose(heard.own[:, 0, :MARK].reshape(whole.shape), whole, atol=1e-5)


def test_what_is_queued_is_what_will_be_said() -> None:
    heard = perceive(list(ticks(20, look_ahead=AHEAD)))
    for ahead in range(1, AHEAD + 1):
        np.testing.assert_allclose(heard.own[:-ahead, ahead], heard.own[ahead:, 0], atol=1e-5)


def test_a_short_look_ahead_leaves_the_rest_unknown() -> None:
    heard = perceive(list(ticks(5, look_ahead=2)))
    assert heard.own[:, :3, MARK].min() == 1
    assert np.abs(heard.own[:, 3:]).max() == 0


def test_what_is_absent_is_zero_and_marked() -> None:
    seen = perceive(list(ticks(5, look_ahead=AHEAD, camera=False, microphone=False)))
    assert np.abs(seen.sight).max() == 0
    assert np.abs(seen.hearing).max() == 0
    silent = perceive(list(ticks(5, look_ahead=AHEAD, voice=False)))
    assert silent.own[..., MARK].min() == 1
    assert silent.own[..., :MARK].max() < -1.8


def test_only_what_is_seen_of_a_face_counts() -> None:
    tick = ticks(1, look_ahead=AHEAD)[0]
    seen = np.zeros(ARKIT58.dim, bool)
    seen[ARKIT58.index("headYaw")] = True
    motion = ARKIT58.vector({"headYaw": 0.24})
    values = [
        perceive([replace(tick, user_face=FaceObservation(ARKIT58, motion, seen, age))]).sight[0]
        for age in (0, 3, 8, 40)
    ]
    assert np.nonzero(values[0][: ARKIT58.dim])[0].tolist() == [ARKIT58.index("headYaw")]
    assert values[0][ARKIT58.index("headYaw")] == pytest.approx(2.0)
    assert [round(float(value[-2]), 2) for value in values] == [0.0, 0.0, 0.5, 1.0]
    assert len(values[0]) == seen_numbers(ARKIT58)


def test_state_style_and_gaze_are_told() -> None:
    tick = ticks(1, look_ahead=AHEAD)[0]
    style = Style(intensity=0.25, emotion="sad", gaze=(0.3, -0.15))
    control = perceive([replace(tick, state=AvatarState.THINKING, style=style)]).control[0]
    assert len(control) == CONTROLS
    assert STATES[int(control[:5].argmax())] is AvatarState.THINKING
    assert control[5:7].tolist() == [1.0, 0.25]
    np.testing.assert_allclose(control[-3:], [1.0, -0.5, 1.0], atol=1e-6)


def test_phones_are_told_as_shares_of_ticks() -> None:
    phones = (Phone("m", 0.0, 0.06), Phone("aɪ", 0.06, 0.16), Phone("", 0.16, 0.2))
    shares = viseme_shares(phones, 0.0, 6)
    table = {name: shares[:, CLASSES.index(name)].round(3).tolist() for name in CLASSES}
    assert table["bilabial"] == [1.0, 0.5, 0, 0, 0, 0]
    assert table["open"] == [0, 0.5, 0.75, 0, 0, 0]
    assert table["close_front"] == [0, 0, 0.25, 1.0, 0, 0]
    assert table["silence"] == [0, 0, 0, 0, 1.0, 0]
    np.testing.assert_allclose(viseme_shares(phones, 0.08, 2), shares[2:4], atol=1e-6)
    assert not viseme_shares((), 0.0, 6).any()
