"""Laying the user's sound on ticks as it arrives."""

from collections import deque

import numpy as np

from avatar.clock import TICK
from avatar.tick import Samples

MOST_WAITING = 3
"""Ticks that may wait; beyond it the oldest is dropped, so that reactions do not grow late."""

LONGEST_GAP = 5
"""Ticks (200 ms) that are bridged by repeating; after them the user's sound counts as absent."""


class UserSignal:
    """A ring of 0 to 3 ticks between the user's clock and the session's.

    The two clocks drift apart and the network jitters: a tick is repeated when none has come and
    dropped when too many have, and the session never waits. Silence that is sent is sound; nothing
    sent for 200 ms is absence.
    """

    def __init__(self) -> None:
        self._waiting: deque[Samples] = deque()
        self._partial = np.zeros(0, np.float32)
        self._last: Samples | None = None
        self._missed = 0
        self.dropped = 0
        """Ticks dropped so far."""
        self.repeated = 0
        """Ticks repeated so far."""

    def push(self, samples: Samples) -> None:
        """Append mono 16 kHz samples in pieces of any size. Raises ValueError when not finite."""
        if not np.isfinite(samples).all():
            raise ValueError(
                "the user's sound holds a number that is not finite; the piece is refused"
            )
        joined = np.concatenate([self._partial, samples.astype(np.float32)])
        whole = len(joined) // TICK
        self._waiting.extend(joined[: whole * TICK].reshape(whole, TICK))
        self._partial = joined[whole * TICK :]
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self.dropped += 1

    def next(self) -> Samples | None:
        """The sound of the next tick, or None when there is no microphone."""
        if self._waiting:
            self._last, self._missed = self._waiting.popleft(), 0
            return self._last
        self._missed += 1
        if self._last is None or self._missed > LONGEST_GAP:
            self._last = None
            return None
        self.repeated += 1
        return self._last
