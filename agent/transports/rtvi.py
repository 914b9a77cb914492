"""The face over RTVI, the protocol of pipecat's own clients.

The server's events that RTVI does not have come as its server messages, with the type and the
fields that they have on the websocket; what a client says of the face goes as client messages whose
type is the event's (`avatar.config.update`, `avatar.say`, `avatar.user_motion.append`).
"""

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

from pipecat.frames.frames import Frame, InterruptionFrame, TranscriptionFrame
from pipecat.observers.base_observer import FramePushed
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.processors.frameworks.rtvi.frames import (
    RTVIClientMessageFrame,
    RTVIServerMessageFrame,
    RTVIServerResponseFrame,
)
from pipecat.processors.frameworks.rtvi.observer import RTVIObserver, RTVIObserverParams
from pipecat.processors.frameworks.rtvi.processor import RTVIProcessor
from pipecat.services.stt_service import STTService

from agent.protocol.connection import EXTENSIONS
from agent.protocol.errors import ProtocolError
from agent.protocol.events.avatar import AvatarConfigUpdate, AvatarSay, UserMotionAppend
from agent.protocol.events.parsing import AnyClientEvent, parse
from agent.protocol.events.session import AvatarFacts
from agent.transports.client_input import ClientInput
from agent.transports.narration import Narration


class FaceRTVI(RTVIProcessor):
    """Tells clients the words of a turn once.

    They come from the recogniser and, at the end of the turn, from the `TurnCoordinator`.
    """

    def create_rtvi_observer(
        self, *, params: RTVIObserverParams | None = None, **kwargs: Any
    ) -> RTVIObserver:
        """What watches the pipeline for this processor."""
        return _OnceObserver(self, params=params, **kwargs)


class _OnceObserver(RTVIObserver):
    async def on_push_frame(self, data: FramePushed) -> None:
        final = isinstance(data.frame, TranscriptionFrame)
        if not (final and isinstance(data.source, STTService)):
            await super().on_push_frame(data)


class RTVIRequests(FrameProcessor):
    """Takes what a client says of the face; stands behind the transport's input."""

    def __init__(self, facts: AvatarFacts, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._client = ClientInput(clock, facts)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Do what a message asks for; everything passes."""
        await super().process_frame(frame, direction)
        if isinstance(frame, RTVIClientMessageFrame) and frame.type.startswith(EXTENSIONS):
            await self._take(frame)
        await self.push_frame(frame, direction)

    async def _take(self, frame: RTVIClientMessageFrame) -> None:
        try:
            event = _event(frame)
            for each in self._client.event(event):
                if isinstance(each, InterruptionFrame):
                    await self.broadcast_interruption()
                else:
                    await self.push_frame(each)
        except ProtocolError as error:
            await self.push_frame(RTVIServerResponseFrame(client_msg=frame, error=str(error)))
            return
        if not isinstance(event, UserMotionAppend):
            done = {"type": frame.type, "accepted": True}
            await self.push_frame(RTVIServerResponseFrame(client_msg=frame, data=done))


class RTVIEvents(FrameProcessor):
    """Tells clients what RTVI has no words for; stands before the transport's output."""

    def __init__(self) -> None:
        super().__init__()
        self._narration = Narration()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Tell what a frame is worth; everything passes."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM:
            for event in self._narration.tell(frame):
                if event.event_type.startswith(EXTENSIONS):
                    told = event.model_dump(mode="json", exclude_none=True)
                    await self.push_frame(RTVIServerMessageFrame(data=told))
        await self.push_frame(frame, direction)


def _event(frame: RTVIClientMessageFrame) -> AnyClientEvent:
    """Raises ProtocolError."""
    fields = frame.data if isinstance(frame.data, dict) else {}
    try:
        text = json.dumps({**fields, "type": frame.type})
    except ValueError as error:
        raise ProtocolError("invalid_event", f"{frame.type}: {error}") from error
    event = parse(text)
    if not isinstance(event, AvatarConfigUpdate | AvatarSay | UserMotionAppend):
        raise ProtocolError("unknown_event", f"{frame.type} is no message of WebRTC")
    return event
