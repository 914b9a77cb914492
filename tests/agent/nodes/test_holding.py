"""Falling silent and going on, and signs of listening that are no turns."""

import numpy as np
from pipecat.frames.frames import (
    AggregatedTextFrame,
    ClientConnectedFrame,
    Frame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.utils.text.base_text_aggregator import TextType

from agent.frames import (
    AvatarAudioFrame,
    AvatarBackchannelAudioFrame,
    AvatarHeldFrame,
    AvatarHoldFrame,
    AvatarReactionFrame,
    AvatarStateFrame,
    PlaybackLagFrame,
)
from agent.nodes import AvatarService
from avatar.tick import AvatarState
from tests.agent.nodes.test_avatar_service import AVATAR, RATE, utterance


class Buffering(FrameProcessor):
    """A transport whose client plays three ticks late."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, ClientConnectedFrame):
            await self.push_frame(PlaybackLagFrame(3), FrameDirection.UPSTREAM)
        await self.push_frame(frame, direction)


async def said(*frames: Frame, lag: bool = False) -> list[Frame]:
    face = AvatarService(AVATAR)
    processor = Pipeline([face, Buffering()]) if lag else face
    down, _ = await run_test(processor, frames_to_send=[ClientConnectedFrame(), *frames])
    return list(down)


def sound(frames: list[Frame]) -> np.ndarray:
    pieces = [f.audio for f in frames if isinstance(f, AvatarAudioFrame)]
    return np.frombuffer(b"".join(pieces), np.int16)


async def test_a_hold_keeps_the_place_and_shows_that_it_listens() -> None:
    whole = sound(await said(*utterance(2.0), SleepFrame(sleep=4)))
    frames = await said(
        *utterance(2.0),
        SleepFrame(sleep=1.0),
        AvatarHoldFrame(held=True),
        SleepFrame(sleep=0.8),
        AvatarHoldFrame(held=False),
        SleepFrame(sleep=4),
    )
    assert (sound(frames) == whole).all()
    down, up = [f for f in frames if isinstance(f, AvatarHeldFrame)]
    assert (down.held, up.held) == (True, False)
    assert up.tick - down.tick == 20
    states = [f.state for f in frames if isinstance(f, AvatarStateFrame)]
    speaking, listening = AvatarState.SPEAKING, AvatarState.LISTENING
    assert states[-4:] == [speaking, listening, speaking, listening]


async def test_what_a_client_has_not_played_comes_again() -> None:
    frames = await said(
        *utterance(2.0),
        SleepFrame(sleep=1.0),
        AvatarHoldFrame(held=True),
        SleepFrame(sleep=0.8),
        AvatarHoldFrame(held=False),
        SleepFrame(sleep=4),
        lag=True,
    )
    heard = [f for f in frames if isinstance(f, AvatarAudioFrame)]
    down, _ = [f for f in frames if isinstance(f, AvatarHeldFrame)]
    played = [f for f in heard if f.tick < down.tick]
    again = [f for f in heard if f.tick > down.tick + 20]
    assert len(heard) - len(played) - len(again) == 3
    whole = sound(await said(*utterance(2.0), SleepFrame(sleep=4)))
    assert (sound([*played, *again]) == whole).all()


async def test_a_hold_of_silence_is_not_told() -> None:
    frames = await said(AvatarHoldFrame(held=True), AvatarHoldFrame(held=False))
    assert not [f for f in frames if isinstance(f, AvatarHeldFrame)]


async def test_a_sign_of_listening_is_no_turn() -> None:
    samples = np.full(RATE // 2, 1000, np.int16).tobytes()
    audio = TTSAudioRawFrame(samples, RATE, 1, context_id="aside")
    audio.interruptible = False
    frames = await said(
        AggregatedTextFrame("I see.", TextType.BACKCHANNEL, context_id="aside"),
        TTSStartedFrame(context_id="aside"),
        audio,
        TTSTextFrame("I see.", TextType.WORD, context_id="aside"),
        TTSStoppedFrame(context_id="aside"),
        SleepFrame(sleep=2),
        *utterance(1.0),
        SleepFrame(sleep=3),
    )
    aside = [f for f in frames if isinstance(f, AvatarBackchannelAudioFrame)]
    assert len(aside) == 13
    assert {f.turn for f in aside} == {0}
    assert {f.turn for f in frames if isinstance(f, AvatarAudioFrame)} == {1}
    assert not [f for f in frames if isinstance(f, TTSTextFrame)]
    reactions = [f.reaction.kind for f in frames if isinstance(f, AvatarReactionFrame)]
    assert reactions.count("backchannel") == 1
    assert sum(isinstance(f, TTSStoppedFrame) for f in frames) == 1
