"""pocketsphinx as a pipecat STT service: English is understood with no network and no download."""

from dataclasses import dataclass
from typing import Any

from pipecat.services.settings import STTSettings
from pipecat.transcriptions.language import Language

from agent.services.stt.recogniser import RecogniserConfig
from agent.services.stt.streamed import PRE_ROLL_S, StreamedSTTService

TTFS_P99_S = 1.5
"""Seconds from the end of speech after which a turn is no longer held open for its transcript.

Each utterance has its final transcript, mostly within 0.5 s, and nobody waits longer than for that.
On a busy machine one may take a second; a turn that ended before would be answered, and then
interrupted by its own transcript.
"""


@dataclass(frozen=True, slots=True)
class PocketSphinxConfig:
    """Passes of the search (1 or 2) and seconds: of sound kept from before, between interims.

    `interim_s` None makes no interim transcripts.
    """

    passes: int = 2
    pre_roll_s: float = PRE_ROLL_S
    interim_s: float | None = 0.3

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that mean nothing."""
        if self.passes not in (1, 2):
            raise ValueError(f"pocketsphinx searches in 1 or 2 passes, not {self.passes}")
        if self.pre_roll_s < 0 or (self.interim_s is not None and self.interim_s <= 0):
            raise ValueError("pre_roll_s must not be negative and interim_s must be above 0")


def pocketsphinx_recogniser(passes: int) -> RecogniserConfig:
    """One pass is quick; two search once more in the end."""
    return RecogniserConfig("agent.services.stt.pocketsphinx_worker", {"passes": passes})


class PocketSphinxSTTService(StreamedSTTService):
    """The embedded ears, as `StreamedSTTService` says."""

    def __init__(self, config: PocketSphinxConfig | None = None, **kwargs: Any) -> None:
        chosen = config or PocketSphinxConfig()
        kwargs = {"ttfs_p99_latency": TTFS_P99_S, **kwargs}
        super().__init__(
            pocketsphinx_recogniser(chosen.passes),
            language=Language.EN_US,
            pre_roll_s=chosen.pre_roll_s,
            interim_s=chosen.interim_s,
            settings=STTSettings(model="en-us", language=Language.EN_US),
            **kwargs,
        )
