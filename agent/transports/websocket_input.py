"""Reading a websocket client: its sound in real time, everything else at once."""

import asyncio
import base64

from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    ClientConnectedFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_transport import TransportParams
from starlette.websockets import WebSocket

from agent.frames import AvatarPicturesFrame, NothingCommittedFrame, UserCommitFrame
from agent.protocol.closing import CLOSE_POLICY
from agent.protocol.errors import ProtocolError
from agent.protocol.events.audio import (
    OPENAI_RATE,
    InputAudioAppend,
    InputAudioClear,
    InputAudioCleared,
    InputAudioCommit,
)
from agent.protocol.events.avatar import AvatarKeyframe, AvatarPlayback
from agent.protocol.events.conversation import ItemCreate
from agent.protocol.events.error import ErrorEvent
from agent.protocol.events.parsing import AnyClientEvent
from agent.protocol.events.response import ResponseCreate
from agent.protocol.events.session import SessionUpdate
from agent.protocol.media import MediaKind
from agent.transports.client_input import ClientInput
from agent.transports.opening import received
from agent.transports.pace import Pace
from agent.transports.user_stream import COMMITTED, UserStream, nothing_said
from agent.transports.websocket_line import Line
from avatar.clock import SAMPLE_RATE
from avatar.errors import MediaError

PART_FAILED = "part_failed"
"""Code of an error that is the server's: an answer, a word or a sentence was lost."""


class WebsocketInput(BaseInputTransport):
    """Reads the client: sound in real time, everything else at once."""

    def __init__(self, line: Line, params: TransportParams) -> None:
        super().__init__(params)
        self._line = line
        self._sound = UserStream(line.clock)
        self._client = ClientInput(line.clock, line.connection.facts)
        self._pace = Pace(line.clock)
        self._committed = False
        self._commit_id: str | None = None
        self._handing_on: asyncio.Task[None] | None = None
        self.started = asyncio.Event()

    async def start(self, frame: StartFrame) -> None:
        """Begin to hand on what clients send."""
        await super().start(frame)
        await self.set_transport_ready(frame)
        await self.push_frame(AvatarPicturesFrame(wanted=False))
        await self.push_frame(ClientConnectedFrame())
        self._handing_on = self.create_task(self._hand_on(), "hand on")
        self.started.set()

    async def stop(self, frame: EndFrame) -> None:
        """Listen no more."""
        await super().stop(frame)
        await self._end()

    async def cancel(self, frame: CancelFrame) -> None:
        """Listen no more."""
        await super().cancel(frame)
        await self._end()

    async def cleanup(self) -> None:
        """Listen no more."""
        await super().cleanup()
        await self._end()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Tell the client when a part of the pipeline failed; what exactly is for the log.

        What was wrong with the client's own pictures is for the client.
        """
        if isinstance(frame, NothingCommittedFrame):
            self._committed = False
            error = nothing_said()
            error.event_id = self._commit_id
            self._line.send(ErrorEvent.of(error))
        elif isinstance(frame, ErrorFrame) and direction is FrameDirection.UPSTREAM:
            if isinstance(frame.exception, MediaError):
                told = ErrorEvent.of(ProtocolError("malformed_picture", str(frame.exception)))
            else:
                told = ErrorEvent.of_server(PART_FAILED, "a part of the server failed")
            self._line.send(told)
        await super().process_frame(frame, direction)

    async def _end(self) -> None:
        task, self._handing_on = self._handing_on, None
        if task is not None:
            await self.cancel_task(task)

    async def _hand_on(self) -> None:
        async for piece in self._sound.pieces():
            if piece is COMMITTED:
                await self.push_frame(UserCommitFrame())
            else:
                await self.push_audio_frame(InputAudioRawFrame(piece, SAMPLE_RATE, 1))

    async def read(self, websocket: WebSocket, first: AnyClientEvent) -> int:
        """Read a client until its socket ends; the code that it ended with."""
        self._pace = Pace(self._line.clock)
        if not await self._taken(first):
            return CLOSE_POLICY
        while not isinstance(message := await received(websocket), int):
            if not await self._taken(message):
                return CLOSE_POLICY
            await asyncio.sleep(self._pace.wait_s(len(message)))
        return message

    async def unwatched(self) -> None:
        """Nobody looks any more: no pictures are drawn until somebody does."""
        await self.push_frame(AvatarPicturesFrame(wanted=False))

    async def _taken(self, message: str | bytes | AnyClientEvent) -> bool:
        """Whether the client may go on after this message."""
        try:
            await self._take(message)
        except ProtocolError as error:
            logger.debug(f"{self}: {error.code}: {error}")
            self._line.send(self._line.connection.refuse(error))
            if self._line.connection.hopeless:
                await self._line.drain()
                await self._line.close(CLOSE_POLICY, "nothing but malformed frames came")
                return False
        else:
            self._line.connection.accepted()
        return True

    async def _take(self, message: str | bytes | AnyClientEvent) -> None:
        connection = self._line.connection
        if not isinstance(message, bytes):
            event = connection.text(message) if isinstance(message, str) else message
            try:
                await self._event(event)
            except ProtocolError as error:
                error.event_id = error.event_id or event.event_id
                raise
            return
        frame = connection.binary(message)
        if frame.kind == MediaKind.USER_AUDIO:
            self._committed = False
            assert connection.format is not None
            self._sound.push(frame.payload, connection.format.audio.input_rate)
        else:
            await self._push(self._client.media(frame))

    async def _event(self, event: AnyClientEvent) -> None:
        line = self._line
        match event:
            case SessionUpdate():
                line.send(line.connection.update(event))
                agreed = line.connection.format
                looks = agreed is not None and (agreed.video is not None or agreed.motion)
                await self.push_frame(AvatarPicturesFrame(looks))
                await self._push(self._client.agreed(event))
                if line.connection.resumes(event) is not None:
                    line.tell_state()
            case InputAudioAppend():
                self._committed = False
                self._sound.push(_pcm(event), OPENAI_RATE)
            case InputAudioCommit():
                self._sound.commit()
                self._committed, self._commit_id = True, event.event_id
            case ResponseCreate() if self._committed:
                # The end of the user's turn is answered; who asks for it right behind means that.
                self._committed = False
            case InputAudioClear():
                self._sound.clear()
                line.send(InputAudioCleared())
            case AvatarKeyframe():
                line.pictures.want_keyframe()
            case AvatarPlayback():
                line.meter.played(event)
            case _:
                # What a function returned is answered by itself, too.
                returned = isinstance(event, ItemCreate) and event.item.call_id is not None
                self._committed = returned
                await self._push(self._client.event(event))

    async def _push(self, frames: list[Frame]) -> None:
        for frame in frames:
            if isinstance(frame, InterruptionFrame):
                await self.broadcast_interruption()
            else:
                await self.push_frame(frame)


def _pcm(event: InputAudioAppend) -> bytes:
    try:
        return base64.b64decode(event.audio, validate=True)
    except ValueError as error:
        raise ProtocolError(
            "malformed_audio",
            f"audio must be base64 of PCM16: {error}",
            param="audio",
            event_id=event.event_id,
        ) from error
