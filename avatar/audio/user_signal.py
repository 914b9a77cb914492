"""Laying the user's sound on ticks as it arrives."""

from collections import deque

import numpy as np

from avatar.clock import FPS, TICK
from avatar.tick import Samples

MOST_WAITING = 12
"""Ticks that may wait at all; beyond it the oldest go."""

KEPT = 1
"""Ticks that may go on waiting through a whole second; one more is lateness for nothing."""

REPEATED = 1
"""Ticks in a row that are bridged by the last sound; the next ones are bridged by silence."""

LONGEST_GAP = 5
"""Ticks (200 ms) that are bridged; after them the user's sound counts as absent."""


class UserSignal:
    """A ring between the user's clock and the session's.

    The two clocks drift apart and the network jitters: a tick is repeated when none has come, and
    dropped when more wait than pieces and jitter explain, which is what has waited at every moment
    of the last second. The session never waits. Silence that is sent is sound; nothing sent for
    200 ms is absence.
    """

    def __init__(self) -> None:
        self._waiting: deque[Samples] = deque()
        self._partial = np.zeros(0, np.float32)
        self._last: Samples | None = None
        self._missed = 0
        self._least = deque[int](maxlen=FPS)
        self.dropped = 0
        """Ticks dropped so far."""
        self.repeated = 0
        """Ticks bridged so far."""

    def push(self, samples: Samples) -> None:
        """Append mono 16 kHz samples in pieces of any size; beyond [-1, 1] they are clipped.

        Raises ValueError when a number is not finite; the piece is refused whole.
        """
        if not np.isfinite(samples).all():
            raise ValueError("the user's sound holds a number that is not finite: piece refused")
        joined = np.concatenate([self._partial, np.clip(samples, -1, 1).astype(np.float32)])
        whole = len(joined) // TICK
        self._waiting.extend(joined[: whole * TICK].reshape(whole, TICK))
        self._partial = joined[whole * TICK :]
        while len(self._waiting) > MOST_WAITING:
            self._drop()

    def next(self) -> Samples | None:
        """The sound of the next tick, or None when there is no microphone."""
        if not self._waiting:
            return self._bridge()
        self._last, self._missed = self._waiting.popleft(), 0
        self._least.append(len(self._waiting))
        if len(self._least) == FPS and min(self._least) > KEPT:
            self._drop()
            self._least.clear()
        return self._last

    def _bridge(self) -> Samples | None:
        self._missed += 1
        self._least.clear()
        if self._last is None or self._missed > LONGEST_GAP:
            self._last, self._partial = None, np.zeros(0, np.float32)
            return None
        self.repeated += 1
        return self._last if self._missed <= REPEATED else np.zeros(TICK, np.float32)

    def _drop(self) -> None:
        self._waiting.popleft()
        self.dropped += 1
