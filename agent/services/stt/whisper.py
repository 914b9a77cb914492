"""Whisper as a pipecat STT service, with a model that is on this machine already.

It understands people far better than pocketsphinx does, once its model is there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipecat.services.settings import STTSettings
from pipecat.transcriptions.language import Language

from agent.services.models import missing_whisper_files
from agent.services.stt.recogniser import RecogniserConfig
from agent.services.stt.streamed import StreamedSTTService
from avatar.errors import PartUnavailable

TTFS_P99_S = 2.5
"""Seconds from the end of speech to the transcript, nearly always: base, int8, one core."""

PATIENCE_S = 60.0
"""For the largest models on the slowest machines to load."""


@dataclass(frozen=True, slots=True)
class WhisperConfig:
    """A model's folder, the languages that are spoken and how many threads may be busy with it.

    Of several languages the likeliest is understood. `interim_s` None makes no interim transcripts:
    each costs as much as the final one.
    """

    folder: Path
    languages: tuple[Language, ...] = (Language.EN,)
    threads: int = 2
    interim_s: float | None = None


def whisper_recogniser(config: WhisperConfig) -> RecogniserConfig:
    """The worker with this model.

    Raises PartUnavailable when the folder holds no whole model.
    """
    missing = missing_whisper_files(config.folder)
    if missing:
        raise PartUnavailable(
            f"{config.folder}: a folder with a model of faster-whisper was expected, it lacks "
            f"{', '.join(missing)}; get one with `visavis fetch recommended` or copy its files "
            "there"
        )
    options = {
        "folder": str(config.folder),
        "languages": [language.value for language in config.languages],
        "threads": config.threads,
    }
    return RecogniserConfig("agent.services.stt.whisper_worker", options, PATIENCE_S)


class LocalWhisperSTTService(StreamedSTTService):
    """Whisper from a folder, as `StreamedSTTService` says: on a GPU, or in 8 bits on the CPU.

    It never downloads. A voice is decoded when it pauses, before its turn is over.
    """

    def __init__(self, config: WhisperConfig, **kwargs: Any) -> None:
        """Raises PartUnavailable as `whisper_recogniser` does."""
        language = config.languages[0]
        kwargs = {"ttfs_p99_latency": TTFS_P99_S, **kwargs}
        super().__init__(
            whisper_recogniser(config),
            language=language,
            interim_s=config.interim_s,
            settings=STTSettings(model=config.folder.name, language=language),
            **kwargs,
        )
