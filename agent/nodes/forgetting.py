"""Forgetting a user: the language model's memory of the conversation."""

from typing import Any

from pipecat.frames.frames import Frame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.frames import ForgetFrame, ForgottenFrame


class Forgetting(FrameProcessor):
    """Stands behind the assistant aggregator, which is the last to write into the context."""

    def __init__(self, context: LLMContext, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._context = context

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Empty the context with a `ForgetFrame`; everything passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, ForgetFrame):
            self._context.set_messages([])
        await self.push_frame(frame, direction)
        if isinstance(frame, ForgetFrame):
            await self.push_frame(ForgottenFrame(), FrameDirection.UPSTREAM)
