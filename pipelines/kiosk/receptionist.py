"""`Receptionist`: receives visitors in a conversation's pipeline, one after the other.

It stands between the STT service and the `TurnCoordinator`. What is decided, the `VisitMachine`
decides; here pipecat's frames become its events, and its actions become frames.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    LLMRunFrame,
    StartFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import (
    AnswerWrittenFrame,
    AvatarPicturesFrame,
    ForgetFrame,
    ForgottenFrame,
    LanguageFrame,
    UserCaptionFrame,
    UserPresenceFrame,
)
from agent.kiosk_frames import KioskFrame, VisitorFrame
from agent.nodes.pacing import loop_time
from agent.protocol.events.kiosk import (
    KioskAnswer,
    KioskCall,
    KioskDevice,
    KioskPresenceUpdate,
    KioskReset,
    KioskState,
    KioskTouch,
)
from pipelines.kiosk.desk import Desk
from pipelines.kiosk.funnel import Funnel
from pipelines.kiosk.goodbyes import is_goodbye
from pipelines.kiosk.health import Health
from pipelines.kiosk.orders import Order
from pipelines.kiosk.performing import Performer
from pipelines.kiosk.presence import Sight
from pipelines.kiosk.visit import Stage, VisitMachine
from pipelines.kiosk.visit_events import (
    AvatarSpeaks,
    Forget,
    Introduce,
    Passed,
    Quiet,
    ResetAsked,
    Seen,
    Touched,
    TurnTaken,
    VisitAction,
    VisitEvent,
    VisitorAsked,
    VisitorSpeaks,
)
from pipelines.kiosk.wording import is_quiet

LOOKS_UP_S = 0.5
"""How often it looks at the clock on the wall and at what is silent."""


class Receptionist(FrameProcessor):
    """Drives a `VisitMachine` with what happens, and does what it decides."""

    def __init__(
        self, desk: Desk, *, clock: Callable[[], float] = loop_time, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._desk, self._clock = desk, clock
        self._performer = Performer(self.push_frame, desk)
        self._machine: VisitMachine | None = None
        self._sight = Sight(desk.config.presence)
        self._health = Health(desk.probes, self._show)
        self._voice_s: float | None = None
        self._funnel = Funnel(desk.count)
        self._told: KioskState | None = None
        self._order = asyncio.Lock()
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._obeying = ExitStack()

    async def cleanup(self) -> None:
        """Watch no more."""
        await super().cleanup()
        await self._stop()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take notice of everything that tells of a visitor; what only a kiosk knows ends here."""
        await super().process_frame(frame, direction)
        if isinstance(frame, EndFrame | CancelFrame):
            await self._stop()
        elif direction is FrameDirection.UPSTREAM:
            await self._from_downstream(frame)
        else:
            await self._from_visitor(frame)
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame) and not self._tasks:
            await self._open_house()

    async def _open_house(self) -> None:
        await self._performer.shut_ears()
        watching = self.create_task(self._watch(), "watch")
        probing = self.create_task(self._health.probe(), "probe")
        self._tasks = [watching, probing]
        self._obeying.enter_context(self._desk.orders.obeyed(self._obey))

    async def _obey(self, order: Order) -> None:
        if order == "reset":
            await self._tell(ResetAsked())
        else:
            await self.push_frame(KioskFrame(order))

    async def _from_visitor(self, frame: Frame) -> None:
        self._health.see(frame, self._clock())
        match frame:
            case UserPresenceFrame():
                await self._look(frame)
            case VisitorFrame():
                await self._visitor(frame)
            case TranscriptionFrame():
                await self._asks(frame.text, typed=False)
            case UserCaptionFrame(final=True, typed=True):
                await self._asks(frame.text, typed=True)
            case LLMRunFrame():
                await self._tell(VisitorAsked(typed=True))
            case LanguageFrame():
                await self._goes_on_in(frame.language)
            case AvatarPicturesFrame():
                # A client that has just agreed on its media knows nothing yet.
                self._told = None
                await self._show()
            case _:
                pass

    async def _from_downstream(self, frame: Frame) -> None:
        self._health.see(frame, self._clock())
        match frame:
            case VADUserStartedSpeakingFrame():
                if self._stage is Stage.ATTRACT:
                    self._voice_s = self._clock() - frame.start_secs
                    self._changed.set()
                else:
                    await self._tell(VisitorSpeaks(True))
            case VADUserStoppedSpeakingFrame():
                self._voice_s = None
                await self._tell(VisitorSpeaks(False))
            case UserStoppedSpeakingFrame():
                await self._tell(TurnTaken())
            case BotStartedSpeakingFrame():
                self._funnel.answered()
                await self._tell(AvatarSpeaks(True))
            case BotStoppedSpeakingFrame():
                await self._tell(AvatarSpeaks(False))
            case AnswerWrittenFrame():
                self._funnel.answered()
                await self._tell(AvatarSpeaks(True))
                await self._tell(AvatarSpeaks(False))
            case _:
                pass

    async def _visitor(self, frame: VisitorFrame) -> None:
        match frame.event:
            case KioskTouch() | KioskCall() | KioskAnswer():
                await self._tell(Touched())
            case KioskPresenceUpdate(present=present):
                await self._saw(self._sight.sensed(present=present))
            case KioskReset():
                await self._tell(ResetAsked())
            case KioskDevice(device="camera", works=False):
                await self._saw(self._sight.blind())
            case _:
                pass

    async def _look(self, frame: UserPresenceFrame) -> None:
        if self._desk.config.presence.camera:
            await self._saw(self._sight.saw(frame.presence, self._clock()))

    async def _saw(self, seen: Seen | None) -> None:
        if seen is not None:
            await self._tell(seen)

    async def _asks(self, text: str, *, typed: bool) -> None:
        self._funnel.asked()
        goodbye = is_goodbye(text, self._performer.language)
        await self._tell(VisitorAsked(goodbye, typed))

    async def _goes_on_in(self, language: str) -> None:
        await self._performer.goes_on_in(language)
        await self._show()

    @property
    def _stage(self) -> Stage:
        return Stage.ATTRACT if self._machine is None else self._machine.stage

    async def _tell(self, event: VisitEvent) -> None:
        async with self._order:
            now, before = self._clock(), self._stage
            if self._machine is None:
                config = self._desk.config
                self._machine = VisitMachine(config.visit, config.presence, now=now)
            for action in self._machine.on(event, now):
                await self._perform(action)
            self._changed.set()
            stage = self._machine.stage
            if stage is not before:
                logger.info(f"visit: {stage.value}")
                self._funnel.comes_to(stage)
        await self._show()

    async def _perform(self, action: VisitAction) -> None:
        if isinstance(action, Introduce):
            self._funnel.introduced()
        if isinstance(action, Forget):
            await self.broadcast_interruption()
            await self._performer.forget()
            await self.broadcast_frame(ForgetFrame)
            await self.push_frame(ForgottenFrame())
        else:
            await self._performer.perform(action)

    async def _show(self) -> None:
        """Tell the screen what has changed."""
        quiet = self._machine is not None and self._machine.quiet
        state = KioskState(
            state=self._stage.value,
            language=self._performer.language,
            faults=self._health.faults(self._clock(), hears=self._performer.hears),
            rung=self._health.rung,
            quiet=quiet,
        )
        if state != self._told:
            self._told = state
            await self._performer.exert(self._health.rung)
            self._desk.show(state)
            await self.push_frame(KioskFrame(state))

    async def _watch(self) -> None:
        """Say when a deadline has come, and look at the clock and at what is silent."""
        while True:
            self._changed.clear()
            now = self._clock()
            due = [now + LOOKS_UP_S]
            if self._machine is not None and self._machine.deadline is not None:
                due.append(self._machine.deadline)
            if self._voice_s is not None and self._desk.config.presence.speech:
                due.append(self._voice_s + self._desk.config.presence.speech_s)
            try:
                async with asyncio.timeout(max(0.005, min(due) - now)):
                    await self._changed.wait()
            except TimeoutError:
                await self._look_up()

    async def _look_up(self) -> None:
        now = self._clock()
        quiet = is_quiet(self._desk.config.quiet_hours, self._desk.wall())
        if quiet != (self._machine is not None and self._machine.quiet):
            await self._tell(Quiet(quiet))
        gone = self._sight.passed(now)
        if gone is not None:
            await self._tell(gone)
        if self._spoken_up(now):
            self._voice_s = None
            await self._tell(VisitorSpeaks(True))
        await self._tell(Passed())

    def _spoken_up(self, now: float) -> bool:
        """Whether a voice that began while nobody was served is somebody who wants to be."""
        if self._voice_s is None or self._stage is not Stage.ATTRACT:
            return self._voice_s is not None
        presence = self._desk.config.presence
        return presence.speech and now - self._voice_s >= presence.speech_s

    async def _stop(self) -> None:
        self._obeying.close()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                await self.cancel_task(task)
