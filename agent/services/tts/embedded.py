"""The embedded voices as a pipecat TTS service: speech with its phones, and no network."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import soxr
from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from agent.frames import TTSPhonesFrame
from avatar.errors import VisavisError
from avatar.tick import Phone
from avatar.voices.base import Speech, Voice, speak

PIECE_S = 0.1
CONTEXTS_REMEMBERED = 32


class EmbeddedTTSService(TTSService):
    """Says text with an `avatar.voices` voice and pushes its phones before its sound.

    `open_voice` makes the voice; it is called once, in the thread that will use it. A text that the
    voice cannot say, or a worker that dies, becomes an error frame; the next text is tried anew.
    """

    def __init__(self, open_voice: Callable[[], Voice], **kwargs: Any) -> None:
        settings = TTSSettings(model=None, voice=None, language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings, **kwargs)
        self._open_voice = open_voice
        self._opened: Voice | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voice")
        self._said_s: dict[str, float] = {}

    def can_generate_metrics(self) -> bool:
        """It measures the time to its first sound."""
        return True

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Open the voice before the first text comes. Raises as `open_voice` does."""
        await super().setup(setup)
        self._opened = await self._in_thread(self._open_voice)

    async def cleanup(self) -> None:
        """Let go of the voice."""
        await super().cleanup()
        if self._opened is not None:
            await self._in_thread(self._opened.close)
            self._opened = None
        self._thread.shutdown(wait=False)

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """Phones of the whole text, then its sound in pieces."""
        voice = self._opened
        if voice is None:
            yield ErrorFrame(error="the voice is not open: the service was not set up")
            return
        try:
            await self.start_tts_usage_metrics(text)
            speech = await self._in_thread(lambda: speak(voice, text))
        except VisavisError as error:
            yield ErrorFrame(error=str(error))
            return
        await self.stop_ttfb_metrics()
        for frame in self._frames(speech, context_id):
            yield frame

    def _frames(self, speech: Speech, context_id: str) -> list[Frame]:
        begin = self._said_s.get(context_id, 0.0)
        self._said_s[context_id] = begin + speech.duration_s
        if len(self._said_s) > CONTEXTS_REMEMBERED:
            del self._said_s[next(iter(self._said_s))]
        pcm = speech.pcm
        if speech.rate != self.sample_rate:
            pcm = soxr.resample(pcm, speech.rate, self.sample_rate)
        phones = tuple(
            Phone(phone.symbol, begin + phone.start_s, begin + phone.end_s)
            for phone in speech.phones
        )
        step = round(PIECE_S * self.sample_rate)
        pieces = (pcm[at : at + step].tobytes() for at in range(0, len(pcm), step))
        audio = (
            TTSAudioRawFrame(piece, self.sample_rate, 1, context_id=context_id) for piece in pieces
        )
        return [TTSPhonesFrame(phones, context_id), *audio]

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        """Voices block and belong to one thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
