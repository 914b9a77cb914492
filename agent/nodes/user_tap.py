"""Hearing and seeing the user right behind the input, before anything in the pipeline can wait."""

from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import Frame, InputAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import UserFaceFrame


class UserSignalTap(FrameProcessor):
    """Gives the user's sound and face to an `AvatarService` and lets every frame pass.

    It stands right behind `transport.input()`: the user aggregator further down may hold frames for
    tens of milliseconds while it thinks about the turn.
    """

    def __init__(
        self,
        hear: Callable[[InputAudioRawFrame], None],
        see: Callable[[UserFaceFrame], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._hear, self._see = hear, see

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Tap what comes from the user."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM:
            if isinstance(frame, InputAudioRawFrame):
                self._hear(frame)
            elif isinstance(frame, UserFaceFrame):
                self._see(frame)
        await self.push_frame(frame, direction)
