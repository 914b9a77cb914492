"""How a kiosk's parts are, from the frames that pass and from asking them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from loguru import logger
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMRunFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)

from agent.frames import (
    AnswerComesFrame,
    AnswerFailedFrame,
    AnswerWrittenFrame,
    AvatarLoadFrame,
    PushToTalkFrame,
    UserPresenceFrame,
)
from agent.kiosk_frames import VisitorFrame
from agent.protocol.events.kiosk import Fault, KioskDevice
from pipelines.kiosk.desk import Probe
from pipelines.kiosk.faults import Faults
from pipelines.kiosk.ladder import Ladder, Rung, after_second
from pipelines.telemetry_session import part_of

SLOW_S = 4.0
"""An answer that takes longer is missed."""
PROBED_EVERY_S = 2.0
PROBE_TAKES_S = 2.0


class Health:
    """Sees frames, asks `probes`, and calls `changed` when a probe brought news."""

    def __init__(
        self, probes: Mapping[Fault, Probe], changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._probes, self._changed = probes, changed
        self._faults = Faults()
        self._ladder = Ladder()
        self._words = False
        self._asked_s: float | None = None
        self._pressed = False

    @property
    def rung(self) -> Rung:
        """How far down the ladder of load the picture is; nobody is heard without a voice."""
        voiceless = any(part == "voice" for part, _ in self._faults.told)
        return Rung.TEXT_ONLY if voiceless else self._ladder.rung

    def faults(self, now: float, *, hears: bool = False) -> tuple[Fault, ...]:
        """What does not work now; sound is missed only where what is said is understood."""
        faults = self._faults
        if self._asked_s is not None and now - self._asked_s > SLOW_S:
            faults = faults.fails("answers", "slow")
        if not hears:
            faults = faults.quiet("microphone")
        if self._ladder.rung > Rung.WHOLE:
            faults = faults.fails("load")
        return faults.at(now)

    def see(self, frame: Frame, now: float) -> None:
        """What a frame says of the parts."""
        match frame:
            case InputAudioRawFrame():
                told = self._faults.works("microphone", now)
                # Whoever presses to talk sends nothing meanwhile.
                self._faults = told.quiet("microphone") if self._pressed else told
            case UserPresenceFrame():
                self._faults = self._faults.works("camera", now)
            case PushToTalkFrame(on=on):
                self._pressed = on
            case VisitorFrame(event=KioskDevice(device=device, works=works)):
                told = self._faults.off(device)
                self._faults = told if works else told.fails(device, "client")
            case AvatarLoadFrame():
                self._ladder = after_second(self._ladder, frame.late)
            case ErrorFrame():
                self._failed(frame)
            case _:
                self._converse(frame, now)

    def _converse(self, frame: Frame, now: float) -> None:
        match frame:
            case TranscriptionFrame():
                self._words = True
                self._faults = self._faults.works("ears", now)
            case UserStartedSpeakingFrame() | InterruptionFrame():
                self._words, self._asked_s = False, None
            case UserStoppedSpeakingFrame():
                self._asked_s = now if self._words else None
            case LLMRunFrame():
                self._asked_s = now
            case AnswerComesFrame() | AnswerWrittenFrame():
                self._asked_s = None
                self._faults = self._faults.works("answers", now)
            case AnswerFailedFrame():
                self._asked_s = None
                self._faults = self._faults.fails("answers")
            case BotStartedSpeakingFrame():
                self._faults = self._faults.works("voice", now)
            case _:
                pass

    def _failed(self, frame: ErrorFrame) -> None:
        part = part_of(frame.processor)
        if part == "ears" or part == "answers" or part == "voice":
            self._faults = self._faults.fails(part)

    async def probe(self) -> None:
        """Ask each part now and then, for as long as this runs."""
        while True:
            before = self._faults
            await asyncio.gather(*(self._ask(part, ask) for part, ask in self._probes.items()))
            if self._faults != before:
                await self._changed()
            await asyncio.sleep(PROBED_EVERY_S)

    async def _ask(self, part: Fault, ask: Probe) -> None:
        try:
            async with asyncio.timeout(PROBE_TAKES_S):
                works = await ask()
        except TimeoutError:
            works = False
        told = self._faults.could_work(part) if works else self._faults.fails(part)
        if (told != self._faults) and not works:
            logger.warning(f"{part} do not work" if part != "voice" else "the voice does not work")
        self._faults = told
