"""`Calls`: calls a person for the visitor, and says on the screen and aloud how it goes."""

from typing import Any

from pipecat.frames.frames import Frame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import ForgetFrame, LanguageFrame
from agent.kiosk_frames import KioskFrame, VisitorFrame
from agent.protocol.events.kiosk import KioskCall, KioskCalled
from pipelines.kiosk.desk import Desk
from pipelines.kiosk.hand_off import HandOff, HandOffRequest, Reason


class Calls(FrameProcessor):
    """Stands behind the `TurnCoordinator`. A press of the button calls; others call `call`."""

    def __init__(self, desk: Desk, hand_off: HandOff, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._desk, self._hand_off = desk, hand_off
        self._language = desk.language
        self._visit = 0
        self._calling = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take notice of the button; everything passes."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        match frame:
            case VisitorFrame(event=KioskCall()):
                self.create_task(self.call("button"), "call")
            case LanguageFrame(language=language):
                self._language = language
            case ForgetFrame() if direction is FrameDirection.DOWNSTREAM:
                # Whoever comes next did not call.
                self._visit += 1
                self._calling = False
            case _:
                pass

    async def call(self, reason: Reason) -> None:
        """Call somebody, unless that is under way; a visitor who has gone is told nothing."""
        if self._calling:
            return
        self._calling, visit = True, self._visit
        words = self._desk.words[self._language]
        await self.push_frame(KioskFrame(KioskCalled(outcome="calling")))
        if reason == "button":
            await self.broadcast_interruption()
        if reason != "tool":
            await self.push_frame(TTSSpeakFrame(words.calling))
        name, at = self._desk.config.branding.name, self._desk.wall()
        outcome = await self._hand_off.call(HandOffRequest(name, self._language, reason, at))
        if outcome == "called":
            self._desk.count("handed_off")
        if visit == self._visit:
            self._calling = False
            await self.push_frame(KioskFrame(KioskCalled(outcome=outcome)))
            if outcome == "failed":
                await self.push_frame(TTSSpeakFrame(words.nobody_comes))
