"""Piper: natural neural voices from a file on disk, for many languages.

Piper is under the GPL and its network takes a core while it speaks, so it runs in a worker process.
Nothing is ever downloaded: without its file a voice is an error.
"""

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from avatar.clock import SAMPLE_RATE
from avatar.errors import VoiceError
from avatar.tick import Phone, VoiceSamples
from avatar.voices.alignment import align
from avatar.voices.base import SpeechChunk, SpeechChunks, Voice
from avatar.voices.espeak import EspeakConfig, EspeakVoice
from avatar.voices.sentence_speech import LONGEST_PIECE, sentence_chunk
from avatar.voices.text import sentences, spoken_text
from avatar.worker_protocol import Message
from avatar.workers import Worker

PATIENCE_S = 60.0
"""Seconds that the longest sentence may take on a slow and busy machine."""

RAW_PHONES = "[["
"""Piper takes what follows for phones; a text that comes from elsewhere may not ask for that."""


@dataclass(frozen=True, slots=True)
class PiperConfig:
    """A voice's `.onnx` file, with its `.onnx.json` beside it, and which of its speakers."""

    model: Path
    speaker: int | None = None


class PiperVoice:
    """Says texts with Piper, a chunk per sentence.

    Phones have exact times when the voice tells how long each lasts, which almost every voice does
    once the package `onnx` is installed. Otherwise espeak-ng, whose phones Piper's are, is aligned
    to the sound; what cannot be aligned has no phones. Times of words are not told.
    """

    def __init__(self, config: PiperConfig) -> None:
        """Load the voice.

        Raises VoiceError when the files are missing or are no voice, PartUnavailable when piper is
        not installed.
        """
        settings = _settings(config)
        self._language: str = settings["espeak"]["voice"]
        self._aligner: Voice | None = None
        self._worker = Worker(
            "avatar.voices.piper_worker", name="the Piper worker", patience_s=PATIENCE_S
        )
        self._wish = {"model": str(config.model.absolute()), "speaker": config.speaker}
        try:
            (reply,) = self._worker.request({"do": "load", **self._wish})
            self._rate: int = reply.header["rate"]
            if not reply.header["timed"]:
                self._aligner = EspeakVoice(EspeakConfig(voice=self._language))
        except BaseException:
            self.close()
            raise

    @property
    def rate(self) -> int:
        """Samples a second: 16 000 or 22 050, as the voice has it."""
        return self._rate

    def say(self, text: str) -> SpeechChunks:
        """A chunk per sentence, each when it is made."""
        spoken = spoken_text(text).replace(RAW_PHONES, " ")
        pieces = sentences(spoken, LONGEST_PIECE)
        wish = {"do": "say", **self._wish, "pieces": pieces}
        return self._chunks(pieces, self._worker.request(wish))

    def close(self) -> None:
        """End the worker processes."""
        self._worker.close()
        if self._aligner is not None:
            self._aligner.close()

    def _chunks(
        self, pieces: Sequence[str], replies: Generator[Message, None, None]
    ) -> SpeechChunks:
        before = 0
        with closing(replies):
            for reply, piece in zip(replies, pieces, strict=True):
                pcm: VoiceSamples = np.frombuffer(reply.payload, "<i2")
                phones = reply.header["phones"]
                timed = self._aligned(piece, pcm) if phones is None else self._timed(phones)
                yield self._chunk(pcm, before, timed)
                before += len(pcm)

    def _chunk(self, pcm: VoiceSamples, before: int, phones: Sequence[Phone]) -> SpeechChunk:
        if not phones:
            return SpeechChunk(pcm, (), ())
        return sentence_chunk(pcm, self._rate, before, phones)

    def _timed(self, spans: Sequence[Sequence[Any]]) -> list[Phone]:
        rate = self._rate
        return [Phone(symbol, start / rate, end / rate) for symbol, start, end in spans]

    def _aligned(self, text: str, pcm: VoiceSamples) -> Sequence[Phone]:
        if self._aligner is None:
            return ()
        sound = pcm.astype(np.float32) / 32768
        heard = soxr.resample(sound, self._rate, SAMPLE_RATE).astype(np.float32)
        try:
            return align(text, heard, self._aligner)
        except VoiceError:
            return ()


def _settings(config: PiperConfig) -> dict[str, Any]:
    """What a voice says about itself. Raises VoiceError unless the worker can make use of it."""
    sidecar = Path(f"{config.model}.json")
    for path in (config.model, sidecar):
        if not path.is_file():
            raise VoiceError(
                f"{path}: there is no such file; a Piper voice is an .onnx file with its "
                ".onnx.json beside it: get one with `visavis fetch recommended` or copy both there"
            )
    try:
        settings = json.loads(sidecar.read_text(encoding="utf-8"))
        kind = settings.get("phoneme_type", "espeak")
        speakers = settings["num_speakers"]
        known = all(settings[key] for key in ("phoneme_id_map", "espeak", "audio"))
        known = known and isinstance(settings["espeak"]["voice"], str)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VoiceError(
            f"{sidecar}: not the description of a Piper voice ({error}); copy it anew"
        ) from error
    if not known or kind != "espeak":
        raise VoiceError(
            f"{sidecar}: a voice with phones of espeak-ng was expected, its are of type {kind!r}; "
            "choose another voice"
        )
    if config.speaker is not None and not 0 <= config.speaker < max(1, speakers):
        raise VoiceError(
            f"{config.model.name} has {speakers} speakers, counted from 0: there is no speaker "
            f"{config.speaker}"
        )
    return settings
