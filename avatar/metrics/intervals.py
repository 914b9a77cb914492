"""How far a figure can be trusted: intervals over seeds, or over conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy.special import stdtrit


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the bounds of its interval, and how many values are behind it.

    One value has no interval: both bounds are that value.
    """

    mean: float
    low: float
    high: float
    count: int


def over_seeds(
    reports: Sequence[Mapping[str, float | None]], *, level: float = 0.95
) -> dict[str, Interval | None]:
    """Interval by Student's t of every figure over reports that differ in their seed.

    A figure that a report lacks is left out of its mean; None where all lack it.
    """
    names = list(dict.fromkeys(name for report in reports for name in report))
    return {
        name: _student([v for report in reports if (v := report.get(name)) is not None], level)
        for name in names
    }


def _student(values: Sequence[float], level: float) -> Interval | None:
    if not values:
        return None
    count, mean = len(values), float(np.mean(values))
    if count == 1:
        return Interval(mean, mean, mean, 1)
    error = float(np.std(values, ddof=1)) / count**0.5
    reach = float(stdtrit(count - 1, 0.5 + level / 2)) * error
    return Interval(mean, mean - reach, mean + reach, count)


def bootstrap(
    values: Float64[np.ndarray, " n"], *, level: float = 0.95, draws: int = 2000, seed: int = 0
) -> Interval:
    """Percentile bootstrap interval of a mean (Efron 1979); `values` are one a conversation.

    The same seed gives the same interval. Raises ValueError when there are no values or one is not
    finite.
    """
    if not len(values) or not np.isfinite(values).all():
        raise ValueError(f"finite values are needed for an interval, got {values.tolist()}")
    rng = np.random.default_rng(seed)
    means = values[rng.integers(len(values), size=(draws, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(float(values.mean()), float(low), float(high), len(values))
