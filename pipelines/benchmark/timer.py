"""A fair timer: medians of batches, the least and the middle one.

A shared machine is never quiet. The median of a batch ignores single hiccups, the least of several
batch medians comes close to an undisturbed machine, and the median of them says what is usual.
"""

import platform
import statistics
from collections.abc import Callable, Mapping
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
    return measure_each({"": action}, batches=batches, calls=calls)[""]


def measure_each(
    actions: Mapping[str, Callable[[], object]], *, batches: int = 7, calls: int = 40
) -> dict[str, Timing]:
    """Time several actions to be compared: they take turns, so that a slow minute hits them all."""
    medians: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(batches + 1):
        for name, action in actions.items():
            times: list[float] = []
            for _ in range(calls):
                start = perf_counter()
                action()
                times.append(perf_counter() - start)
            medians[name].append(1e3 * statistics.median(times))
    return {name: Timing(tuple(found[1:])) for name, found in medians.items()}


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
