"""How pipecat's user aggregator is told of turns: it leaves them to the `TurnCoordinator`."""

from typing import Any

from pipecat.frames.frames import EagerEndOfTurnCancelFrame, EagerTranscriptionFrame, Frame
from pipecat.turns.types import ProcessFrameResult, UserTurnSpeculation
from pipecat.turns.user_start.external_user_turn_start_strategy import (
    ExternalUserTurnStartStrategy,
)
from pipecat.turns.user_stop.base_user_turn_stop_strategy import BaseUserTurnStopStrategy
from pipecat.turns.user_stop.eager_match_policy import NormalizedMatch
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from agent.frames import TurnEndsFrame


class FloorTurnStop(BaseUserTurnStopStrategy):
    """Ends a turn behind its words, and answers one that may be over without telling anybody.

    pipecat's own external strategy takes the end from a system frame, which overtakes the words,
    and then looks for them by a timer.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._speculation: UserTurnSpeculation | None = None
        self._match = NormalizedMatch()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Speculate, forget a speculation, or end the turn."""
        await super().process_frame(frame)
        if isinstance(frame, EagerTranscriptionFrame):
            self._speculation = UserTurnSpeculation(text=frame.text)
            await self.trigger_user_turn_inference_triggered(speculation=self._speculation)
        elif isinstance(frame, EagerEndOfTurnCancelFrame):
            self._speculation = None
        elif isinstance(frame, TurnEndsFrame):
            await self._end(frame.text)
        return ProcessFrameResult.CONTINUE

    async def handle_user_turn_started(self) -> None:
        """Nothing of an earlier turn may answer this one."""
        await self._forget()

    async def handle_user_turn_stopped(self) -> None:
        """A turn that something else ended confirms nothing."""
        await self._forget()

    async def _end(self, text: str) -> None:
        speculation, self._speculation = self._speculation, None
        if speculation is None:
            await self.trigger_user_turn_stopped()
        elif self._match.matches(speculation.text, text):
            await self.trigger_user_turn_finalized(confirms_speculation=True)
        else:
            await self.trigger_user_turn_speculation_cancelled()
            await self.trigger_user_turn_stopped()

    async def _forget(self) -> None:
        if self._speculation is not None:
            self._speculation = None
            await self.trigger_user_turn_speculation_cancelled()


def floor_strategies() -> UserTurnStrategies:
    """For the user aggregator of a pipeline with a `TurnCoordinator`, which interrupts itself."""
    return UserTurnStrategies(
        start=[ExternalUserTurnStartStrategy(enable_interruptions=False)], stop=[FloorTurnStop()]
    )
