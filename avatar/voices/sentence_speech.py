"""What the engines have in common that make one wave file per sentence."""

import shutil
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from avatar.errors import PartUnavailable
from avatar.tick import Phone, VoiceSamples, Word
from avatar.voices.base import SpeechChunk
from avatar.voices.phonesets import PAUSE

LONGEST_PIECE = 100
"""Characters that such an engine is given at once: about 7 s of speech, made in 0.1 s. What is said
of a piece comes all at once, and longer ones cost other conversations pictures."""


def require_program(name: str, package: str) -> str:
    """Path of a program. Raises PartUnavailable with the Debian package that has it."""
    path = shutil.which(name)
    if path is None:
        raise PartUnavailable(f"the program {name} is not installed: apt install {package}")
    return path


def read_wave(path: Path) -> tuple[VoiceSamples, int]:
    """Samples and sample rate of a mono PCM16 file; none when the engine wrote no file."""
    if not path.exists() or path.stat().st_size == 0:
        return np.zeros(0, np.int16), 0
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


def sentence_chunk(
    pcm: VoiceSamples, rate: int, before: int, phones: Sequence[Phone], words: Sequence[Word] = ()
) -> SpeechChunk:
    """A sentence as a chunk of an utterance of which `before` samples were said already.

    Times of `phones` and `words` count from the start of the sentence. Some engines count a last
    pause that they do not write, or write a few samples more: phones are made to fit.
    """
    duration_s, offset_s = len(pcm) / rate, before / rate
    fitting = [phone for phone in phones if phone.start_s < duration_s]
    if not fitting:
        fitting = [Phone(PAUSE, 0.0, duration_s)]
    fitting[-1] = Phone(fitting[-1].symbol, fitting[-1].start_s, duration_s)
    return SpeechChunk(
        pcm=pcm,
        phones=tuple(Phone(p.symbol, p.start_s + offset_s, p.end_s + offset_s) for p in fitting),
        words=tuple(
            Word(w.text, w.start_s + offset_s, min(w.end_s, duration_s) + offset_s)
            for w in words
            if w.start_s < duration_s
        ),
    )
