"""When, on this machine, a moment of the server's media clock comes."""

from collections import deque

WINDOW_S = 2.0
"""Arrivals that are looked at: what came earliest had the least trouble on its way."""

LOST_S = 0.6
"""When everything came too late for so long, silence is not waited for."""

NEAR_S = 0.006
"""A mapping that is this near stays: moving it would only make pictures uneven."""


class MediaClock:
    """Maps media time to local seconds: the earliest arrival, and `buffer_s` to be late by.

    The mapping changes only while nobody hears it.
    """

    def __init__(self, buffer_s: float = 0.1) -> None:
        self.buffer_s = buffer_s
        self._arrivals = deque[tuple[float, float]]()
        self._offset: float | None = None

    @property
    def known(self) -> bool:
        """Whether anything has arrived: before, there is no mapping."""
        return self._offset is not None

    def observe(self, media_time_us: int, now_s: float, *, silent: bool) -> None:
        """Something has arrived; `silent` says whether the mapping may change unheard."""
        self._arrivals.append((now_s, now_s - media_time_us / 1e6))
        while self._arrivals[0][0] < now_s - WINDOW_S:
            self._arrivals.popleft()
        if self._lost(now_s):
            recent = [each for each in self._arrivals if each[0] >= now_s - LOST_S]
            self._arrivals = deque(recent)
        elif self._offset is not None and not silent:
            return
        estimate = min(offset for _, offset in self._arrivals) + self.buffer_s
        if self._offset is None or abs(estimate - self._offset) >= NEAR_S:
            self._offset = estimate

    def local_s(self, media_time_us: int) -> float:
        """When a moment is due; `known` must be true."""
        assert self._offset is not None
        return media_time_us / 1e6 + self._offset

    def media_s(self, local_s: float) -> float:
        """The moment that is due at a local time, in seconds; before the first, it is negative."""
        return local_s - (self._offset or 0.0)

    def media_time_us(self, local_s: float) -> int:
        """The same in microseconds, as the protocol has it."""
        return max(0, round(1e6 * self.media_s(local_s)))

    def _lost(self, now_s: float) -> bool:
        if self._offset is None or self._arrivals[0][0] > now_s - LOST_S:
            return False
        return min(off for at, off in self._arrivals if at >= now_s - LOST_S) > self._offset
