"""A lobby in virtual time: a kiosk's own pipeline between scripted ears, answers and a voice."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams
from pipecat.frames.frames import (
    ClientConnectedFrame,
    EndFrame,
    InputAudioRawFrame,
    LLMMessagesAppendFrame,
    LLMRunFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.workers.runner import WorkerRunner

from agent.frames import UserCaptionFrame, UserPresenceFrame
from agent.kiosk_frames import VisitorFrame
from agent.knowledge.responder import ChatTurn, Responder
from agent.nodes import Answers, Forgetting
from agent.protocol.events.kiosk import KioskEvent, KioskState
from agent.turns.coordinator import TurnCoordinator
from agent.turns.manners import Manners
from agent.turns.phrases import PHRASES
from agent.turns.strategies import floor_strategies
from avatar.tracking.presence import Presence
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.desk import Desk, Moment
from pipelines.kiosk.receptionist import Receptionist
from pipelines.kiosk.understanding import Understanding
from pipelines.kiosk.wording import wording_of
from pipelines.simulation.stage_parts import (
    Mouth,
    QuietTurns,
    ScriptedAnswers,
    ScriptedEars,
    ScriptedVoice,
)

PICTURE_S = 0.2
"""Between two pictures of the camera."""
NEAR = Presence(distance_m=0.8, x=0.0, y=0.0, size=0.3, facing=0.1)
HEARD_AFTER_S = 0.4
"""From the end of a voice to its words."""
SECONDS_A_WORD = 0.35
_OWN = PHRASES["en"]
NO_ANSWERS = frozenset((*_OWN.hold, *_OWN.apology, *_OWN.reprompt))
NOON = datetime(2026, 5, 4, 12)


@dataclass
class Lobby:
    """One kiosk and whoever stands before it. Times are those of the loop."""

    responder: Responder
    config: KioskConfig = field(default_factory=KioskConfig)
    hangs: bool = False
    """The next answers never come."""
    fails: bool = False
    """The next answers are errors."""
    sees: bool = True
    """The camera works."""
    hears: bool = True
    """The microphone works."""
    jump: timedelta = timedelta()
    """By which the clock on the wall is wrong."""
    present: bool = False
    speaking: bool = False
    states: list[tuple[float, KioskState]] = field(default_factory=list)
    moments: list[tuple[float, Moment]] = field(default_factory=list)
    resets_mid_sentence: int = 0
    """Visits that were ended while the visitor spoke, or was spoken to and still there."""
    asked_to_reset: bool = False

    def __post_init__(self) -> None:
        """Put the kiosk together as `pipelines.build.conversation` does, with other ends."""
        desk = Desk(
            config=self.config,
            name="Ana",
            words={"en": wording_of(self.config, "en")},
            eared=frozenset({"en"}),
            wall=self._wall,
            show=self._shown,
            count=self._counted,
        )
        self.context = LLMContext()
        self.voice, self.ears, self._mouth = ScriptedVoice(), ScriptedEars(), Mouth()
        aggregators = LLMContextAggregatorPair(self.context, user_params=_hears())
        self._pipeline = Pipeline(
            [
                self.ears,
                Receptionist(desk),
                TurnCoordinator(
                    ear=_Deaf(),
                    turns=QuietTurns(),
                    manners=Manners(backchannels_a_minute=0),
                    chance=lambda: 0.0,
                ),
                Understanding("en", None),
                self._mouth,
                aggregators.user(),
                ScriptedAnswers(self._answer),
                Answers(),
                self.voice,
                aggregators.assistant(),
                Forgetting(self.context),
            ]
        )

    @property
    def now(self) -> float:
        """Seconds of the loop."""
        return asyncio.get_running_loop().time()

    @property
    def state(self) -> KioskState | None:
        """What the screen shows."""
        return self.states[-1][1] if self.states else None

    @property
    def content(self) -> list[Any]:
        """What the language model knows of the conversation."""
        return list(self.context.messages)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["Lobby"]:
        """Open while the context lasts."""
        params = PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=24_000)
        worker = PipelineWorker(
            self._pipeline, params=params, idle_timeout_secs=None, enable_rtvi=False
        )
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        self._worker = worker
        await worker.queue_frame(ClientConnectedFrame())
        seeing = asyncio.create_task(self._see())
        try:
            yield self
        finally:
            seeing.cancel()
            await worker.queue_frame(EndFrame())
            await asyncio.gather(running, seeing, return_exceptions=True)

    async def say(self, text: str, *, whole: bool = True) -> None:
        """The visitor says something; unless it is `whole`, they walk away in the middle."""
        self.speaking = True
        await self._mouth.voice(VADUserStartedSpeakingFrame(start_secs=0.2))
        await asyncio.sleep(SECONDS_A_WORD * max(2, len(text.split())))
        self.speaking = False
        await self._mouth.voice(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await asyncio.sleep(HEARD_AFTER_S)
        if self.hears and not self.ears.muted:
            words = text if whole else text.rpartition(" ")[0]
            await self.ears.push_frame(TranscriptionFrame(words, "user", "", finalized=True))

    async def type(self, text: str) -> None:
        """The visitor presses or types a question."""
        message: Any = {"role": "user", "content": text}
        await self._worker.queue_frame(UserCaptionFrame(text, final=True, typed=True))
        await self._worker.queue_frame(LLMMessagesAppendFrame([message], run_llm=False))
        await self._worker.queue_frame(LLMRunFrame())

    async def press(self, event: KioskEvent) -> None:
        """The page tells something."""
        await self._worker.queue_frame(VisitorFrame(event))

    async def until(self, state: str, within_s: float) -> bool:
        """Whether the kiosk comes to a state in time."""

        def reached() -> bool:
            return self.state is not None and self.state.state == state

        return await self.holds(reached, within_s)

    async def answered(self, since: float, within_s: float) -> bool:
        """Whether an answer was begun, and was said to its end."""

        def begun() -> bool:
            return any(at >= since and text not in NO_ANSWERS for at, text in self.voice.said)

        answers = await self.holds(begun, within_s)
        return answers and await self.holds(lambda: not self.voice.says, within_s)

    async def holds(self, true: Callable[[], bool], within_s: float) -> bool:
        """Whether something becomes true in time."""
        end = self.now + within_s
        while not true():
            if self.now >= end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _see(self) -> None:
        """What the camera and the microphone tell all the time."""
        silence = bytes(640)
        while True:
            await asyncio.sleep(PICTURE_S)
            if self.sees:
                seen = NEAR if self.present else None
                await self._worker.queue_frame(UserPresenceFrame(seen))
            if self.hears:
                await self._worker.queue_frame(InputAudioRawFrame(silence, 16_000, 1))

    def _wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now) + self.jump

    def _answer(self, said: list[Any]) -> str | None:
        if self.hangs:
            return None
        if self.fails:
            return "ERROR"
        turns = [ChatTurn(message["role"], str(message["content"])) for message in said]
        return self.responder.reply(turns).text

    def _shown(self, state: KioskState) -> None:
        before = self.state
        self.states.append((self.now, state))
        ended = state.state == "reset" and (before is None or before.state != "reset")
        if ended and not self.asked_to_reset:
            listens = self.voice.says and self.present
            self.resets_mid_sentence += (self.speaking and self.present) or listens

    def _counted(self, moment: Moment) -> None:
        self.moments.append((self.now, moment))


class _Deaf(VADAnalyzer):
    """Hears nothing by itself: the script says who speaks."""

    def __init__(self) -> None:
        super().__init__(params=VADParams(start_secs=0.064, stop_secs=0.1))

    def num_frames_required(self) -> int:
        """20 ms."""
        return 320

    def voice_confidence(self, buffer: bytes) -> float:  # noqa: ARG002 - pipecat's signature
        """Never a voice."""
        return 0.0


def _hears() -> LLMUserAggregatorParams:
    return LLMUserAggregatorParams(user_turn_strategies=floor_strategies(), empty_user_turn=None)
