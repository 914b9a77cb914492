"""The worker process of `agent.services.stt.pocketsphinx`: understands English.

The decoder holds the interpreter's lock for up to a quarter of a second, so it has a process of its
own. The model is the one that the package brings: a trigram over 72 000 words of US English.
"""

import os
import re
from collections.abc import Mapping
from functools import partial
from math import log10
from typing import Any

from agent.services.stt.ears import SAMPLE_BYTES, answering
from avatar.errors import PartUnavailable
from avatar.worker_protocol import serve

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


class PocketSphinxEars:
    """One decoder and the utterance that it is hearing."""

    def __init__(self) -> None:
        """Nothing is loaded before the first request."""
        self._decoder: Any = None
        self._passes = 0
        self._samples = 0
        self._heard: list[str] = []
        self.hearing = False

    def load(self, options: Mapping[str, Any]) -> None:
        """`passes`: one is quick, two search once more in the end."""
        if options["passes"] == self._passes:
            return
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise PartUnavailable(
                "pocketsphinx is not installed: pip install pocketsphinx"
            ) from error
        again = options["passes"] > 1
        self._decoder = Decoder(loglevel="FATAL", fwdflat=again, bestpath=again, **SEARCH)
        self._passes = options["passes"]
        self.hearing = False

    def start(self) -> None:
        """Begin an utterance. The end of the one before may have been lost."""
        if self.hearing:
            self._close()
        self._heard = []
        self._begin()

    def hear(self, pcm: bytes) -> None:
        """Go on; a very long utterance is decoded in parts."""
        if self._samples >= LONGEST:
            self._close()
            self._begin()
        self._decoder.process_raw(pcm, False, False)
        self._samples += len(pcm) // SAMPLE_BYTES

    def text(self) -> str:
        """All that was understood since the start."""
        current = [self._hypothesis()] if self.hearing else []
        return plain_words(" ".join([*self._heard, *current]))

    def end(self) -> Mapping[str, Any]:
        """The words in lower case, and how likely a sentence ends with the last two."""
        self._close()
        text = self.text()
        return {"text": text, "sentence_end_log10": self._sentence_end(text)}

    def _begin(self) -> None:
        self._decoder.start_utt()
        self.hearing = True
        self._samples = 0

    def _close(self) -> None:
        self._decoder.end_utt()
        self.hearing = False
        self._heard.append(self._hypothesis())

    def _sentence_end(self, text: str) -> float | None:
        words = text.lower().split()[-2:]
        if not words:
            return None
        return self._decoder.get_lm().prob(["</s>", *reversed(words)]) * LOG10_OF_BASE

    def _hypothesis(self) -> str:
        hypothesis = self._decoder.hyp()
        return hypothesis.hypstr if hypothesis is not None else ""


if __name__ == "__main__":
    os.nice(BEHIND_PICTURES)
    serve(partial(answering, PocketSphinxEars()))
