"""Whether lips go with the voice, by embeddings of both (SyncNet: Chung and Zisserman 2016)."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

REACH = 15
"""Ticks by which the voice is moved either way."""

Embeddings = Float[np.ndarray, "ticks features"]


@dataclass(frozen=True, slots=True)
class Synchrony:
    """How the voice fits best.

    `offset` is by how many ticks the voice is ahead of the lips there (negative: behind them),
    `distance` the mean distance there (LSE-D, lower is better), and `confidence` how much larger
    the median over all offsets is (LSE-C, higher is better; 0 when no offset is better).
    """

    offset: int
    distance: float
    confidence: float


def synchrony(
    lips: Embeddings, voice: Float[np.ndarray, "voice_ticks features"], *, reach: int = REACH
) -> Synchrony:
    """LSE-D and LSE-C (Prajwal et al. 2020) of embeddings, one of either kind a tick.

    Distances are Euclidean, mean over the pairs of ticks that both have. (SyncNet's own program
    compares what is beyond the ends with zeros, which changes the confidence by a share of
    reach / ticks; the distance at offset 0 is the same.) Raises ValueError for rows of different
    number, too few of them, or what is not finite.
    """
    if len(lips) != len(voice) or len(lips) <= reach:
        raise ValueError(
            f"more than {reach} ticks of both are needed, got {len(lips)} of lips and "
            f"{len(voice)} of voice"
        )
    if not (np.isfinite(lips).all() and np.isfinite(voice).all()):
        raise ValueError("finite embeddings are needed: the network gave what is no number")
    shifts = range(-reach, reach + 1)
    means = np.array([_apart(lips, voice, shift) for shift in shifts])
    best = int(means.argmin())
    confidence = float(np.median(means) - means[best])
    return Synchrony(-shifts[best], float(means[best]), confidence)


def _apart(lips: Embeddings, voice: Float[np.ndarray, "_ features"], shift: int) -> float:
    """Mean distance of the lips from the voice `shift` ticks later."""
    later, sooner = max(0, shift), max(0, -shift)
    count = len(lips) - later - sooner
    differences = lips[sooner : sooner + count].astype(np.float64) - voice[later : later + count]
    return float(np.linalg.norm(differences, axis=1).mean())
