"""`Understanding`: tells the screen where an answer is from, and when somebody asks in vain."""

import asyncio
from typing import Any

from pipecat.frames.frames import Frame, TranscriptionFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import ForgetFrame, LanguageFrame, TurnEndsFrame, UserCaptionFrame
from agent.kiosk_frames import KioskFrame
from agent.protocol.events.kiosk import KioskHint, KioskSources
from pipelines.kiosk.desk import LookUp

IN_VAIN = 2
"""Turns in a row without an answer, after which other ways are offered."""


class Understanding(FrameProcessor):
    """Stands behind the `TurnCoordinator`, where whole turns come.

    Without `look_up` only turns without words are in vain: a language model judges for itself.
    """

    def __init__(self, language: str, look_up: LookUp | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._language, self._look_up = language, look_up
        self._in_vain = 0
        self._worded = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Let everything pass."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            return
        match frame:
            case TranscriptionFrame(text=text):
                self._worded = True
                await self._asked(text)
            case UserCaptionFrame(final=True, typed=True, text=text):
                await self._asked(text)
            case TurnEndsFrame():
                worded, self._worded = self._worded or bool(frame.text), False
                if not worded:
                    await self._judged(answered=False)
            case LanguageFrame(language=language):
                self._language, self._in_vain = language, 0
            case ForgetFrame():
                self._in_vain = 0
            case _:
                pass

    async def _asked(self, text: str) -> None:
        if self._look_up is None:
            self._in_vain = 0
            return
        found = await asyncio.to_thread(self._look_up, text, self._language)
        if found.sources:
            await self.push_frame(KioskFrame(KioskSources(sources=found.sources)))
        await self._judged(answered=found.answered)

    async def _judged(self, *, answered: bool) -> None:
        self._in_vain = 0 if answered else self._in_vain + 1
        if self._in_vain >= IN_VAIN:
            await self.push_frame(KioskFrame(KioskHint()))
