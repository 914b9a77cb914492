"""What of a conversation is counted: a processor behind the avatar, and what errors are called."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport

from agent.frames import (
    AvatarFlushFrame,
    AvatarHeldFrame,
    AvatarImageFrame,
    AvatarPicturesFrame,
    AvatarTickFrame,
)
from agent.nodes import AvatarService
from agent.transports.meter import Meter
from pipelines.telemetry import Part, Telemetry

PARTS: tuple[tuple[type[FrameProcessor], Part], ...] = (
    (STTService, "ears"),
    (LLMService, "answers"),
    (TTSService, "voice"),
    (AvatarService, "face"),
    (BaseInputTransport, "transport"),
    (BaseOutputTransport, "transport"),
)


def part_of(processor: FrameProcessor | None) -> Part:
    """What a processor is called where errors are counted."""
    for kind, part in PARTS:
        if isinstance(processor, kind):
            return part
    return "other"


class SessionTelemetry(FrameProcessor):
    """Counts and times what passes; put it right behind the `AvatarService`.

    It works over every transport, and changes nothing. `alive` is called at each tick: as long as
    a conversation goes on, that is every 40 ms.
    """

    def __init__(
        self,
        telemetry: Telemetry,
        *,
        alive: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._telemetry, self._alive = telemetry, alive
        self._meter = Meter(clock, telemetry.latency)
        self._watched, self._held = True, False

    def failed(self, processor: FrameProcessor | None) -> None:
        """A processor of this conversation reported an error."""
        self._telemetry.error(part_of(processor))

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Look at a frame and let it pass."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM:
            self._meter.see(frame)
            self._count(frame)
        await self.push_frame(frame, direction)

    def _count(self, frame: Frame) -> None:
        match frame:
            case AvatarImageFrame():
                self._alive()
                self._telemetry.drawn()
            case AvatarTickFrame():
                self._alive()
                if self._watched:
                    self._telemetry.late()
            case AvatarPicturesFrame():
                self._watched = frame.wanted
            case AvatarHeldFrame():
                self._held = frame.held
                self._telemetry.speech("held" if frame.held else "resumed")
            case AvatarFlushFrame() if self._held:
                self._held = False
                self._telemetry.speech("cut_off")
            case _:
                pass
