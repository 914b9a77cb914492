"""The embedded voices as a pipecat TTS service: speech with its phones, and no network."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from agent.frames import TTSPhonesFrame
from agent.services.tts.words import timed_words
from avatar.errors import VisavisError
from avatar.tick import Phone
from avatar.voices.base import Speech, Voice, speak
from avatar.voices.sentence_speech import LONGEST_PIECE
from avatar.voices.text import sentences

PIECE_S = 0.5
CONTEXTS_REMEMBERED = 32


class EmbeddedTTSService(TTSService):
    """Says text with an `avatar.voices` voice and pushes its phones before its sound.

    `open_voice` makes the voice; it is called once, in the thread that will use it. A text that the
    voice cannot say, or a worker that dies, becomes an error frame; the next text is tried anew.
    `rehearsed` texts are made before they are wanted, and then said at once.
    """

    def __init__(
        self, open_voice: Callable[[], Voice], *, rehearsed: Sequence[str] = (), **kwargs: Any
    ) -> None:
        settings = TTSSettings(model=None, voice=None, language=None)
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            push_text_frames=False,
            settings=settings,
            **kwargs,
        )
        self._open_voice = open_voice
        self._opened: Voice | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voice")
        self._to_rehearse = tuple(rehearsed)
        self._rehearsed: dict[str, Speech] = {}
        self._said_s: dict[str, float] = {}
        self._failed = False

    def can_generate_metrics(self) -> bool:
        """It measures the time to its first sound."""
        return True

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Open the voice before the first text comes. Raises as `open_voice` does."""
        await super().setup(setup)
        self._opened = await self._in_thread(self._open_voice)
        await self._in_thread(self._rehearse)

    async def cleanup(self) -> None:
        """Let go of the voice."""
        await super().cleanup()
        if self._opened is not None:
            await self._in_thread(self._opened.close)
            self._opened = None
        self._thread.shutdown(wait=False)

    async def check(self) -> bool:
        """Whether it could speak now; one that failed tries, and says it to nobody."""
        voice = self._opened
        if self._failed and voice is not None:
            with suppress(VisavisError):
                await self._in_thread(lambda: speak(voice, "A."))
                self._failed = False
        return not self._failed

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """Phones of the whole text, then its sound in pieces, each word before its own."""
        voice = self._opened
        if voice is None:
            yield ErrorFrame(error="the voice is not open: the service was not set up")
            return
        await self.start_tts_usage_metrics(text)
        for sentence in sentences(text, LONGEST_PIECE):
            async for frame in self._say(voice, sentence, context_id):
                yield frame

    async def _say(self, voice: Voice, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """One sentence: whoever interrupts a long text does not wait for the voice to finish it."""
        try:
            known = self._rehearsed.get(text)
            speech = known or await self._in_thread(lambda: speak(voice, text))
        except VisavisError as error:
            self._failed = True
            yield ErrorFrame(error=str(error))
            return
        self._failed = False
        await self.stop_ttfb_metrics()
        begin = self._begin(context_id, speech.duration_s)
        yield TTSPhonesFrame(_later(speech.phones, begin), context_id)
        at = 0.0
        for word in timed_words(text, speech):
            for frame in self._audio(speech, at, word.start_s, context_id):
                yield frame
            await self.add_word_timestamps([(word.text, begin + word.start_s)], context_id)
            at = word.start_s
        for frame in self._audio(speech, at, speech.duration_s, context_id):
            yield frame

    def _rehearse(self) -> None:
        """A text that the voice cannot say is tried again when it is wanted, and reported then."""
        assert self._opened is not None
        for text in self._to_rehearse:
            with suppress(VisavisError):
                self._rehearsed[text] = speak(self._opened, text)

    def _begin(self, context_id: str, lasts_s: float) -> float:
        """Seconds that were said in this context before."""
        begin = self._said_s.get(context_id, 0.0)
        self._said_s[context_id] = begin + lasts_s
        if len(self._said_s) > CONTEXTS_REMEMBERED:
            del self._said_s[next(iter(self._said_s))]
        return begin

    def _audio(
        self, speech: Speech, start_s: float, end_s: float, context_id: str
    ) -> list[TTSAudioRawFrame]:
        """The sound of a span in pieces, at the voice's own rate."""
        span = speech.pcm[round(start_s * speech.rate) : round(end_s * speech.rate)]
        step = round(PIECE_S * speech.rate)
        pieces = (span[at : at + step].tobytes() for at in range(0, len(span), step))
        return [TTSAudioRawFrame(piece, speech.rate, 1, context_id=context_id) for piece in pieces]

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        """Voices block and belong to one thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _later(phones: Sequence[Phone], by_s: float) -> tuple[Phone, ...]:
    return tuple(Phone(phone.symbol, phone.start_s + by_s, phone.end_s + by_s) for phone in phones)
