"""When ticks are due, on a monotonic clock that is given."""

import asyncio
from collections.abc import Callable

from avatar.clock import FPS, TICK_S

MOST_BEHIND = 2 * FPS
"""Ticks that are made up for after a stall; a longer one is given up, with the ticks' numbers."""


def loop_time() -> float:
    """The running event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()


class Pacer:
    """Tick n is due n times 40 ms after the first; a stall is made up for, not drifted through."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._ticks = 0

    def wait_s(self) -> float:
        """Seconds until the next tick is due; 0 when it is late."""
        return max(0.0, self._start + self._ticks * TICK_S - self._clock())

    def tick(self) -> None:
        """A tick was made."""
        self._ticks += 1
        behind = (self._clock() - self._start) / TICK_S - self._ticks
        if behind > MOST_BEHIND:
            self._start += behind * TICK_S
