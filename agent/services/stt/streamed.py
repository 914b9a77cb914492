"""A recogniser in a worker process as a pipecat STT service.

Sound goes to the recogniser while it is being said, so only its end has to be waited for.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    StartFrame,
    STTMuteFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup
from pipecat.services.stt_service import STTService
from pipecat.transcriptions.language import Language
from pipecat.utils.time import time_now_iso8601

from agent.frames import ForgetFrame
from agent.services.stt.ears import SAMPLE_BYTES
from agent.services.stt.recogniser import Recogniser, RecogniserConfig, Understood
from agent.services.stt.transcripts import OpenTurn, SentenceEnd, nothing_understood
from agent.services.stt.utterance import Utterance
from avatar.errors import VisavisError

Result = TypeVar("Result")

PRE_ROLL_S = 0.5
"""Seconds of sound kept from before: voice activity is reported 0.2 to 0.4 s after speech began."""

MUTED_ROLL_S = 1.5
"""The same while muted: whoever wants to be heard has spoken for a moment by then."""


class StreamedSTTService(STTService):
    """Turns what is said between the marks of voice activity into one final transcript each.

    When nothing was understood there is none, but a turn that waits for it is ended. A failure of
    the recogniser is an error frame: that utterance is lost, and the recogniser starts again at
    once. The pipeline starts while the model is still being loaded. `interim_s` are the seconds
    between interim transcripts, None for none; `language` is spoken where the recogniser does not
    know it better.
    """

    def __init__(
        self,
        recogniser: RecogniserConfig,
        *,
        language: Language,
        pre_roll_s: float = PRE_ROLL_S,
        interim_s: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._language = language
        self._pre_roll_s, self._interim_s = pre_roll_s, interim_s
        self._recogniser = Recogniser(recogniser)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recogniser")
        self._loading: asyncio.Future[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._utterances: asyncio.Queue[Utterance | None] = asyncio.Queue()
        self._open: Utterance | None = None
        self._heard: Utterance | None = None
        self._voice = False
        self._before = bytearray()
        self._input_rate = 0
        self._turn = OpenTurn()

    def prepare(self) -> None:
        """Load the model before there is a pipeline. Blocks; raises as `Recogniser.load` does."""
        try:
            self._thread.submit(self._recogniser.load).result()
        except VisavisError:
            self._thread.submit(self._recogniser.close).result()
            raise

    def let_go(self) -> None:
        """Let go of a service that no pipeline came for. Blocks."""
        self._thread.submit(self._recogniser.close).result()
        self._thread.shutdown()

    async def check(self) -> bool:
        """Whether it could understand somebody now; one whose process has died is started anew."""
        if self._recogniser.pid is None and not self._busy and self._listening is not None:
            await self._reload()
        return self._recogniser.pid is not None

    @property
    def _busy(self) -> bool:
        """Whether something is loaded or understood just now."""
        return self._heard is not None or (self._loading is not None and not self._loading.done())

    def can_generate_metrics(self) -> bool:
        """It measures the time from the end of speech to the transcript."""
        return True

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Begin to load the model."""
        await super().setup(setup)
        self._loading = asyncio.ensure_future(self._in_thread(self._recogniser.load))

    async def start(self, frame: StartFrame) -> None:
        """Begin to listen."""
        await super().start(frame)
        if self._listening is None:
            self._listening = self.create_task(self._listen())

    async def stop(self, frame: EndFrame) -> None:
        """Transcribe what was said before the end."""
        self._end_utterance()
        if self._listening is not None:
            self._utterances.put_nowait(None)
            await self._listening
            self._listening = None
        await super().stop(frame)

    async def cancel(self, frame: CancelFrame) -> None:
        """Stop at once."""
        await self._stop_listening()
        await super().cancel(frame)

    async def cleanup(self) -> None:
        """End the worker process and the thread that speaks with it."""
        await super().cleanup()
        await self._stop_listening()
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
            await self._in_thread(self._recogniser.close)
        self._thread.shutdown()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Open and close utterances where voice activity does."""
        await super().process_frame(frame, direction)
        self._turn.see(frame)
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._voice = True
            self._begin_utterance()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._voice = False
            self._end_utterance()
        elif isinstance(frame, STTMuteFrame):
            self._mute(muted=frame.mute)
        elif isinstance(frame, ForgetFrame):
            self._before = bytearray()

    async def process_audio_frame(
        self, frame: InputAudioRawFrame, direction: FrameDirection
    ) -> None:
        """Take a piece of sound at the rate that it comes with.

        While muted, only the newest is kept for a moment: whoever speaks up is understood from
        their first word on.
        """
        self._input_rate = frame.sample_rate
        if self.is_muted:
            self._keep(frame.audio, MUTED_ROLL_S)
        else:
            await super().process_audio_frame(frame, direction)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """Keep a piece of sound; transcripts are pushed when they are ready."""
        whole = audio[: len(audio) // SAMPLE_BYTES * SAMPLE_BYTES]
        if self._open is not None:
            self._open.add(whole)
        else:
            self._keep(whole, self._pre_roll_s)
        yield None

    def _keep(self, pcm: bytes, seconds: float) -> None:
        self._before += pcm
        kept = round(seconds * self._input_rate) * SAMPLE_BYTES
        del self._before[: max(0, len(self._before) - kept)]

    def _mute(self, *, muted: bool) -> None:
        """Muting forgets what was heard; whoever speaks when it ends is understood."""
        if not muted and self._voice:
            self._begin_utterance()
        elif muted:
            self._before, self._open = bytearray(), None
            for utterance in (self._heard, *self._waiting()):
                if utterance is not None:
                    utterance.forget()

    def _waiting(self) -> list[Utterance | None]:
        """Take the utterances that nobody has begun to hear."""
        return [self._utterances.get_nowait() for _ in range(self._utterances.qsize())]

    def _begin_utterance(self) -> None:
        if self._open is None and not self.is_muted:
            rate = self._input_rate or self.sample_rate
            self._open = Utterance(rate, self._before)
            self._before = bytearray()
            self._utterances.put_nowait(self._open)

    def _end_utterance(self) -> None:
        if self._open is not None:
            self._open.end()
            self._open = None

    async def _listen(self) -> None:
        """Transcribe utterances in their order."""
        await self._loaded()
        while (utterance := await self._utterances.get()) is not None:
            self._heard, understood = utterance, Understood("")
            try:
                understood = await self._transcribe(utterance)
            except VisavisError as error:
                await self.push_error(str(error), exception=error)
                await self._reload()
                await utterance.rest()
            await self.emit_stt_usage_metrics()
            self._heard = None
            if not utterance.forgotten:
                await self._push_final(understood)

    async def _push_final(self, understood: Understood) -> None:
        if understood.text:
            now, end = time_now_iso8601(), understood.sentence_end_log10
            spoken = (
                self._language if understood.language is None else Language(understood.language)
            )
            said = TranscriptionFrame(understood.text, self._user_id, now, spoken, finalized=True)
            said.result = None if end is None else SentenceEnd(end)
            await self.push_frame(said)
        elif self._turn.waiting:
            await self.push_frame(nothing_understood(self._user_id))

    async def _transcribe(self, utterance: Utterance) -> Understood:
        """What was said in an utterance, with interim transcripts on the way."""
        recogniser = self._recogniser
        await self._in_thread(partial(recogniser.start, utterance.rate))
        shown, since_s = "", 0.0
        while True:
            await utterance.news.wait()
            ended, piece = utterance.ended, utterance.take()
            since_s += len(piece) / SAMPLE_BYTES / utterance.rate
            due = self._interim_due(since_s) and not ended
            text = await self._in_thread(partial(recogniser.hear, piece, interim=due))
            if ended:
                return await self._in_thread(recogniser.end)
            if due:
                since_s = 0.0
                if text not in ("", shown) and not utterance.forgotten:
                    shown = text
                    await self._push_interim(text)

    def _interim_due(self, since_s: float) -> bool:
        return self._interim_s is not None and since_s >= self._interim_s

    async def _push_interim(self, text: str) -> None:
        await self.push_frame(
            InterimTranscriptionFrame(text, self._user_id, time_now_iso8601(), self._language)
        )

    async def _loaded(self) -> None:
        if self._loading is not None:
            try:
                await self._loading
            except VisavisError as error:
                await self.push_error(str(error), exception=error)

    async def _reload(self) -> None:
        """Be ready before the next utterance."""
        self._loading = asyncio.ensure_future(self._in_thread(self._recogniser.load))
        await self._loaded()

    async def _stop_listening(self) -> None:
        if self._listening is not None:
            await self.cancel_task(self._listening)
            self._listening = None

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """The recogniser blocks and belongs to one thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
