"""The worker process of `agent.services.stt.whisper`: understands with a model of faster-whisper.

Features are computed in Python, which would take the interpreter from the pictures.
"""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from agent.services.stt.ears import SAMPLE_BYTES, answering
from avatar.errors import PartUnavailable, WorkerError
from avatar.worker_protocol import serve

BEHIND_PICTURES = 1
"""Niceness: where cores are short, pictures and sound come first."""

RATE = 16_000
LONGEST = 28 * RATE
"""Samples of what is decoded at once: the network hears thirty seconds. Older ones are kept as
words."""

NO_SPEECH = 0.4
"""Segments that are noise with a greater probability have no words."""

TOKENS_A_SECOND, LEAST_TOKENS = 12, 16
"""More than anybody says: a network that repeats itself is stopped."""


class WhisperEars:
    """One network and the utterance that it is hearing."""

    def __init__(self) -> None:
        """Nothing is loaded before the first request."""
        self._model: Any = None
        self._options: Mapping[str, Any] = {}
        self._sound = bytearray()
        self._heard: list[str] = []
        self.language: str | None = None
        self.hearing = False

    def load(self, options: Mapping[str, Any]) -> None:
        """`folder` of the model, `languages` that are spoken and `threads` that may be busy."""
        if options == self._options:
            return
        try:
            import ctranslate2
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise PartUnavailable(
                "faster-whisper is not installed: pip install faster-whisper"
            ) from error
        graphics = ctranslate2.get_cuda_device_count() > 0
        try:
            self._model = WhisperModel(
                options["folder"],
                device="cuda" if graphics else "cpu",
                compute_type="float16" if graphics else "int8",
                cpu_threads=options["threads"],
                local_files_only=True,
            )
        except Exception as error:
            # The libraries raise no class of their own for a damaged file.
            raise PartUnavailable(
                f"{options['folder']}: this model cannot be used ({error}); copy its files anew or "
                "choose another"
            ) from error
        known = self._model.supported_languages
        unknown = [name for name in options["languages"] if name not in known]
        if unknown:
            raise PartUnavailable(
                f"{options['folder']}: this model does not know {', '.join(unknown)}; one that "
                "knows many languages has a name without .en: visavis fetch whisper:base"
            )
        self._options = options
        self.hearing = False

    def start(self) -> None:
        """Begin an utterance."""
        self._sound, self._heard = bytearray(), []
        self.language, self.hearing = None, True

    def hear(self, pcm: bytes) -> None:
        """Go on; a very long utterance is decoded in parts."""
        self._sound += pcm
        if len(self._sound) >= SAMPLE_BYTES * LONGEST:
            self._heard.append(self._decoded())
            self._sound.clear()

    def text(self) -> str:
        """What is understood so far: the whole is decoded anew."""
        return " ".join(part for part in (*self._heard, self._decoded()) if part)

    def end(self) -> Mapping[str, Any]:
        """The words as they are written, and the language."""
        self.hearing = False
        return {"text": self.text(), "language": self.language}

    def _decoded(self) -> str:
        sound = np.frombuffer(self._sound, "<i2").astype(np.float32) / np.float32(32768)
        if not len(sound):
            return ""
        try:
            self.language = self.language or self._spoken(sound)
            segments, _ = self._model.transcribe(
                sound,
                language=self.language,
                beam_size=1,
                temperature=0.0,
                condition_on_previous_text=False,
                without_timestamps=True,
                max_new_tokens=LEAST_TOKENS + TOKENS_A_SECOND * len(sound) // RATE,
            )
            said = [part.text.strip() for part in segments if part.no_speech_prob < NO_SPEECH]
        except (RuntimeError, ValueError) as error:
            raise WorkerError(f"Whisper failed on an utterance, which is lost: {error}") from error
        return " ".join(said).strip()

    def _spoken(self, sound: Any) -> str:
        """The likeliest of the languages that are spoken here."""
        languages: list[str] = self._options["languages"]
        if len(languages) == 1:
            return languages[0]
        _, _, likely = self._model.detect_language(sound)
        odds = dict(likely)
        return max(languages, key=lambda name: odds.get(name, 0.0))


if __name__ == "__main__":
    os.nice(BEHIND_PICTURES)
    serve(partial(answering, WhisperEars()))
