"""`TurnCoordinator`: hears and sees who wants to speak, and says so in pipecat's own frames.

It stands between the STT service and the user aggregator, whose strategies leave the turns to it
(`floor_strategies`): it proposes their beginning and their end, and hands on the words of a turn
when it ends.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from loguru import logger
from pipecat.audio.turn.base_turn_analyzer import BaseTurnAnalyzer, EndOfTurnState
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADState
from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    LLMRunFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TurnMetricsData
from pipecat.processors.frame_processor import (
    FrameDirection,
    FrameProcessor,
    FrameProcessorSetup,
)
from pipecat.services.llm_service import LLMService
from pipecat.services.tts_service import TTSService

from agent.frames import (
    AnswerComesFrame,
    AnswerFailedFrame,
    AnswerWrittenFrame,
    AvatarDirectionFrame,
    ForgetFrame,
    LanguageFrame,
    NothingCommittedFrame,
    PushToTalkFrame,
    UserCommitFrame,
    UserFaceFrame,
)
from agent.nodes.pacing import loop_time
from agent.services.stt.transcripts import SentenceEnd
from agent.turns.events import (
    AnswerComes,
    AnswerFailed,
    AvatarVoice,
    DropTurn,
    Event,
    Passed,
    TakeTurn,
    TurnJudged,
    UserAsked,
    UserCommitted,
    UserSeen,
    UserSound,
    UserVoice,
    UserWords,
)
from agent.turns.floor import FloorMachine
from agent.turns.liveliness import Liveliness
from agent.turns.manners import Manners
from agent.turns.mouth import Mouth
from agent.turns.performing import Performer, draws
from agent.turns.phrases import PHRASES, Phrases

SAMPLE_BYTES = 2

SURE = 0.995
"""No model of turns is surer."""

LEAST_WAIT_S = 0.005
"""Between two deadlines, whatever the machine asks for."""


class TurnCoordinator(FrameProcessor):
    """Drives a `FloorMachine` with what happens, and does what it decides.

    `ear` is a voice activity detector that answers early (`start_secs` of two windows), `turns` a
    model of the end of turns. `phrases` are said in the `language` that is spoken.
    """

    def __init__(
        self,
        *,
        ear: VADAnalyzer,
        turns: BaseTurnAnalyzer,
        manners: Manners | None = None,
        phrases: Mapping[str, Phrases] = PHRASES,
        language: str = "en",
        chance: Callable[[], float] | None = None,
        clock: Callable[[], float] = loop_time,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._ear, self._turns = ear, turns
        self._liveliness = Liveliness(manners or Manners())
        self._chance, self._clock = chance or draws(0), clock
        self._performer = Performer(
            self.push_frame, self._interrupt, phrases[language], self._chance
        )
        self._phrases = phrases
        self._machine: FloorMachine | None = None
        self._mouth = Mouth()
        self._heard = b""
        self._sounds = self._voice = self._bot = False
        self._mouth_moves: bool | None = None
        self._stretch = 0
        self._user_id = ""
        self._order = asyncio.Lock()
        self._changed = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._judging: asyncio.Task[None] | None = None

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Ready the detectors for the pipeline's input rate."""
        await super().setup(setup)
        self._ear.set_sample_rate(setup.audio_in_sample_rate)
        self._turns.set_sample_rate(setup.audio_in_sample_rate)

    async def cleanup(self) -> None:
        """Stop watching and let go of the detectors' threads."""
        await super().cleanup()
        await self._stop()
        await self._ear.cleanup()
        await self._turns.cleanup()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take notice of everything that tells who speaks; keep transcripts until a turn ends."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame | InterimTranscriptionFrame):
            # An interruption must not tear the words out of the turn that they begin.
            frame.interruptible = False
            await self._transcribed(frame)
            return
        if isinstance(frame, EndFrame | CancelFrame):
            await self._stop()
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._watching = self._watching or self.create_task(self._watch(), "watch")
        elif direction is FrameDirection.UPSTREAM:
            await self._from_downstream(frame)
        else:
            await self._from_user(frame)

    async def _from_user(self, frame: Frame) -> None:
        if isinstance(frame, InputAudioRawFrame):
            await self._hear(frame)
        elif isinstance(frame, UserFaceFrame):
            self._mouth.see(frame.face, self._clock())
            await self._look()
        elif isinstance(frame, InterruptionFrame):
            self._bot = False
        elif isinstance(frame, AvatarDirectionFrame | PushToTalkFrame):
            self._directed(frame)
        elif isinstance(frame, ForgetFrame):
            self._forget()
        elif isinstance(frame, UserCommitFrame):
            if self._machine is None or not self._machine.user_turn:
                await self.push_frame(NothingCommittedFrame(), FrameDirection.UPSTREAM)
            await self._tell(UserCommitted())
        elif isinstance(frame, LanguageFrame):
            self._performer.phrases = self._phrases[frame.language]
        elif isinstance(frame, LLMRunFrame) or (
            isinstance(frame, LLMMessagesAppendFrame) and frame.run_llm
        ):
            await self._tell(UserAsked())

    def _forget(self) -> None:
        """Begin anew: another user comes next."""
        self._machine, self._heard, self._bot = None, b"", False
        self._turns.clear()
        self._changed.set()

    def _directed(self, frame: AvatarDirectionFrame | PushToTalkFrame) -> None:
        if isinstance(frame, PushToTalkFrame):
            self._liveliness.push_to_talk(on=frame.on)
        else:
            self._liveliness.direct(frame)
        if self._machine is not None:
            self._machine.manners = self._liveliness.manners

    async def _from_downstream(self, frame: Frame) -> None:
        match frame:
            case VADUserStartedSpeakingFrame():
                self._turns.update_vad_start_secs(frame.start_secs)
                self._voice, self._stretch = True, self._stretch + 1
                await self._tell(UserVoice(True))
            case VADUserStoppedSpeakingFrame():
                self._voice, self._stretch = False, self._stretch + 1
                await self._tell(UserVoice(False, frame.stop_secs))
                self._judging = self.create_task(self._judge(self._stretch), "judge")
            case BotStartedSpeakingFrame():
                self._bot = True
                await self._tell(AvatarVoice(True))
            case BotSpeakingFrame() if self._bot:
                await self._tell(AvatarVoice(True))
            case BotStoppedSpeakingFrame():
                self._bot = False
                await self._tell(AvatarVoice(False))
                await self.push_frame(AvatarDirectionFrame(emotion="neutral"))
            case AnswerFailedFrame():
                await self._tell(AnswerFailed())
            case AnswerComesFrame():
                await self._tell(AnswerComes())
            case AnswerWrittenFrame():
                await self._tell(AvatarVoice(True))
                await self._tell(AvatarVoice(False))
            case ErrorFrame() if isinstance(frame.processor, LLMService | TTSService):
                await self._tell(AnswerFailed())
            case _:
                pass

    async def _hear(self, frame: InputAudioRawFrame) -> None:
        self._turns.append_audio(frame.audio, self._voice)
        self._heard += frame.audio
        if len(self._heard) < SAMPLE_BYTES * self._ear.num_frames_required():
            return
        heard, self._heard = self._heard, b""
        state = await self._ear.analyze_audio(heard)
        sounds = state in (VADState.SPEAKING, VADState.STOPPING)
        if sounds != self._sounds:
            self._sounds = sounds
            await self._look()
            await self._tell(UserSound(sounds, 0.0 if sounds else self._ear.params.stop_secs))

    async def _look(self) -> None:
        moves = self._mouth.moves(self._clock())
        if moves is not self._mouth_moves:
            self._mouth_moves = moves
            await self._tell(UserSeen(moves))

    async def _transcribed(self, frame: TranscriptionFrame | InterimTranscriptionFrame) -> None:
        self._user_id = frame.user_id
        final = isinstance(frame, TranscriptionFrame)
        end = frame.result.log10 if isinstance(frame.result, SentenceEnd) else None
        await self._tell(UserWords(frame.text, final, end))
        assert self._machine is not None
        if not final and self._machine.user_turn:
            await self.push_frame(frame)

    async def _judge(self, stretch: int) -> None:
        """Ask the model of turns about a stretch of voice that has just ended."""
        state, metrics = await self._turns.analyze_end_of_turn()
        if isinstance(metrics, TurnMetricsData):
            probability = float(np.clip(metrics.probability, 1 - SURE, SURE))
        else:
            probability = SURE if state is EndOfTurnState.COMPLETE else 1 - SURE
        if stretch == self._stretch:
            await self._tell(TurnJudged(probability))

    async def _tell(self, event: Event) -> None:
        async with self._order:
            now = self._clock()
            if self._machine is None:
                self._machine = FloorMachine(
                    chance=self._chance, manners=self._liveliness.manners, now=now
                )
            actions = self._machine.on(event, now)
            self._changed.set()
            for action in actions:
                logger.debug(f"{self}: {type(action).__name__} on {type(event).__name__}")
                if isinstance(action, TakeTurn | DropTurn):
                    self._turns.clear()
                await self._performer.perform(action, self._user_id)

    async def _watch(self) -> None:
        """Say when a deadline has come."""
        while True:
            self._changed.clear()
            due = None if self._machine is None else self._machine.deadline
            wait = None if due is None else max(LEAST_WAIT_S, due - self._clock())
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                await self._tell(Passed())

    async def _interrupt(self) -> None:
        self._bot = False
        await self.broadcast_interruption()

    async def _stop(self) -> None:
        for task in (self._watching, self._judging):
            if task is not None and task is not asyncio.current_task():
                await self.cancel_task(task)
        self._watching = self._judging = None
