"""The worker process of `agent.services.stt.recogniser`: understands English with pocketsphinx.

The decoder holds the interpreter's lock for up to a quarter of a second, so it has a process of its
own. The model is the one that the package brings: a trigram over 72 000 words of US English.
"""

import os
import re
from math import log10
from typing import Any

from avatar.errors import PartUnavailable, WorkerError
from avatar.worker_protocol import Message, Replies, serve

SAMPLE_BYTES = 2

BEHIND_PICTURES = 1
"""Niceness: where cores are short, pictures and sound come first."""

LONGEST = 20 * 16_000
"""Samples after which an utterance is decoded as far as it goes: the decoder's memory grows."""

SEARCH = {"maxhmmpf": 4000, "topn": 3, "pl_window": 10}
"""Fewer states and Gaussians than the decoder's own, and sounds to come are looked at: a quarter
less work for as few wrong words (`benchmarks/voices.py`, docs/experiments.md)."""

FILLER = re.compile(r"<[^>]*>|\[[^\]]*\]|\+\+[^+]*\+\+")
"""Silence, noise and sentence marks among the words: `<sil>`, `[NOISE]`, `++UM++`."""

VARIANT = re.compile(r"\(\d+\)")
"""The number of a pronunciation: `the(2)`."""

LOG10_OF_BASE = log10(1.0001)
"""The model's probabilities are logarithms of this base."""

FIRST_PERSON = re.compile(r"\bi\b")


def plain_words(hypothesis: str) -> str:
    """A hypothesis without the decoder's own signs, and with the one capital that is always due."""
    words = VARIANT.sub("", FILLER.sub(" ", hypothesis)).split()
    return FIRST_PERSON.sub("I", " ".join(words))


class Listener:
    """One decoder and the utterance that it is hearing."""

    def __init__(self) -> None:
        """Nothing is loaded before the first request."""
        self._decoder: Any = None
        self._passes = 0
        self._hearing = False
        self._samples = 0
        self._heard: list[str] = []

    def answer(self, request: Message, replies: Replies) -> None:
        """Do what the header's `do` names: load, start, hear or end."""
        header = request.header
        match header["do"]:
            case "load":
                self._load(header["passes"])
            case "start":
                self._load(header["passes"])
                self._start()
            case "hear":
                self._hear(request.payload)
                replies.send({"text": self._text() if header["interim"] else ""})
            case "end":
                self._require_utterance()
                self._end()
                text = self._text()
                replies.send({"text": text, "sentence_end_log10": self._sentence_end(text)})
            case other:
                raise WorkerError(f"load, start, hear or end was expected, {other!r} came")

    def _load(self, passes: int) -> None:
        if passes == self._passes:
            return
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise PartUnavailable(
                "pocketsphinx is not installed: pip install pocketsphinx"
            ) from error
        again = passes > 1
        self._decoder = Decoder(loglevel="FATAL", fwdflat=again, bestpath=again, **SEARCH)
        self._passes = passes
        self._hearing = False

    def _start(self) -> None:
        """Begin an utterance. The end of the one before may have been lost."""
        if self._hearing:
            self._end()
        self._heard = []
        self._begin()

    def _hear(self, pcm: bytes) -> None:
        self._require_utterance()
        whole = len(pcm) // SAMPLE_BYTES
        if not whole:
            return
        if self._samples >= LONGEST:
            self._end()
            self._begin()
        self._decoder.process_raw(pcm[: whole * SAMPLE_BYTES], False, False)
        self._samples += whole

    def _begin(self) -> None:
        self._decoder.start_utt()
        self._hearing = True
        self._samples = 0

    def _end(self) -> None:
        self._decoder.end_utt()
        self._hearing = False
        self._heard.append(self._hypothesis())

    def _text(self) -> str:
        """All that was understood since the start."""
        current = [self._hypothesis()] if self._hearing else []
        return plain_words(" ".join([*self._heard, *current]))

    def _sentence_end(self, text: str) -> float | None:
        """How likely a sentence ends with its last two words, by the trigrams of the model."""
        words = text.lower().split()[-2:]
        if not words:
            return None
        return self._decoder.get_lm().prob(["</s>", *reversed(words)]) * LOG10_OF_BASE

    def _hypothesis(self) -> str:
        hypothesis = self._decoder.hyp()
        return hypothesis.hypstr if hypothesis is not None else ""

    def _require_utterance(self) -> None:
        if not self._hearing:
            raise WorkerError(
                "the speech recogniser was started anew in the middle of an utterance, "
                "which is lost: say it again"
            )


if __name__ == "__main__":
    os.nice(BEHIND_PICTURES)
    serve(Listener().answer)
