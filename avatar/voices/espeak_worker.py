"""The worker process of `avatar.voices.espeak`: says texts with libespeak-ng.

It imports no numpy: it starts in a few hundredths of a second and stays small.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from avatar.voices.espeak_library import PhoneStart, Start, WordStart, espeak_library
from avatar.worker_protocol import Message, Replies, serve

SAMPLE_BYTES = 2

STRESS = "ˈˌ"

VOICELESS_STOPS = tuple("ptkcqʈ")
"""First letters of sounds that begin with a silent closure."""

LONGEST_CLOSURE = 1500
"""Samples of silence that belong to a voiceless stop: 68 ms at 22 050 Hz.

espeak-ng counts such a phone from its burst and gives the silent closure to the phone before it.
In flite's recorded voices the burst of a /p/ is 60 to 70 ms behind the start of the phone.
"""

Span: TypeAlias = tuple[str, int, int]
"""A symbol or word, its first sample and the sample behind its last."""


@dataclass(frozen=True, slots=True)
class TimedSound:
    """PCM16 and the phones and words that begin in it."""

    pcm: bytes
    phones: list[Span]
    words: list[Span]


@dataclass(slots=True)
class _OpenWord:
    """A word that may go on: its text so far, its first sample and where its sound paused."""

    first: int
    last: int
    start: int
    end: int | None = None


@dataclass(slots=True)
class Tiling:
    """Turns an engine's starts into spans, and holds sound until all that begins in it has ended.

    Phones tile the sound from its first sample; a voiceless stop begins with its closure. Words
    tile the text: each runs to the first letter of the next; its sound is that of its phones.
    Engine words that overlap in the text, such as the parts of a number, are one word, and so are
    those that the engine says as one.
    """

    text: str
    _samples: int = 0
    _held: list[tuple[int, bytes]] = field(default_factory=list)
    _phone: tuple[str, int] = ("", 0)
    _phones: list[Span] = field(default_factory=list)
    _coming: WordStart | None = None
    _word: _OpenWord | None = None
    _words: list[Span] = field(default_factory=list)

    def add(self, pcm: bytes, starts: list[Start]) -> list[TimedSound]:
        """Take what the engine made; returns the sound that can be given away."""
        if pcm:
            self._samples += len(pcm) // SAMPLE_BYTES
            self._held.append((self._samples, pcm))
        for start in starts:
            if isinstance(start, WordStart):
                self._announce(start)
            else:
                self._begin(start)
        return self._release(self._phone[1] if self._word is None else self._word.start)

    def finish(self) -> list[TimedSound]:
        """The rest of the sound."""
        self._end_phone(self._samples)
        self._end_word(self._samples, len(self.text))
        return self._release(self._samples)

    def _announce(self, word: WordStart) -> None:
        if self._coming is not None:
            self._coming = WordStart(self._coming.first, max(self._coming.last, word.last))
        elif self._word is not None and word.first < self._word.last:
            self._word.last = max(self._word.last, word.last)
        elif self.text[word.first : word.last].strip():
            self._coming = word

    def _begin(self, phone: PhoneStart) -> None:
        sample = max(phone.sample - self._closure(phone), self._phone[1])
        if not phone.symbol:
            if self._word is not None and self._word.end is None:
                self._word.end = sample
        elif self._coming is not None:
            first = self._coming.first if self._word is not None else 0
            self._end_word(sample, first)
            self._word = _OpenWord(first, self._coming.last, sample)
            self._coming = None
        elif self._word is not None:
            self._word.end = None
        if phone.symbol or self._phone[0]:
            self._end_phone(sample)
            self._phone = (phone.symbol, sample)

    def _closure(self, phone: PhoneStart) -> int:
        """Samples of silence before a voiceless stop, as far as they may belong to it."""
        if not phone.symbol.lstrip(STRESS).startswith(VOICELESS_STOPS):
            return 0
        held = b"".join(pcm for _, pcm in self._held)
        until = len(held) - SAMPLE_BYTES * (self._samples - phone.sample)
        before = held[max(0, until - SAMPLE_BYTES * LONGEST_CLOSURE) : max(0, until)]
        return (len(before) - len(before.rstrip(b"\0"))) // SAMPLE_BYTES

    def _end_phone(self, sample: int) -> None:
        symbol, start = self._phone
        if sample > start:
            self._phones.append((symbol, start, sample))

    def _end_word(self, sample: int, text_end: int) -> None:
        if self._word is not None:
            end = sample if self._word.end is None else self._word.end
            text = self.text[self._word.first : text_end].strip()
            self._words.append((text, self._word.start, end))

    def _release(self, open_from: int) -> list[TimedSound]:
        released: list[TimedSound] = []
        while self._held and self._held[0][0] <= open_from:
            end, pcm = self._held.pop(0)
            phones, self._phones = _cut(self._phones, end)
            words, self._words = _cut(self._words, end)
            released.append(TimedSound(pcm, phones, words))
        return released


def _cut(spans: list[Span], end: int) -> tuple[list[Span], list[Span]]:
    """Those that begin before a sample, and the others."""
    count = sum(start < end for _, start, _ in spans)
    return spans[:count], spans[count:]


def say(request: Message, replies: Replies) -> None:
    """Say the payload (UTF-8): sound with the phones and words that begin in it, as it is made."""
    header, text = request.header, request.payload.decode()
    tiling = Tiling(text)

    def send(sounds: list[TimedSound]) -> bool:
        return all(replies.send({"phones": s.phones, "words": s.words}, s.pcm) for s in sounds)

    with espeak_library() as library:
        library.set_voice(header["voice"])
        library.set_parameters(header["words_per_minute"], header["pitch"], header["pitch_range"])
        library.say(text, lambda pcm, starts: send(tiling.add(pcm, starts)) and replies.wanted())
    send(tiling.finish())


def check(request: Message, replies: Replies) -> None:
    """Reply with the sample rate once the voice is found."""
    with espeak_library() as library:
        library.set_voice(request.header["voice"])
        replies.send({"rate": library.rate})


def list_voices(request: Message, replies: Replies) -> None:  # noqa: ARG001
    """Reply with the names of all voices."""
    with espeak_library() as library:
        replies.send({"names": library.voice_names()})


ANSWERS = {"say": say, "check": check, "list": list_voices}


def answer(request: Message, replies: Replies) -> None:
    """Do what the header's `do` names."""
    ANSWERS[request.header["do"]](request, replies)


if __name__ == "__main__":
    serve(answer)
