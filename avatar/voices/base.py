"""What a voice is: text in, sound out in pieces, with the times of phones and words."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from avatar.tick import Phone, VoiceSamples, Word


@dataclass(frozen=True, eq=False, slots=True)
class SpeechChunk:
    """A piece of an utterance.

    Times count from the first sample of the utterance. Phones come in order, with their ends, and
    no later than the chunk that holds their first sample; words do where the engine knows them.
    """

    pcm: VoiceSamples
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Speech:
    """A whole utterance. `words` is empty when the engine does not tell their times."""

    pcm: VoiceSamples
    rate: int
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]

    @property
    def duration_s(self) -> float:
        """Length of the sound in seconds."""
        return len(self.pcm) / self.rate


SpeechChunks: TypeAlias = Generator[SpeechChunk, None, None]
"""Chunks as they are made. `close()` stops the engine."""


@runtime_checkable
class Voice(Protocol):
    """Says one text at a time; its calls block. Not to be shared by threads.

    Phones cover the whole sound without gaps, pauses included.
    """

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    def say(self, text: str) -> SpeechChunks:
        """Begin to say a text, which ends what was being said before.

        Text of nothing but punctuation may make no sound at all. Raises VoiceError for blank text
        and for text that the voice cannot say.
        """
        ...

    def close(self) -> None:
        """Let go of processes and files."""
        ...


def speak(voice: Voice, text: str) -> Speech:
    """A whole text at once. Raises as `Voice.say` does."""
    chunks = list(voice.say(text))
    return Speech(
        pcm=np.concatenate([np.zeros(0, np.int16), *(chunk.pcm for chunk in chunks)]),
        rate=voice.rate,
        phones=tuple(phone for chunk in chunks for phone in chunk.phones),
        words=tuple(word for chunk in chunks for word in chunk.words),
    )
