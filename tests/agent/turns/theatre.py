"""A whole conversation in virtual time: pipecat's own aggregators between scripted parts."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    ClientConnectedFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

from agent.frames import (
    AvatarAudioFrame,
    AvatarBackchannelAudioFrame,
    AvatarFlushFrame,
    AvatarHeldFrame,
)
from agent.nodes import Answers, AvatarService
from agent.turns.coordinator import TurnCoordinator
from agent.turns.manners import Manners
from agent.turns.strategies import floor_strategies
from tests.agent.nodes.test_avatar_service import AVATAR
from tests.agent.turns.detectors import LevelVAD, ScriptedTurns, sound

RATE = 24_000
QUIET, LOUD = 10, 8000


@dataclass(frozen=True, slots=True)
class Speaks:
    """The user is heard from one second to another; the recogniser makes this of it."""

    begins: float
    ends: float
    text: str = ""


class ScriptedSTT(FrameProcessor):
    """One final transcript for each stretch of voice, so long after its end."""

    def __init__(self, script: Sequence[Speaks], delay_s: float = 0.1) -> None:
        super().__init__()
        self._texts = [speaks.text for speaks in script]
        self._delay = delay_s

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame) and self._texts:
            self.create_task(self._say(self._texts.pop(0)))

    async def _say(self, text: str) -> None:
        await asyncio.sleep(self._delay)
        if text:
            await self.push_frame(TranscriptionFrame(text, "user", "", finalized=True))


_SETTINGS = LLMSettings(
    model="scripted", system_instruction=None, temperature=None, max_tokens=None, top_p=None,
    top_k=None, frequency_penalty=None, presence_penalty=None, seed=None,
    filter_incomplete_user_turns=False, user_turn_completion_config=None,
)  # fmt: skip


class ScriptedLLM(LLMService[Any]):
    """Answers after a while, word by word; a word `ERROR` is an error, and the end."""

    def __init__(self, answer: Callable[[str], str], delay_s: float) -> None:
        super().__init__(settings=_SETTINGS)
        self._answer, self._delay = answer, delay_s
        self.asked: list[str] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        message: Any = frame.context.messages[-1]
        question = str(message["content"])
        self.asked.append(question)
        await self.push_frame(LLMFullResponseStartFrame())
        await asyncio.sleep(self._delay)
        for word in self._answer(question).split(" "):
            if word == "ERROR":
                await self.push_error("401: the key is wrong")
                break
            await self.push_frame(LLMTextFrame(word + " "))
        await self.push_frame(LLMFullResponseEndFrame())


class ScriptedTTS(TTSService):
    """A voice of 0.3 s a word whose samples count up, so that it is known what was said.

    `fails` tells in which texts it breaks off after half of the words.
    """

    def __init__(self, fails: Callable[[str], bool] = lambda text: False) -> None:
        settings = TTSSettings(model=None, voice=None, language=None)
        super().__init__(
            push_start_frame=True, push_stop_frames=True, sample_rate=RATE, settings=settings
        )
        self._fails = fails
        self.asked: list[str] = []

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        self.asked.append(text)
        words = len(text.split()) // (2 if self._fails(text) else 1)
        samples = np.arange(round(0.3 * RATE) * words) // 960 + 1
        for at in range(0, len(samples), RATE // 10):
            pcm = samples[at : at + RATE // 10].astype(np.int16).tobytes()
            yield TTSAudioRawFrame(pcm, RATE, 1, context_id=context_id)
        if self._fails(text):
            yield ErrorFrame(error="the voice broke")


class Client(FrameProcessor):
    """What our websocket output does, and a record of what it was given, with its time."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[float, Frame]] = []
        self.zero = 0.0
        self._speaks = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM:
            self.got.append((asyncio.get_running_loop().time() - self.zero, frame))
            if isinstance(frame, AvatarAudioFrame):
                await self.broadcast_frame(
                    BotSpeakingFrame if self._speaks else BotStartedSpeakingFrame
                )
                self._speaks = True
            elif isinstance(frame, TTSStoppedFrame | AvatarFlushFrame) and self._speaks:
                self._speaks = False
                await self.broadcast_frame(BotStoppedSpeakingFrame)
        await self.push_frame(frame, direction)

    def at(self, kind: type[Frame]) -> list[float]:
        return [at for at, frame in self.got if isinstance(frame, kind)]

    def frames(self, kind: type[Frame]) -> list[Any]:
        return [frame for _, frame in self.got if isinstance(frame, kind)]

    @property
    def held(self) -> list[tuple[float, bool]]:
        return [(at, f.held) for at, f in self.got if isinstance(f, AvatarHeldFrame)]

    @property
    def voice(self) -> list[tuple[float, int]]:
        """When which tick of the voice was sent."""
        heard = [(at, f) for at, f in self.got if isinstance(f, AvatarAudioFrame)]
        return [(at, int(np.frombuffer(f.audio, np.int16)[0])) for at, f in heard]

    @property
    def backchannels(self) -> list[float]:
        times = self.at(AvatarBackchannelAudioFrame)
        return [at for i, at in enumerate(times) if i == 0 or at - times[i - 1] > 1]


@dataclass
class Play:
    """Plays a script and keeps what came of it."""

    script: Sequence[Speaks]
    seconds: float
    answer: Callable[[str], str] = lambda question: "one two three four five six seven eight nine"
    delay_s: float = 0.1
    finished: Callable[[], bool] = lambda: True
    manners: Manners = field(default_factory=lambda: Manners(backchannels_a_minute=0))
    chance: Callable[[], float] = lambda: 0.0
    extra: Sequence[tuple[float, Frame]] = ()
    behind_tts: FrameProcessor | None = None
    tts_fails: Callable[[str], bool] = lambda text: False

    async def run(self) -> "Play":
        self.client, self.context = Client(), LLMContext()
        self.llm = ScriptedLLM(self.answer, self.delay_s)
        self.tts = ScriptedTTS(self.tts_fails)
        face = AvatarService(AVATAR)
        coordinator = TurnCoordinator(
            ear=LevelVAD(0.04), turns=ScriptedTurns(self.finished), manners=self.manners,
            chance=self.chance,
        )  # fmt: skip
        aggregators = LLMContextAggregatorPair(self.context, user_params=_hears())
        pipeline = Pipeline(
            [
                ScriptedSTT(self.script),
                coordinator,
                aggregators.user(),
                self.llm,
                Answers(),
                self.tts,
                *([] if self.behind_tts is None else [self.behind_tts]),
                face,
                self.client,
                aggregators.assistant(),
            ]
        )
        params = PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=RATE)
        worker = PipelineWorker(pipeline, params=params, idle_timeout_secs=None, enable_rtvi=False)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        await asyncio.gather(runner.run(), self._perform(worker))
        return self

    async def _perform(self, worker: PipelineWorker) -> None:
        loop = asyncio.get_running_loop()
        self.client.zero = loop.time()
        await worker.queue_frame(ClientConnectedFrame())
        extra = sorted(self.extra, key=lambda timed: timed[0])
        start = loop.time()
        for n in range(round(self.seconds * 50)):
            at = n / 50
            await asyncio.sleep(max(0.0, start + at - loop.time()))
            loud = any(speaks.begins <= at < speaks.ends for speaks in self.script)
            await worker.queue_frame(sound(LOUD if loud else QUIET))
            while extra and extra[0][0] <= at:
                await worker.queue_frame(extra.pop(0)[1])
        await worker.queue_frame(EndFrame())

    @property
    def said(self) -> list[str]:
        """What the context holds of the conversation."""
        messages: list[Any] = list(self.context.messages)
        return [f"{message['role']}: {message['content']}" for message in messages]


def _hears() -> LLMUserAggregatorParams:
    return LLMUserAggregatorParams(
        vad_analyzer=LevelVAD(0.2),
        user_turn_strategies=floor_strategies(),
        empty_user_turn=None,
    )
