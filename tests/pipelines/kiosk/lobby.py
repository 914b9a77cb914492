"""A lobby in virtual time: a receptionist in a whole conversation between scripted parts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipecat.frames.frames import (
    ClientConnectedFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    STTMuteFrame,
    SystemFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
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
from pipecat.workers.runner import WorkerRunner

from agent.frames import AvatarAudioFrame, AvatarFlushFrame, UserPresenceFrame
from agent.kiosk_frames import KioskFrame, VisitorFrame
from agent.nodes import (
    Answers,
    AvatarService,
    Forgetting,
    LanguageChoice,
    SignalsEnd,
    UserCaptions,
)
from agent.nodes.languages import Spoken
from agent.protocol.events.kiosk import KIOSK_EVENTS, Fault, KioskState
from agent.turns.coordinator import TurnCoordinator
from agent.turns.manners import Manners
from agent.turns.strategies import floor_strategies
from avatar.tracking.presence import Presence
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.desk import Desk, LookUp, Moment, Probe
from pipelines.kiosk.receptionist import Receptionist
from pipelines.kiosk.understanding import Understanding
from pipelines.kiosk.wording import wording_of
from tests.agent.nodes.test_avatar_service import AVATAR
from tests.agent.turns.detectors import LevelVAD, ScriptedTurns, sound
from tests.agent.turns.theatre import (
    LOUD,
    QUIET,
    RATE,
    Client,
    ScriptedLLM,
    ScriptedTTS,
    Speaks,
)

MORNING = datetime(2026, 3, 2, 9, 0, 0)
FACE = Presence(distance_m=1.0, x=0.0, y=0.0, size=0.3, facing=0.0)


class MutableSTT(FrameProcessor):
    """One transcript for each stretch of voice that was not muted at its end."""

    def __init__(self, script: Sequence[Speaks]) -> None:
        super().__init__()
        self._texts = [speaks.text for speaks in script]
        self._muted = False
        self.mutes: list[tuple[float, bool]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, STTMuteFrame):
            self._muted = frame.mute
            self.mutes.append((asyncio.get_running_loop().time(), frame.mute))
            return
        await self.push_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame) and self._texts:
            text = self._texts.pop(0)
            if not self._muted:
                self.create_task(self._say(text))

    async def _say(self, text: str) -> None:
        await asyncio.sleep(0.1)
        if text:
            await self.push_frame(TranscriptionFrame(text, "user", "", finalized=True))


class Mouth(FrameProcessor):
    """Says what a voice gives it in its time, and has no face."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: asyncio.Queue[Frame] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def cleanup(self) -> None:
        await super().cleanup()
        if self._task is not None:
            await self.cancel_task(self._task)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._waiting = asyncio.Queue()
            if self._task is not None:
                await self.cancel_task(self._task)
                self._task = None
            await self.push_frame(AvatarFlushFrame(0, 0))
        if direction is FrameDirection.UPSTREAM or isinstance(frame, SystemFrame):
            await self.push_frame(frame, direction)
            return
        self._waiting.put_nowait(frame)
        if self._task is None:
            self._task = self.create_task(self._speak(), "speak")

    async def _speak(self) -> None:
        while True:
            frame = await self._waiting.get()
            if isinstance(frame, TTSAudioRawFrame):
                sound = AvatarAudioFrame(frame.audio, frame.sample_rate, 1)
                await self.push_frame(sound)
                await asyncio.sleep(len(frame.audio) / 2 / frame.sample_rate)
            else:
                await self.push_frame(frame)


@dataclass(frozen=True, slots=True)
class Stands:
    """A face is in front of the camera from one second to another."""

    begins: float
    ends: float


def visitor(kind: str, **told: object) -> VisitorFrame:
    """What a page or a sensor says."""
    known = {str(each.model_fields["type"].annotation): each for each in KIOSK_EVENTS}
    event = next(each for name, each in known.items() if f"'{kind}'" in name)
    return VisitorFrame(event.model_validate({"type": kind, **told}))


TOUCH, RESET = visitor("kiosk.touch"), visitor("kiosk.reset")


@dataclass
class Lobby:
    """Plays a script and keeps what came of it. `camera` is off where it is None."""

    seconds: float
    script: Sequence[Speaks] = ()
    camera: Sequence[Stands] | None = None
    extra: Sequence[tuple[float, Frame]] = ()
    answer: Callable[[str], str] = lambda question: "one two three four five six"
    delay_s: float = 0.1
    settings: Mapping[str, object] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en",)
    eared: frozenset[str] = frozenset({"en"})
    probes: Mapping[Fault, Probe] = field(default_factory=dict)
    look_up: LookUp | None = None
    begins: datetime = MORNING
    microphone: Callable[[float], bool] = lambda at: True
    tts_fails: Callable[[str], bool] = lambda text: False
    camera_until: float = 1e9
    faced: bool = False
    before_end: Callable[["Lobby"], None] = lambda lobby: None

    async def run(self) -> "Lobby":
        """Play it."""
        self.client, self.context = Client(), LLMContext()
        self.stt = MutableSTT(self.script)
        self.llm = ScriptedLLM(self.answer, self.delay_s)
        self.tts = ScriptedTTS(self.tts_fails)
        self.moments: list[Moment] = []
        config = KioskConfig.model_validate(dict(self.settings))
        self.looks = 0
        desk = Desk(
            config=config,
            name="Ana",
            words={code: wording_of(config, code) for code in self.languages},
            eared=self.eared,
            wall=self._wall,
            probes=self.probes,
            look_up=self.look_up,
            count=self.moments.append,
        )
        self.receptionist = Receptionist(desk)
        pipeline = Pipeline(self._parts(desk))
        params = PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=RATE)
        self.worker = PipelineWorker(
            pipeline, params=params, idle_timeout_secs=None, enable_rtvi=False,
            enable_turn_tracking=False,
        )  # fmt: skip
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self.worker)
        await asyncio.gather(runner.run(), self._perform())
        return self

    def _wall(self) -> datetime:
        self.looks += 1
        now = asyncio.get_running_loop().time()
        return self.begins + timedelta(seconds=now - self.client.zero)

    def _parts(self, desk: Desk) -> list[FrameProcessor]:
        face = AvatarService(AVATAR) if self.faced else Mouth()
        aggregators = LLMContextAggregatorPair(
            self.context,
            user_params=LLMUserAggregatorParams(
                vad_analyzer=LevelVAD(0.2),
                user_turn_strategies=floor_strategies(),
                empty_user_turn=None,
            ),
        )
        spoken = {code: Spoken(self.tts) for code in self.languages}
        choice = LanguageChoice(spoken, self.languages[0], instructions="Be brief.")
        return [
            *([face.user_tap()] if isinstance(face, AvatarService) else []),
            self.stt,
            *([] if len(self.languages) < 2 else [choice]),
            self.receptionist,
            TurnCoordinator(
                ear=LevelVAD(0.04),
                turns=ScriptedTurns(),
                manners=Manners(backchannels_a_minute=0),
                chance=lambda: 0.0,
            ),
            Understanding(desk.language, desk.look_up),
            UserCaptions(),
            aggregators.user(),
            SignalsEnd(),
            self.llm,
            Answers(),
            self.tts,
            face,
            self.client,
            aggregators.assistant(),
            Forgetting(self.context),
        ]

    async def _perform(self) -> None:
        loop = asyncio.get_running_loop()
        self.client.zero = start = loop.time()
        await self.worker.queue_frame(ClientConnectedFrame())
        extra = sorted(self.extra, key=lambda timed: timed[0])
        for n in range(round(self.seconds * 50)):
            at = n / 50
            await asyncio.sleep(max(0.0, start + at - loop.time()))
            if self.microphone(at) and (n % 25 == 0 or self._is_near(at)):
                loud = any(speaks.begins <= at < speaks.ends for speaks in self.script)
                await self.worker.queue_frame(sound(LOUD if loud else QUIET))
            if self.camera is not None and n % 10 == 0 and at < self.camera_until:
                there = any(stands.begins <= at < stands.ends for stands in self.camera)
                await self.worker.queue_frame(UserPresenceFrame(FACE if there else None))
            while extra and extra[0][0] <= at:
                await self.worker.queue_frame(extra.pop(0)[1])
        self.before_end(self)
        await self.worker.queue_frame(EndFrame())

    def _is_near(self, at: float) -> bool:
        """Far from speech, now and then a piece of silence is enough for everybody."""
        return any(speaks.begins - 0.5 <= at < speaks.ends + 1 for speaks in self.script)

    @property
    def said(self) -> list[str]:
        """What the context holds of the conversation."""
        messages: list[Any] = list(self.context.messages)
        return [f"{message['role']}: {message['content']}" for message in messages]

    @property
    def told(self) -> list[tuple[float, KioskState]]:
        """What the screen was told, and when."""
        told = [(at, f.event) for at, f in self.client.got if isinstance(f, KioskFrame)]
        return [(at, event) for at, event in told if isinstance(event, KioskState)]

    @property
    def states(self) -> list[str]:
        """The states in their order, each once."""
        names = [state.state for _, state in self.told]
        return [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]

    def since(self, state: str) -> list[float]:
        """When it came to a state."""
        told = self.told
        return [
            at
            for i, (at, each) in enumerate(told)
            if each.state == state and (i == 0 or told[i - 1][1].state != state)
        ]

    @property
    def mutes(self) -> list[tuple[float, bool]]:
        """When the ears were shut or opened, without what changes nothing."""
        told = [(round(at - self.client.zero, 2), mute) for at, mute in self.stt.mutes]
        return [each for i, each in enumerate(told) if i == 0 or each[1] != told[i - 1][1]]
