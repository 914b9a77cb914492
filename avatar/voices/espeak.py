"""espeak-ng: robotic, instant, in a hundred languages, and exact about phones and words.

It is under the GPL, so it runs in a worker process.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, dataclass

import numpy as np

from avatar.tick import Phone, Word
from avatar.voices.base import SpeechChunk, SpeechChunks
from avatar.voices.text import spoken_text
from avatar.worker_protocol import Message
from avatar.workers import Worker

SPEEDS = range(80, 451)
"""Words a minute that espeak-ng can do."""

PITCHES = range(100)


@dataclass(frozen=True, slots=True)
class EspeakConfig:
    """Voice by name (`voice_names`; "en-us+f3" adds a variant); pitch and its range 0 to 99."""

    voice: str = "en-us"
    words_per_minute: int = 165
    pitch: int = 50
    pitch_range: int = 50

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that espeak-ng would bend silently."""
        if self.words_per_minute not in SPEEDS:
            raise ValueError(f"80 to 450 words a minute can be said, not {self.words_per_minute}")
        if self.pitch not in PITCHES or self.pitch_range not in PITCHES:
            raise ValueError(
                f"pitch and pitch_range go from 0 to 99, not {self.pitch} and {self.pitch_range}"
            )


class EspeakVoice:
    """Says texts with espeak-ng. The same text sounds the same every time."""

    def __init__(self, config: EspeakConfig) -> None:
        """Start the worker and look for the voice.

        Raises VoiceError when there is no such voice, PartUnavailable when there is no espeak-ng.
        """
        self._config = config
        self._worker = _worker()
        try:
            (reply,) = self._worker.request({"do": "check", **asdict(config)})
        except BaseException:
            self._worker.close()
            raise
        self._rate: int = reply.header["rate"]

    @property
    def rate(self) -> int:
        """Samples a second: 22 050."""
        return self._rate

    def say(self, text: str) -> SpeechChunks:
        """Chunks of 60 ms, each with all phones and words that begin in it."""
        spoken = spoken_text(text).encode()
        return self._chunks(self._worker.request({"do": "say", **asdict(self._config)}, spoken))

    def close(self) -> None:
        """End the worker process."""
        self._worker.close()

    def _chunks(self, replies: Generator[Message, None, None]) -> SpeechChunks:
        with closing(replies):
            for reply in replies:
                yield self._chunk(reply)

    def _chunk(self, reply: Message) -> SpeechChunk:
        header, rate = reply.header, self._rate
        return SpeechChunk(
            pcm=np.frombuffer(reply.payload, np.int16),
            phones=tuple(Phone(s, start / rate, end / rate) for s, start, end in header["phones"]),
            words=tuple(
                Word(text, start / rate, end / rate) for text, start, end in header["words"]
            ),
        )


def voice_names() -> tuple[str, ...]:
    """Every voice that espeak-ng has, sorted. Raises PartUnavailable when it is not there."""
    with _worker() as worker:
        (reply,) = worker.request({"do": "list"})
    return tuple(reply.header["names"])


def _worker() -> Worker:
    return Worker("avatar.voices.espeak_worker", name="the espeak-ng worker")
