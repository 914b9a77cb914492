"""What the recognisers have in common: how an utterance without words ends a turn."""

from dataclasses import dataclass

from pipecat.frames.frames import (
    Frame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.utils.time import time_now_iso8601


@dataclass(frozen=True, slots=True)
class SentenceEnd:
    """`result` of a transcript whose recogniser knows how likely a sentence ends with it."""

    log10: float


class OpenTurn:
    """Whether a turn of the user is open, which waits for a transcript."""

    def __init__(self) -> None:
        """No turn is open in the beginning."""
        self.waiting = False

    def see(self, frame: Frame) -> None:
        """Take notice of turns among the frames that pass."""
        if isinstance(frame, UserStartedSpeakingFrame):
            self.waiting = True
        elif isinstance(frame, UserStoppedSpeakingFrame):
            self.waiting = False


def nothing_understood(user_id: str) -> TranscriptionFrame:
    """The transcript of a cough: a single space. For open turns only: it would begin another.

    pipecat's turns wait for a transcript that is not empty, five seconds if none comes; its context
    takes none that is blank. So this ends the turn at once and leaves no trace.
    """
    return TranscriptionFrame(" ", user_id, time_now_iso8601(), finalized=True)
