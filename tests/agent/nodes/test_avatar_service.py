"""The face in a real pipecat pipeline, with a renderer that costs nothing."""

from itertools import pairwise

import numpy as np
import pytest
from pipecat.frames.frames import (
    ClientConnectedFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputImageRawFrame,
    TextFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    UserImageRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import (
    AvatarAudioFrame,
    AvatarImageFrame,
    AvatarPicturesFrame,
    AvatarTickFrame,
    TTSPhonesFrame,
    UserFaceFrame,
)
from agent.nodes import AvatarService
from avatar.avatar import Avatar
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58, FaceObservation, latent_space
from avatar.tick import Phone
from tests.avatar.test_session import Recorder

RATE = 24_000
AVATAR = Avatar("test", "none", RuleBasedGenerator(), Recorder(), ARKIT58.rest)


def speech(seconds: float, context: str | None = "a", rate: int = RATE) -> list[Frame]:
    """What a TTS service pushes, in pieces of 30 ms."""
    samples = (1 + np.arange(round(seconds * rate)) % 20_000).astype(np.int16)
    step = round(0.03 * rate)
    return [
        TTSAudioRawFrame(samples[at : at + step].tobytes(), rate, 1, context_id=context)
        for at in range(0, len(samples), step)
    ]


def utterance(seconds: float, context: str | None = "a", rate: int = RATE) -> list[Frame]:
    return [
        TTSStartedFrame(context_id=context),
        *speech(seconds, context, rate),
        TextFrame("hello"),
        TTSStoppedFrame(context_id=context),
    ]


async def run(
    *frames: Frame, node: AvatarService | None = None, tapped: bool = False
) -> list[Frame]:
    service = node or AvatarService(AVATAR)
    processor = Pipeline([service.user_tap(), service]) if tapped else service
    down, _ = await run_test(processor, frames_to_send=[ClientConnectedFrame(), *frames])
    return list(down)


def spoken(frames: list[Frame]) -> np.ndarray:
    audio = [frame.audio for frame in frames if isinstance(frame, AvatarAudioFrame)]
    return np.frombuffer(b"".join(audio), np.int16)


async def test_speech_comes_out_whole_in_pieces_of_a_tick() -> None:
    down = await run(*utterance(0.5), SleepFrame(0.8))
    audio = [frame for frame in down if isinstance(frame, AvatarAudioFrame)]
    assert {len(frame.audio) for frame in audio} == {2 * RATE // 25}
    assert (spoken(down)[: RATE // 2] == 1 + np.arange(RATE // 2) % 20_000).all()
    assert {frame.turn for frame in audio} == {1}
    assert [b.tick - a.tick for a, b in pairwise(audio)] == [1] * 12
    assert {frame.context_id for frame in audio} == {"a"}


async def test_pictures_never_stop_and_know_when_it_speaks() -> None:
    down = await run(*utterance(0.4), SleepFrame(1.0))
    images = [frame for frame in down if isinstance(frame, AvatarImageFrame)]
    assert len(images) >= 15
    assert all(frame.size == (2, 2) and len(frame.image) == 12 for frame in images)
    assert {frame.speaking for frame in images} == {True, False}
    assert [frame.tick for frame in images] == sorted(frame.tick for frame in images)


async def test_frames_leave_in_their_order_behind_the_speech() -> None:
    down = await run(*utterance(0.4), SleepFrame(0.8))
    kinds = [type(frame) for frame in down if not isinstance(frame, OutputImageRawFrame)]
    assert kinds.index(TTSStartedFrame) < kinds.index(AvatarAudioFrame)
    last_audio = len(kinds) - 1 - kinds[::-1].index(AvatarAudioFrame)
    assert last_audio < kinds.index(TextFrame) < kinds.index(TTSStoppedFrame)


async def test_the_end_waits_for_the_last_word() -> None:
    down = await run(*utterance(0.6))
    assert len(spoken(down)) >= 0.6 * RATE


async def test_an_interruption_silences_it_and_late_pieces_are_dropped() -> None:
    down = await run(
        *utterance(3.0), SleepFrame(0.3), InterruptionFrame(), *speech(0.5), SleepFrame(0.4)
    )
    begin = next(i for i, frame in enumerate(down) if isinstance(frame, InterruptionFrame))
    assert len(spoken(down[:begin])) < 0.6 * RATE
    assert len(spoken(down[begin:])) == 0
    assert sum(isinstance(frame, AvatarImageFrame) for frame in down[begin:]) >= 5


async def test_after_an_interruption_the_next_context_is_said() -> None:
    down = await run(
        *utterance(3.0, "a"), SleepFrame(0.2), InterruptionFrame(), SleepFrame(0.05),
        *utterance(0.4, "b"), SleepFrame(0.7),
    )  # fmt: skip
    audio = [frame for frame in down if isinstance(frame, AvatarAudioFrame)]
    assert [frame.turn for frame in audio if frame.context_id == "b"] == [2] * 10


async def test_speech_without_contexts_is_a_turn_each() -> None:
    down = await run(*utterance(0.2, None), *utterance(0.2, None), SleepFrame(0.8))
    turns = [frame.turn for frame in down if isinstance(frame, AvatarAudioFrame)]
    assert turns == [1] * 5 + [2] * 5


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
async def test_other_rates_are_converted(rate: int) -> None:
    down = await run(*utterance(0.4, rate=rate), SleepFrame(0.8))
    assert len(spoken(down)) == pytest.approx(0.4 * RATE, abs=2 * RATE // 25)


async def test_phones_reach_the_lips() -> None:
    phones = TTSPhonesFrame((Phone("p", 0.0, 0.3),), context_id="a")
    service = AvatarService(AVATAR)
    frames = [
        TTSStartedFrame(context_id="a"),
        phones,
        *speech(0.3),
        TTSStoppedFrame(context_id="a"),
    ]
    down = await run(*frames, SleepFrame(0.6), node=service)
    spoken_images = [f for f in down if isinstance(f, AvatarImageFrame) and f.speaking]
    assert spoken_images
    assert max(max(frame.image) for frame in spoken_images) < 40


@pytest.mark.parametrize("tapped", [True, False])
async def test_it_hears_and_sees_the_user(tapped: bool) -> None:
    service = AvatarService(AVATAR)
    sound = InputAudioRawFrame((8000 * np.ones(3200)).astype(np.int16).tobytes(), 16_000, 1)
    face = FaceObservation(ARKIT58, ARKIT58.vector({"mouthSmile": 1.0}), np.ones(58, bool))
    down = await run(sound, UserFaceFrame(face), SleepFrame(0.15), node=service, tapped=tapped)
    assert any(isinstance(frame, InputAudioRawFrame) for frame in down)
    state = service._session._cast._state
    assert state.listening.level > 0.05
    assert state.seeing.smile > 0.2


async def test_a_face_in_a_space_that_it_does_not_understand_changes_nothing() -> None:
    service = AvatarService(AVATAR)
    space = latent_space(8)
    other = FaceObservation(space, space.rest, np.ones(8, bool))
    smile = FaceObservation(ARKIT58, ARKIT58.vector({"mouthSmile": 1.0}), np.ones(58, bool))
    down = await run(UserFaceFrame(smile), UserFaceFrame(other), SleepFrame(0.15), node=service)
    assert service._session._cast._state.seeing.smile > 0.2
    assert sum(isinstance(frame, AvatarImageFrame) for frame in down) >= 2
    assert sum(isinstance(frame, UserFaceFrame) for frame in down) == 2, "others may understand it"


async def test_camera_pictures_end_here_unless_they_were_asked_for() -> None:
    plain = UserImageRawFrame(image=bytes(12), size=(2, 2), format="RGB", user_id="u")
    asked = UserImageRawFrame(image=bytes(12), size=(2, 2), format="RGB", user_id="u", text="look")
    down = await run(plain, asked)
    assert [frame for frame in down if isinstance(frame, UserImageRawFrame)] == [asked]


def test_transports_are_told_what_they_carry() -> None:
    params = AvatarService.transport_params(AVATAR, audio_in_sample_rate=16_000)
    assert (params.video_out_width, params.video_out_height) == (2, 2)
    assert params.video_out_framerate == 25
    assert params.video_out_is_live
    assert params.audio_in_sample_rate == 16_000


async def test_whoever_does_not_look_costs_no_drawing_and_time_goes_on() -> None:
    frames = await run(AvatarPicturesFrame(wanted=False), *utterance(1.0), SleepFrame(sleep=2))
    assert not [f for f in frames if isinstance(f, AvatarImageFrame)]
    ticks = [f.tick for f in frames if isinstance(f, AvatarTickFrame)]
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
    assert len(ticks) >= 45
    again = await run(
        AvatarPicturesFrame(wanted=False), AvatarPicturesFrame(wanted=True), SleepFrame(sleep=1)
    )
    assert len([f for f in again if isinstance(f, AvatarImageFrame)]) >= 20
