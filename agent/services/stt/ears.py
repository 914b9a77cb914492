"""What a worker process that recognises speech answers to: load, start, hear and end."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from avatar.errors import WorkerError
from avatar.worker_protocol import Message, Replies

SAMPLE_BYTES = 2


@runtime_checkable
class Ears(Protocol):
    """A recogniser that hears one utterance of PCM16 at 16 kHz at a time."""

    @property
    def hearing(self) -> bool:
        """Whether an utterance is open."""
        ...

    def load(self, options: Mapping[str, Any]) -> None:
        """Load the model, unless these options are loaded. Raises PartUnavailable."""
        ...

    def start(self) -> None:
        """Begin an utterance; one that is open is forgotten."""
        ...

    def hear(self, pcm: bytes) -> None:
        """Go on with whole samples."""
        ...

    def text(self) -> str:
        """What is understood so far."""
        ...

    def end(self) -> Mapping[str, Any]:
        """End it: `text`, and what else is known, by the names of `Understood`."""
        ...


def answering(ears: Ears, request: Message, replies: Replies) -> None:
    """Do what the header's `do` names, and reply."""
    header = request.header
    match header["do"]:
        case "load":
            ears.load(header["options"])
        case "start":
            ears.load(header["options"])
            ears.start()
        case "hear":
            _require_utterance(ears)
            if len(request.payload) >= SAMPLE_BYTES:
                ears.hear(request.payload[: len(request.payload) // SAMPLE_BYTES * SAMPLE_BYTES])
            replies.send({"text": ears.text() if header["interim"] else ""})
        case "end":
            _require_utterance(ears)
            replies.send(ears.end())
        case other:
            raise WorkerError(f"load, start, hear or end was expected, {other!r} came")


def _require_utterance(ears: Ears) -> None:
    if not ears.hearing:
        raise WorkerError(
            "the speech recogniser was started anew in the middle of an utterance, "
            "which is lost: say it again"
        )
