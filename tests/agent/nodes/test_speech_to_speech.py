"""A face behind a speech-to-speech LLM service, which pushes sound without phones or contexts."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from pipecat.frames.frames import (
    ClientConnectedFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMRunFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.utils.text.base_text_aggregator import TextType

from agent.frames import AvatarAudioFrame, AvatarImageFrame
from agent.nodes import AvatarService
from avatar.motion import ARKIT58
from tests.agent.nodes.test_avatar_service import AVATAR

RATE = 24_000
WORD_S = 0.32
BURST_S = WORD_S / 2
WORDS = ("one ", "two ", "three ", "four ")
JAW = ARKIT58.index("jawOpen")


def words(count: int = 4) -> np.ndarray:
    """Loud for the first 60 % of each word and silent after it."""
    t = np.arange(round(WORD_S * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 150 * k * t) / k for k in range(1, 12))
    word = np.where(t < 0.6 * WORD_S, 0.25 * voice, 0.0)
    return np.tile(np.round(32_767 * word).astype(np.int16), count)


class Realtime(FrameProcessor):
    """Answers in the order of frames of pipecat's OpenAI Realtime service, faster than it is said.

    The transcript comes with the sound; no frame names a context.
    """

    def __init__(self, pcm: np.ndarray) -> None:
        super().__init__()
        self._pcm = pcm
        self._answering: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            await self._stop()
        if isinstance(frame, LLMRunFrame):
            self._answering = self.create_task(self._answer(), "answer")
        else:
            await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await super().cleanup()
        await self._stop()

    async def _stop(self) -> None:
        answering, self._answering = self._answering, None
        if answering is not None and not answering.done():
            await self.cancel_task(answering)
            await self.push_frame(LLMFullResponseEndFrame())
            await self.push_frame(TTSStoppedFrame())

    async def _answer(self) -> None:
        await self.push_frame(LLMFullResponseStartFrame())
        await self.push_frame(TTSStartedFrame())
        step = round(BURST_S * RATE)
        bursts = [self._pcm[at : at + step] for at in range(0, len(self._pcm), step)]
        for index, burst in enumerate(bursts):
            if index % 2 == 0:
                await self._transcribe(WORDS[index // 2])
            await self.push_frame(TTSAudioRawFrame(burst.tobytes(), RATE, 1))
            await asyncio.sleep(0.02)
        await self.push_frame(TTSStoppedFrame())
        await self.push_frame(LLMFullResponseEndFrame())

    async def _transcribe(self, text: str) -> None:
        llm_text = LLMTextFrame(text)
        llm_text.append_to_context = False
        await self.push_frame(llm_text)
        said = TTSTextFrame(text, TextType.SENTENCE)
        said.includes_inter_frame_spaces = True
        await self.push_frame(said)


async def conversation(*frames: Frame, pcm: np.ndarray | None = None) -> list[Frame]:
    pipeline = Pipeline([Realtime(words() if pcm is None else pcm), AvatarService(AVATAR)])
    down, _ = await run_test(pipeline, frames_to_send=[ClientConnectedFrame(), *frames])
    return list(down)


def audio(frames: Sequence[Frame]) -> list[AvatarAudioFrame]:
    return [frame for frame in frames if isinstance(frame, AvatarAudioFrame)]


def texts(frames: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, TTSTextFrame)]


async def test_all_is_said_once_and_in_one_turn() -> None:
    down = await conversation(LLMRunFrame(), SleepFrame(1.6))
    pcm = np.frombuffer(b"".join(frame.audio for frame in audio(down)), np.int16)
    assert (pcm[: len(words())] == words()).all()
    assert {frame.turn for frame in audio(down)} == {1}
    assert [b.tick - a.tick for a, b in pairwise(audio(down))] == [1] * 31


async def test_lips_follow_the_sound() -> None:
    down = await conversation(LLMRunFrame(), SleepFrame(1.6))
    loud = {
        frame.tick: float(np.abs(np.frombuffer(frame.audio, np.int16)).mean() > 500)
        for frame in audio(down)
    }
    jaws = {
        frame.tick: float(frame.motion[JAW])
        for frame in down
        if isinstance(frame, AvatarImageFrame) and frame.motion is not None and frame.tick in loud
    }
    assert len(jaws) > 20
    both = np.array([(jaws[tick], loud[tick]) for tick in jaws])
    assert np.corrcoef(both.T)[0, 1] > 0.5
    assert both[both[:, 1] == 1, 0].mean() > 2 * both[both[:, 1] == 0, 0].mean()


async def test_text_comes_behind_what_was_said_before_it() -> None:
    down = await conversation(LLMRunFrame(), SleepFrame(1.6))
    said_before = [
        len(audio(down[:index])) for index, f in enumerate(down) if isinstance(f, TTSTextFrame)
    ]
    assert texts(down) == list(WORDS)
    for word, ticks in enumerate(said_before):
        assert ticks * 0.04 >= word * WORD_S - 0.001
    ends = next(i for i, f in enumerate(down) if isinstance(f, LLMFullResponseEndFrame))
    assert len(audio(down[:ends])) == 32


async def test_answers_are_turns() -> None:
    down = await conversation(
        LLMRunFrame(), SleepFrame(0.9), LLMRunFrame(), SleepFrame(0.9), pcm=words(2)
    )
    turns = [frame.turn for frame in audio(down)]
    assert turns == [1] * 16 + [2] * 16


async def test_an_interruption_drops_what_was_not_said() -> None:
    down = await conversation(LLMRunFrame(), SleepFrame(0.48), InterruptionFrame(), SleepFrame(0.6))
    begin = next(i for i, frame in enumerate(down) if isinstance(frame, InterruptionFrame))
    assert 5 <= len(audio(down[:begin])) <= 15
    assert audio(down[begin:]) == []
    assert texts(down) == list(WORDS[:2])
    pictures = [frame for frame in down[begin:] if isinstance(frame, AvatarImageFrame)]
    assert len(pictures) >= 10
    assert not any(frame.speaking for frame in pictures[2:])


async def test_after_an_interruption_while_the_answer_comes_the_next_one_is_said() -> None:
    down = await conversation(
        LLMRunFrame(), SleepFrame(0.06), InterruptionFrame(), SleepFrame(0.1),
        LLMRunFrame(), SleepFrame(1.6),
    )  # fmt: skip
    begin = next(i for i, frame in enumerate(down) if isinstance(frame, InterruptionFrame))
    assert {frame.turn for frame in audio(down[begin:])} == {2}
    assert len(audio(down[begin:])) == 32
    assert texts(down[begin:]) == list(WORDS)


async def test_after_a_lost_end_the_next_answer_is_said() -> None:
    """An interruption may sweep away the frame that ends an answer."""
    begun: list[Frame] = [TTSStartedFrame(), TTSAudioRawFrame(words(2).tobytes(), RATE, 1)]
    again: list[Frame] = [TTSStartedFrame(), TTSAudioRawFrame(words(2).tobytes(), RATE, 1)]
    down = await conversation(
        *begun, SleepFrame(0.2), InterruptionFrame(), SleepFrame(0.1), *again,
        TTSStoppedFrame(), SleepFrame(0.9),
    )  # fmt: skip
    assert sum(frame.turn == 2 for frame in audio(down)) == 16
