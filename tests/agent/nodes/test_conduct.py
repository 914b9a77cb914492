"""What a face publicly does, and that one that is told not to listen does not."""

import numpy as np
import pytest
from pipecat.frames.frames import ClientConnectedFrame, Frame, InputAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import AvatarDirectionFrame, AvatarImageFrame, UserFaceFrame
from agent.nodes import AvatarService
from agent.nodes.conduct import THINKS_AT_MOST, Conduct
from avatar.motion import ARKIT58, FaceObservation, Vector
from avatar.tick import AvatarState, Style
from tests.agent.nodes.test_avatar_service import AVATAR
from tests.sounds import tone


def states(conduct: Conduct, count: int) -> set[AvatarState]:
    return {conduct.tick(speaks=False) for _ in range(count)}


def test_it_listens_until_there_is_something_to_say() -> None:
    conduct = Conduct()
    assert conduct.tick(speaks=False) is AvatarState.LISTENING
    assert conduct.tick(speaks=True) is AvatarState.SPEAKING
    assert conduct.tick(speaks=False) is AvatarState.LISTENING


def test_it_thinks_until_the_answer_comes() -> None:
    conduct = Conduct()
    conduct.answer_expected()
    assert states(conduct, THINKS_AT_MOST - 1) == {AvatarState.THINKING}
    conduct.answer_came()
    assert conduct.tick(speaks=False) is AvatarState.LISTENING


def test_it_stops_thinking_when_no_answer_comes() -> None:
    conduct = Conduct()
    conduct.answer_expected()
    states(conduct, THINKS_AT_MOST - 1)
    assert states(conduct, 10) == {AvatarState.LISTENING}


def test_speech_goes_before_thought() -> None:
    conduct = Conduct()
    conduct.answer_expected()
    assert conduct.tick(speaks=True) is AvatarState.SPEAKING


def test_who_directs_decides_until_the_end() -> None:
    conduct = Conduct()
    conduct.direct(AvatarDirectionFrame(AvatarState.IDLE))
    conduct.answer_expected()
    assert conduct.tick(speaks=True) is AvatarState.IDLE
    conduct.direct(AvatarDirectionFrame())
    assert conduct.tick(speaks=True) is AvatarState.IDLE


def test_an_emotion_passes_when_its_time_is_over_and_leaves_the_style() -> None:
    conduct = Conduct()
    conduct.direct(AvatarDirectionFrame(style=Style(intensity=0.3, emotion="sad")))
    conduct.direct(AvatarDirectionFrame(emotion="happy", for_s=0.4))
    shown: list[str] = []
    for _ in range(12):
        shown.append(conduct.style.emotion)
        conduct.tick(speaks=False)
    assert shown == ["happy"] * 11 + ["sad"]
    assert conduct.style.intensity == pytest.approx(0.3)


def user() -> list[Frame]:
    """Somebody who talks and smiles for a second, as a transport brings it."""
    pcm = (32_767 * tone(1.0)).astype(np.int16)
    smile = FaceObservation(ARKIT58, ARKIT58.vector({"mouthSmile": 0.9}), np.ones(58, bool))
    frames: list[Frame] = []
    for at in range(0, len(pcm), 640):
        sound = InputAudioRawFrame(pcm[at : at + 640].tobytes(), 16_000, 1)
        frames += [sound, UserFaceFrame(smile), SleepFrame(0.04)]
    return frames


async def motions(*frames: Frame, tapped: bool) -> dict[int, Vector]:
    """The motion of each tick that was drawn."""
    face = AvatarService(AVATAR, seed=5)
    line = Pipeline([face.user_tap(), face]) if tapped else face
    told = [*frames, SleepFrame(0.1)]
    down, _ = await run_test(line, frames_to_send=[*told, ClientConnectedFrame(), *user()])
    return {
        frame.tick: frame.motion
        for frame in down
        if isinstance(frame, AvatarImageFrame) and frame.motion is not None
    }


async def alone() -> dict[int, Vector]:
    """The same face with nobody there."""
    face = AvatarService(AVATAR, seed=5)
    down, _ = await run_test(face, frames_to_send=[ClientConnectedFrame(), SleepFrame(1.1)])
    return {
        frame.tick: frame.motion
        for frame in down
        if isinstance(frame, AvatarImageFrame) and frame.motion is not None
    }


@pytest.mark.slow
async def test_one_that_does_not_listen_moves_as_if_nobody_were_there() -> None:
    by_itself = await alone()
    for tapped in (True, False):
        deaf = await motions(AvatarDirectionFrame(listens=False), tapped=tapped)
        both = deaf.keys() & by_itself.keys()
        assert len(both) >= 15
        assert all((deaf[tick] == by_itself[tick]).all() for tick in both)
        listening = await motions(tapped=tapped)
        last = max(listening.keys() & by_itself.keys())
        assert np.abs(listening[last] - by_itself[last]).max() > 0.05
