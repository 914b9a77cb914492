"""A fair timer: medians of batches, the least and the middle one.

A shared machine is never quiet. The median of a batch ignores single hiccups, the least of several
batch medians comes close to an undisturbed machine, and the median of them says what is usual.
"""

import platform
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds a call: the median of each batch."""

    batches_ms: tuple[float, ...]

    @property
    def least(self) -> float:
        """The least batch median."""
        return min(self.batches_ms)

    @property
    def median(self) -> float:
        """The median of the batch medians."""
        return statistics.median(self.batches_ms)


def measure(action: Callable[[], object], *, batches: int = 7, calls: int = 40) -> Timing:
    """Time calls of an action, after one batch that warms up and does not count."""
    medians: list[float] = []
    for _ in range(batches + 1):
        times: list[float] = []
        for _ in range(calls):
            start = perf_counter()
            action()
            times.append(perf_counter() - start)
        medians.append(1e3 * statistics.median(times))
    return Timing(tuple(medians[1:]))


def machine() -> str:
    """The processor and the number of its cores, for a figure to be quoted with."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        text = information.read_text()
        names = [
            line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line
        ]
        if names:
            return f"{len(names)} x {names[0]}"
    return model
