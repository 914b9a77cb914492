import numpy as np
import pytest

from avatar.avatar import Avatar
from avatar.clock import FPS
from avatar.generator.rules import RuleBasedGenerator
from avatar.media import Recording
from avatar.motion import ARKIT58
from avatar.offline import AFTERWARDS_S, REPLY_GAP_S, Scene, play, reply_time, voiced_ticks
from avatar.tick import AvatarState
from avatar.voices.base import Speech
from tests.avatar.test_session import Recorder
from tests.sounds import silence, tone

QUIET_AVATAR = Avatar("test", "none", RuleBasedGenerator(), Recorder(), ARKIT58.rest)


def test_question_and_answer_follow_each_other() -> None:
    question = np.concatenate([silence(0.3), tone(2.0), silence(0.4)])
    assert reply_time(tone(1.5), question) == pytest.approx(2.3 + REPLY_GAP_S, abs=0.05)


def test_two_tracks_of_a_conversation_begin_together() -> None:
    user = np.concatenate([tone(2.0), silence(3.0)])
    avatar = np.concatenate([silence(2.2), tone(2.0)])
    assert reply_time(avatar, user) == 0.0


def test_voiced_ticks_are_those_with_sound() -> None:
    voiced = voiced_ticks(np.concatenate([silence(1), tone(1), silence(1)]))
    assert voiced.sum() == pytest.approx(25, abs=1)
    assert voiced[25:50].all()


def test_a_scene_listens_then_speaks_then_listens(answer: Speech, question: Recording) -> None:
    scene = Scene(answer.pcm, 2.0, answer.phones, question.heard()[: 2 * 16_000])
    session = QUIET_AVATAR.session(voice_rate=answer.rate)
    frames = list(play(session, scene))
    assert len(frames) == scene.ticks(answer.rate)
    length = np.ceil((2.0 + answer.duration_s) * FPS) + round(AFTERWARDS_S * FPS)
    assert len(frames) == pytest.approx(length, abs=1)
    states = [frame.tick.state for frame in frames]
    assert states[0] is AvatarState.LISTENING
    assert states[49:51] == [AvatarState.LISTENING, AvatarState.SPEAKING]
    assert states[-1] is AvatarState.LISTENING
    said = np.concatenate([f.tick.speech for f in frames if f.tick.speech is not None])
    assert (said[: len(answer.pcm)] == answer.pcm).all()


def test_without_a_user_it_is_idle() -> None:
    frames = list(play(QUIET_AVATAR.session(voice_rate=16_000), Scene(None)))
    assert {frame.tick.state for frame in frames} == {AvatarState.IDLE}


def test_speech_longer_than_a_timeline_may_hold_is_said_whole() -> None:
    speech = (1 + np.arange(16_000 * 130) % 20_000).astype(np.int16)
    session = QUIET_AVATAR.session(voice_rate=16_000)
    spoken = 0
    for index, frame in enumerate(play(session, Scene(speech))):
        if frame.tick.speech is not None:
            at = spoken * 640
            assert (frame.tick.speech == speech[at : at + 640]).all()
            spoken += 1
        if index > 200:
            break
    assert session.timeline.waiting_ticks < 250
