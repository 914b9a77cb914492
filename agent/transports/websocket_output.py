"""Writing to a websocket client what the avatar does, as it does it.

Ticks are written at once, past pipecat's own queue of media: that one cuts sound anew, forgets
turns and times, and never drops a picture.
"""

import asyncio
import base64
from typing import TypeAlias

from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    LLMMessagesTransformFrame,
    OutputImageRawFrame,
    StartFrame,
    SystemFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams

from agent.frames import (
    AvatarAudioFrame,
    AvatarBackchannelAudioFrame,
    AvatarEffortFrame,
    AvatarFlushFrame,
    AvatarImageFrame,
    ItemTruncateFrame,
    PlaybackLagFrame,
)
from agent.protocol.errors import ProtocolError
from agent.protocol.events.audio import OPENAI_RATE
from agent.protocol.events.conversation import ItemTruncated
from agent.protocol.events.response import OutputAudioDelta, OutputAudioDone
from agent.protocol.events.session import MediaFormat
from agent.protocol.media import MediaFlag, MediaFrame, MediaKind, encode
from agent.transports.media_time import tick_us
from agent.transports.narration import Narration
from agent.transports.told_turn import item_id, response_id
from agent.transports.truncation import shortened
from agent.transports.voice_out import VoiceOut
from agent.transports.websocket_line import Line
from avatar.clock import FPS, NO_TURN, ticks_in

TickAudio: TypeAlias = AvatarAudioFrame | AvatarBackchannelAudioFrame

METRICS_EVERY_S = 1.0

PLAYBACK_LAG = ticks_in(0.12)
"""What a client that agreed on binary media plays later than it is sent, and discards on demand."""

BOT_SPEAKING_EVERY = FPS // 5
"""Ticks between the frames that tell the pipeline that it still speaks."""


class WebsocketOutput(BaseOutputTransport):
    """Writes what the avatar does, as it does it, and tells the rest in events."""

    def __init__(self, line: Line, params: TransportParams) -> None:
        super().__init__(params)
        self._line = line
        self._narration = Narration()
        self._voice: VoiceOut | None = None
        self._voiceless = False
        self._speaking_since: int | None = None
        self._reporting: asyncio.Task[None] | None = None

    async def start(self, frame: StartFrame) -> None:
        """Begin to write."""
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._reporting = self.create_task(self._tell_metrics(), "metrics")

    async def stop(self, frame: EndFrame) -> None:
        """Write no more and close the connection."""
        await super().stop(frame)
        await self._end()

    async def cancel(self, frame: CancelFrame) -> None:
        """Write no more and close the connection."""
        await super().cancel(frame)
        await self._end()

    async def cleanup(self) -> None:
        """Write no more and close the connection."""
        await super().cleanup()
        await self._end()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Write ticks at once; let everything else pass."""
        if direction is FrameDirection.UPSTREAM or isinstance(frame, StartFrame | EndFrame):
            await super().process_frame(frame, direction)
            return
        self._line.meter.see(frame)
        if isinstance(frame, AvatarFlushFrame):
            self._line.connection.flush(frame.turn)
        elif self._is_flushed(frame):
            return
        self._tell(frame)
        if isinstance(frame, AvatarAudioFrame):
            await self._speak(frame)
        elif isinstance(frame, AvatarBackchannelAudioFrame):
            self._sound(frame)
        elif isinstance(frame, AvatarImageFrame):
            await self.write_video_frame(frame)
            return
        elif isinstance(frame, ItemTruncateFrame):
            await self._truncate(frame)
        elif isinstance(frame, TTSStoppedFrame | AvatarFlushFrame):
            await self._fall_silent()
        if isinstance(frame, SystemFrame):
            await super().process_frame(frame, direction)
        else:
            await FrameProcessor.process_frame(self, frame, direction)
            await self.push_frame(frame, direction)

    async def write_video_frame(self, frame: OutputImageRawFrame) -> bool:
        """Show a picture of the avatar; there are no others."""
        if not isinstance(frame, AvatarImageFrame):
            return False
        wanted = self._line.connection.format
        if wanted is not None and (wanted.video is not None or wanted.motion):
            self._line.show(lambda: self._picture(frame, wanted))
        return True

    async def _truncate(self, frame: ItemTruncateFrame) -> None:
        """Have the language model forget what the user did not hear."""
        known = self._narration.heard(frame.item_id, frame.audio_end_ms)
        if known is None:
            message = f"no item {frame.item_id[:64]!r} of the avatar's is known any more"
            error = ProtocolError("unknown_item", message, param="item_id", event_id=frame.event_id)
            self._line.send(self._line.connection.refuse(error))
            return
        await self.push_frame(LLMMessagesTransformFrame(transform=shortened(*known)))
        self._line.send(ItemTruncated(item_id=frame.item_id, audio_end_ms=frame.audio_end_ms))

    def _is_flushed(self, frame: Frame) -> bool:
        media = isinstance(frame, AvatarAudioFrame | AvatarImageFrame)
        return media and not self._line.connection.may_send(frame.turn)

    def _tell(self, frame: Frame) -> None:
        if isinstance(frame, AvatarEffortFrame):
            self._line.pictures.smaller, self._voiceless = frame.smaller, not frame.voice
        in_events = self._line.connection.format is None
        self._narration.text_only = self._line.connection.text_only or self._voiceless
        for event in self._narration.tell(frame):
            if in_events or not isinstance(event, OutputAudioDone):
                self._line.send(event)

    def _picture(self, frame: AvatarImageFrame, wanted: MediaFormat) -> list[bytes]:
        """What a picture is when it can be sent at last: nothing, once its turn was flushed."""
        if not self._line.connection.may_send(frame.turn):
            return []
        return self._line.pictures.frames(frame, wanted)

    def _sound(self, frame: TickAudio) -> None:
        """Backchannels belong to no response, so that OpenAI's way has no place for them."""
        agreed = self._line.connection.format
        if agreed is not None:
            self._send_sound(frame, agreed.audio.output_rate)
        elif isinstance(frame, AvatarAudioFrame):
            self._send_delta(frame)

    async def _speak(self, frame: AvatarAudioFrame) -> None:
        self._sound(frame)
        if self._speaking_since is None:
            self._speaking_since = frame.tick
            binary = self._line.connection.format is not None
            lag = PlaybackLagFrame(PLAYBACK_LAG if binary else 0)
            await self.push_frame(lag, FrameDirection.UPSTREAM)
            await self.broadcast_frame(BotStartedSpeakingFrame)
        elif (frame.tick - self._speaking_since) % BOT_SPEAKING_EVERY == 0:
            await self.broadcast_frame(BotSpeakingFrame)

    async def _fall_silent(self) -> None:
        if self._speaking_since is not None:
            self._speaking_since = None
            await self.broadcast_frame(BotStoppedSpeakingFrame)

    def _send_sound(self, frame: TickAudio, rate: int) -> None:
        pcm = self._resampled(frame, rate)
        flags = MediaFlag.SPEAKING if frame.turn != NO_TURN else MediaFlag.BACKCHANNEL
        media = MediaFrame(MediaKind.AVATAR_AUDIO, frame.turn, tick_us(frame.tick), pcm, int(flags))
        self._line.put(encode(media))

    def _send_delta(self, frame: AvatarAudioFrame) -> None:
        delta = base64.b64encode(self._resampled(frame, OPENAI_RATE)).decode()
        self._line.send(
            OutputAudioDelta(
                response_id=response_id(frame.turn), item_id=item_id(frame.turn), delta=delta
            )
        )

    def _resampled(self, frame: TickAudio, rate: int) -> bytes:
        if self._voice is None or self._voice.rate != rate:
            self._voice = VoiceOut(frame.sample_rate, rate)
        return self._voice.tick(frame.audio, frame.tick)

    async def _tell_metrics(self) -> None:
        while True:
            await asyncio.sleep(METRICS_EVERY_S)
            report = self._line.meter.report(self._line.take_sent())
            agreed = self._line.connection.format
            if agreed is not None and agreed.metrics:
                self._line.send(report)

    async def _end(self) -> None:
        task, self._reporting = self._reporting, None
        if task is not None:
            await self.cancel_task(task)
        await self._line.close()
