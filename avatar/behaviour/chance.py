"""Seeded chance as a function of what is decided and when.

A draw depends on the seed, a name and an index, never on what was drawn before. Two runs that
differ in one event stay equal in everything that the event does not touch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import floor, log
from statistics import NormalDist

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Chance:
    """All random decisions of one person in one conversation."""

    seed: int

    def uniform(self, what: str, index: int) -> float:
        """A number in (0, 1)."""
        key = f"{self.seed}/{what}/{index}".encode()
        return (int.from_bytes(blake2b(key, digest_size=6).digest()) + 0.5) / 2**48

    def between(self, what: str, index: int, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * self.uniform(what, index)

    def normal(self, what: str, index: int) -> float:
        """A standard normal number."""
        return _STANDARD.inv_cdf(self.uniform(what, index))

    def waiting(self, what: str, index: int, mean: float) -> float:
        """An exponential waiting time."""
        return -mean * log(self.uniform(what, index))

    def happens(self, what: str, index: int, probability: float) -> bool:
        """Whether something of a probability happens."""
        return self.uniform(what, index) < probability

    def sign(self, what: str, index: int) -> int:
        """-1 or 1."""
        return 1 if self.uniform(what, index) < 0.5 else -1

    def pick(self, what: str, index: int, weights: Mapping[int, float]) -> int:
        """One of several numbers by weight."""
        mark = self.uniform(what, index) * sum(weights.values())
        for option, weight in weights.items():
            mark -= weight
            if mark <= 0:
                return option
        return max(weights)

    def drift(self, what: str, time_s: float, period_s: float) -> float:
        """Smooth noise of about unit variance that changes over `period_s`."""
        place = time_s / period_s
        knot = floor(place)
        x = place - knot
        share = x * x * x * (x * (6 * x - 15) + 10)
        here, there = self.normal(what, knot), self.normal(what, knot + 1)
        return here + (there - here) * share
