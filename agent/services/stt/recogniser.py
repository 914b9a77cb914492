"""Speech to text in a worker process, a piece of sound at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from jaxtyping import Int16

from agent.services.stt.ears import SAMPLE_BYTES
from avatar.worker_protocol import Message
from avatar.workers import Worker

RATE = 16_000
"""Samples a second that the models were trained on."""


@dataclass(frozen=True, slots=True)
class Understood:
    """An utterance: its words or nothing, and what else the recogniser knows of it.

    `sentence_end_log10` is how likely a sentence ends with its last words, `language` a code such
    as `de`.
    """

    text: str
    sentence_end_log10: float | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RecogniserConfig:
    """Which worker understands and what it is told to load, as its `load` takes it.

    One that says nothing for `patience_s` is given up.
    """

    worker: str
    options: dict[str, Any]
    patience_s: float = 10.0


class Recogniser:
    """Understands one utterance after the other: `start`, `hear` as often as sound comes, `end`.

    All calls block and belong to one thread. They raise WorkerDied or WorkerError when the process
    fails: the utterance is lost then, and the next `start` begins anew.
    """

    def __init__(self, config: RecogniserConfig) -> None:
        """Nothing is started yet."""
        self._options = config.options
        self._worker = Worker(
            config.worker, name="the speech recogniser", patience_s=config.patience_s
        )
        self._resampler: soxr.ResampleStream | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the worker, or None while none runs."""
        return self._worker.pid

    def load(self) -> None:
        """Start the process and load its model, if that is not done. Takes about half a second.

        Raises PartUnavailable when the model or its library cannot be used.
        """
        self._ask("load", options=self._options)

    def start(self, rate: int) -> None:
        """Begin an utterance of PCM16 at a rate; one that was not ended is forgotten."""
        resample = rate != RATE
        self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="int16") if resample else None
        self._ask("start", options=self._options)

    def hear(self, pcm: bytes, *, interim: bool = False) -> str:
        """Go on; returns what was understood so far when `interim` is asked for, else nothing."""
        return self._hear(pcm, interim=interim, last=False)

    def end(self) -> Understood:
        """End the utterance."""
        if self._resampler is not None:
            self._hear(b"", interim=False, last=True)
        (reply,) = self._ask("end")
        told = reply.header
        return Understood(told["text"], told.get("sentence_end_log10"), told.get("language"))

    def close(self) -> None:
        """End the process."""
        self._worker.close()

    def _hear(self, pcm: bytes, *, interim: bool, last: bool) -> str:
        if self._resampler is not None:
            samples: Int16[np.ndarray, " n"] = np.frombuffer(pcm, "<i2", len(pcm) // SAMPLE_BYTES)
            pcm = self._resampler.resample_chunk(samples, last=last).tobytes()
        (reply,) = self._ask("hear", pcm, interim=interim)
        return reply.header["text"]

    def _ask(self, do: str, payload: bytes = b"", **header: Any) -> list[Message]:
        return list(self._worker.request({"do": do, **header}, payload))
