"""Speech to text with pocketsphinx, a piece of sound at a time, in a worker process."""

import numpy as np
import soxr
from jaxtyping import Int16

from avatar.worker_protocol import Message
from avatar.workers import Worker

RATE = 16_000
"""Samples a second that the model was trained on."""

SAMPLE_BYTES = 2


class Recogniser:
    """Understands one utterance after the other: `start`, `hear` as often as sound comes, `end`.

    All calls block and belong to one thread. They raise WorkerDied or WorkerError when the process
    fails: the utterance is lost then, and the next `start` begins anew.
    """

    def __init__(self, passes: int) -> None:
        """One pass is quick; two search once more in the end. Nothing is started yet."""
        self._passes = passes
        self._worker = Worker(
            "agent.services.stt.pocketsphinx_worker", name="the speech recogniser"
        )
        self._resampler: soxr.ResampleStream | None = None
        self.sentence_end_log10: float | None = None
        """How likely a sentence ends with the last two words of the utterance that ended last."""

    @property
    def pid(self) -> int | None:
        """Process id of the worker, or None while none runs."""
        return self._worker.pid

    def load(self) -> None:
        """Start the process and load its model, if that is not done. Takes about half a second.

        Raises PartUnavailable when pocketsphinx is not installed.
        """
        self._ask("load", passes=self._passes)

    def start(self, rate: int) -> None:
        """Begin an utterance of PCM16 at a rate; one that was not ended is forgotten."""
        resample = rate != RATE
        self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="int16") if resample else None
        self._ask("start", passes=self._passes)

    def hear(self, pcm: bytes, *, interim: bool = False) -> str:
        """Go on; returns what was understood so far when `interim` is asked for, else nothing."""
        return self._hear(pcm, interim=interim, last=False)

    def end(self) -> str:
        """End the utterance: its words in lower case, or nothing."""
        if self._resampler is not None:
            self._hear(b"", interim=False, last=True)
        (reply,) = self._ask("end")
        self.sentence_end_log10 = reply.header["sentence_end_log10"]
        return reply.header["text"]

    def close(self) -> None:
        """End the process."""
        self._worker.close()

    def _hear(self, pcm: bytes, *, interim: bool, last: bool) -> str:
        if self._resampler is not None:
            samples: Int16[np.ndarray, " n"] = np.frombuffer(pcm, "<i2", len(pcm) // SAMPLE_BYTES)
            pcm = self._resampler.resample_chunk(samples, last=last).tobytes()
        return self._text("hear", pcm, interim=interim)

    def _text(self, do: str, payload: bytes = b"", **header: bool) -> str:
        (reply,) = self._ask(do, payload, **header)
        return reply.header["text"]

    def _ask(self, do: str, payload: bytes = b"", **header: int | bool) -> list[Message]:
        return list(self._worker.request({"do": do, **header}, payload))
