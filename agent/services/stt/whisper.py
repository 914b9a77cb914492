"""Whisper as a pipecat STT service, with a model that is on this machine already.

It understands people far better than pocketsphinx does, once its model is there. The network runs
in threads of its own and does not hold the interpreter's lock.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
from faster_whisper import WhisperModel
from pipecat.frames.frames import Frame, TranscriptionFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transcriptions.language import Language

from agent.services.models import missing_whisper_files
from agent.services.stt.transcripts import OpenTurn, nothing_understood
from avatar.errors import PartUnavailable

TTFS_P99_S = 2.5
"""Seconds from the end of speech to the transcript, nearly always: base, int8, one core."""


@dataclass(frozen=True, slots=True)
class WhisperConfig:
    """A model's folder, the language that is spoken and how many threads may be busy with it."""

    folder: Path
    language: Language = Language.EN
    threads: int = 2


class LocalWhisperSTTService(WhisperSTTService):
    """pipecat's Whisper with a folder for a model: on a GPU, or in 8 bits on the CPU.

    It never downloads.
    When nothing was understood there is no transcript, but a turn that waits for it is ended.
    """

    def __init__(self, config: WhisperConfig, **kwargs: Any) -> None:
        """Load the model, which takes about a second.

        Raises PartUnavailable when the folder holds no whole model or one that does not know the
        language.
        """
        missing = missing_whisper_files(config.folder)
        if missing:
            raise PartUnavailable(
                f"{config.folder}: a folder with a model of faster-whisper was expected, it lacks "
                f"{', '.join(missing)}; get one with `visavis fetch recommended` or copy its files "
                "there"
            )
        self._config = config
        self._turn = OpenTurn()
        settings = self.Settings(model=str(config.folder), language=config.language)
        kwargs = {"ttfs_p99_latency": TTFS_P99_S, **kwargs}
        try:
            super().__init__(settings=settings, **kwargs)
        except (ValueError, RuntimeError) as error:
            raise PartUnavailable(
                f"{config.folder}: this model cannot be used ({error}); copy its files anew or "
                "choose another"
            ) from error

    def _load(self) -> None:
        graphics = ctranslate2.get_cuda_device_count() > 0
        self._model = WhisperModel(
            str(self._config.folder),
            device="cuda" if graphics else "cpu",
            compute_type="float16" if graphics else "int8",
            cpu_threads=self._config.threads,
            local_files_only=True,
        )
        unsupported = self._unsupported_language()
        if unsupported:
            raise ValueError(unsupported)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take notice of turns."""
        await super().process_frame(frame, direction)
        self._turn.see(frame)

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """Transcribe one utterance of PCM16."""
        understood = False
        async for frame in super().run_stt(audio):
            understood = understood or isinstance(frame, TranscriptionFrame)
            yield frame
        if self._turn.waiting and not understood:
            yield nothing_understood(self._user_id)
