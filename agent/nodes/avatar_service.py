"""`AvatarService`: a face in any pipecat pipeline.

It stands behind the TTS service and is the only one that paces: speech waits in its timeline and
leaves 40 ms at a time, with a picture of that moment. Frames that came behind speech leave when it
has been said, so that what reaches the context is what was heard.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    AggregatedTextFrame,
    CancelFrame,
    ClientConnectedFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputTransportReadyFrame,
    SystemFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    UserImageRawFrame,
)
from pipecat.processors.frame_processor import (
    FrameDirection,
    FrameProcessor,
    FrameProcessorSetup,
)
from pipecat.transports.base_transport import TransportParams
from pipecat.utils.text.base_text_aggregator import TextType

from agent.frames import (
    AvatarFlushFrame,
    AvatarHeldFrame,
    AvatarHoldFrame,
    AvatarReactionFrame,
    AvatarStateFrame,
    PlaybackLagFrame,
    TTSPhonesFrame,
    UserFaceFrame,
)
from agent.nodes.conduct import Conduct
from agent.nodes.media_frames import audio_frame, image_frame, is_unasked
from agent.nodes.pacing import Pacer, loop_time
from agent.nodes.stage import Stage
from agent.nodes.turns import TurnNumbers
from agent.nodes.user_audio import UserAudio
from agent.nodes.user_tap import UserSignalTap
from agent.nodes.video_check import video_problem
from agent.nodes.voice import VoiceAudio
from agent.reactions import Cause, Reaction
from avatar.avatar import Avatar
from avatar.clock import FPS, NO_TURN, Turn
from avatar.errors import VisavisError
from avatar.session import AvatarSession
from avatar.tick import AvatarState, Tick


class AvatarService(FrameProcessor):
    """Draws an avatar that listens to the user and speaks what the TTS service says.

    It swallows `TTSAudioRawFrame`s and pushes `AvatarAudioFrame`s and `AvatarImageFrame`s, which
    stock transports take for ordinary speech and pictures. Put `user_tap()` right behind the
    input; without it the service uses what of the user's frames reaches it. `clock` paces it;
    `executor` draws (the event loop's own when None), one picture at a time.
    """

    def __init__(
        self,
        avatar: Avatar,
        *,
        seed: int = 0,
        clock: Callable[[], float] = loop_time,
        executor: Executor | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._avatar, self._seed = avatar, seed
        self._clock, self._executor = clock, executor
        self._tapped = False
        self._user_audio = UserAudio()
        self._turns = TurnNumbers()
        self._contexts: dict[int, str | None] = {}
        self._refused: Turn = NO_TURN
        self._conduct = Conduct()
        self._state: AvatarState | None = None
        self._lag = 0
        self._order = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    @staticmethod
    def transport_params(avatar: Avatar, **more: Any) -> TransportParams:
        """Settings of a transport that carries this avatar; `more` overrides and adds."""
        width, height = avatar.renderer.size
        enabled = ("audio_in_enabled", "audio_out_enabled", "video_out_enabled")
        settings: dict[str, Any] = dict.fromkeys((*enabled, "video_out_is_live"), True)
        settings |= {"video_out_width": width, "video_out_height": height}
        settings |= {"video_out_framerate": FPS, **more}
        return TransportParams(**settings)

    def user_tap(self) -> UserSignalTap:
        """The processor to put right behind `transport.input()`."""
        self._tapped = True
        return UserSignalTap(self._hear, self._see)

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Open the session at the pipeline's output rate."""
        await super().setup(setup)
        self._rate = setup.audio_out_sample_rate
        self._voice = VoiceAudio(self._rate)
        self._session: AvatarSession = self._avatar.session(voice_rate=self._rate, seed=self._seed)
        self._stage = Stage(self._session, self._executor)

    async def cleanup(self) -> None:
        """Stop pacing and drawing."""
        await super().cleanup()
        await self._stop()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take speech and the user's signals, and let the rest pass in its order."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            if isinstance(frame, OutputTransportReadyFrame) and (why := video_problem(self)):
                logger.warning(f"{self}: {why}")
            elif isinstance(frame, PlaybackLagFrame):
                self._lag = frame.ticks
            await self.push_frame(frame, direction)
            return
        if isinstance(frame, SystemFrame):
            await self._system(frame)
        elif isinstance(frame, TTSPhonesFrame):
            turn = self._turns.of(frame.context_id)
            self._session.timeline.push_speech(turn, self._voice.rest(), phones=frame.phones)
        elif isinstance(frame, TTSAudioRawFrame):
            await self._speak(frame)
        else:
            await self._in_order(frame)

    async def _system(self, frame: SystemFrame) -> None:
        if not self._tapped:
            self._sense(frame)
        if isinstance(frame, AvatarHoldFrame):
            await self._hold(frame)
        elif isinstance(frame, InterruptionFrame):
            await self._interrupt()
        elif isinstance(frame, CancelFrame):
            await self._stop()
        else:
            self._conduct.see(frame)
            self._stage.see(frame)
        if isinstance(frame, UserImageRawFrame) and is_unasked(frame):
            return
        await self.push_frame(frame)
        if isinstance(frame, ClientConnectedFrame):
            self._start()

    def _sense(self, frame: SystemFrame) -> None:
        if isinstance(frame, InputAudioRawFrame):
            self._hear(frame)
        elif isinstance(frame, UserFaceFrame):
            self._see(frame)

    async def _interrupt(self) -> None:
        self._conduct.answer_came()
        turn = self._turns.last
        self._session.timeline.flush(turn)
        if turn != NO_TURN:
            await self.push_frame(AvatarFlushFrame(turn, self._session.timeline.index))

    async def _hold(self, frame: AvatarHoldFrame) -> None:
        """Say again afterwards what the client will not have played."""
        timeline, rewound = self._session.timeline, 0
        if frame.held == timeline.held:
            return
        if frame.held:
            rewound = timeline.hold(self._lag)
        else:
            timeline.resume()
        if timeline.waiting_ticks:
            tick = timeline.index - rewound
            await self.push_frame(AvatarHeldFrame(frame.held, tick, self._turns.last))

    def _hear(self, frame: InputAudioRawFrame) -> None:
        if self._conduct.listens:
            self._session.timeline.push_user_audio(self._user_audio.samples(frame))

    def _see(self, frame: UserFaceFrame) -> None:
        """Take what the generator understands; others may understand other spaces."""
        known = frame.face.space.name == self._avatar.generator.user_space.name
        if self._conduct.listens and known:
            self._session.timeline.push_user_face(frame.face)

    async def _speak(self, frame: TTSAudioRawFrame) -> None:
        self._start()
        turn = self._turns.of(frame.context_id)
        if turn != NO_TURN:
            self._conduct.answer_came()
        self._contexts[turn] = frame.context_id
        try:
            self._session.timeline.push_speech(
                turn, self._voice.samples(frame), interruptible=frame.interruptible
            )
        except VisavisError as error:
            if turn != self._refused:
                self._refused = turn
                await self.push_error(str(error), exception=error)

    async def _in_order(self, frame: Frame) -> None:
        """Behind the speech that waits, or at once when none does."""
        timeline = self._session.timeline
        if isinstance(frame, AggregatedTextFrame) and frame.text_type == TextType.BACKCHANNEL:
            self._turns.aside(frame.context_id)
            said = Reaction("backchannel", Cause.USER_PAUSE, 1.0, timeline.index, None)
            await self.push_frame(AvatarReactionFrame(said))
        elif self._turns.is_aside(getattr(frame, "context_id", None)):
            if isinstance(frame, TTSStoppedFrame):
                timeline.push_speech(NO_TURN, self._voice.rest(), interruptible=False, last=True)
                self._turns.close(frame.context_id)
            return
        elif isinstance(frame, TTSStartedFrame):
            # An interruption may have swept away the end of speech that has no context.
            self._turns.close(frame.context_id)
        elif isinstance(frame, TTSStoppedFrame):
            turn = self._turns.of(frame.context_id)
            timeline.push_speech(turn, self._voice.rest(), last=True)
            self._turns.close(frame.context_id)
        async with self._order:
            if timeline.waiting_ticks:
                timeline.push_mark(self._turns.last, frame, interruptible=frame.interruptible)
            else:
                await self._release(frame)

    async def _reach(self, marks: tuple[object, ...]) -> None:
        for frame in marks:
            if isinstance(frame, Frame):
                await self._release(frame)

    async def _release(self, frame: Frame) -> None:
        if isinstance(frame, EndFrame):
            await self._stop()
        await self.push_frame(frame)

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [
                self.create_task(self._pace(), "pace"),
                self.create_task(self._draw(), "draw"),
            ]

    async def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        current = asyncio.current_task()
        for task in tasks:
            if task is not current:
                await self.cancel_task(task)

    async def _pace(self) -> None:
        """Every 40 ms: a tick, its speech, and the frames that were waiting for it."""
        pacer = Pacer(self._clock)
        timeline = self._session.timeline
        while self._tasks:
            await asyncio.sleep(pacer.wait_s())
            pacer.tick()
            state = self._conduct.tick(speaks=timeline.waiting_ticks > 0 and not timeline.held)
            timeline.direct(state=state, style=self._conduct.style)
            async with self._order:
                tick = timeline.next_tick()
                self._stage.add(tick)
                await self._announce(tick)
                if tick.speech is not None:
                    context = self._contexts.get(tick.turn)
                    await self.push_frame(audio_frame(tick, self._rate, context))
                await self._reach(tick.marks)
            if (load := self._stage.load(tick)) is not None:
                await self.push_frame(load, FrameDirection.UPSTREAM)

    async def _announce(self, tick: Tick) -> None:
        if tick.state is not self._state:
            self._state = tick.state
            await self.push_frame(AvatarStateFrame(tick.state, tick.index, tick.turn))

    async def _draw(self) -> None:
        complaint = ""
        while True:
            try:
                performance = await self._stage.next()
            except VisavisError as error:
                # The conversation goes on without pictures, and they may come again.
                if complaint != (complaint := str(error)):
                    await self.push_error(complaint, exception=error)
                continue
            for frame in performance.frames:
                await self.push_frame(image_frame(frame, self._avatar.renderer))
            for reaction in performance.reactions:
                await self.push_frame(AvatarReactionFrame(reaction))
