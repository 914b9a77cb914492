"""How varied a motion is and how alike to true motion as a whole: SID, Var, Frechet distance.

Channels are standardised by their true deviations, so that poses and coefficients weigh alike;
channels that do not move in truth are left out. The papers measure FLAME parameters found in
videos, here it is `arkit58`: figures compare with each other, not with theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int

from avatar.metrics.signals import EXPRESSION, HEAD, STILL, require_finite
from avatar.motion import Motions

EXPRESSION_CLUSTERS, POSE_CLUSTERS = 15, 9
"""K of SID as Avatar Forcing states it (Ki et al. 2026, appendix)."""
RESTARTS, MOST_ROUNDS = 4, 50

Points = Float64[np.ndarray, "ticks axes"]
Centres = Float64[np.ndarray, "clusters axes"]


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """What true motion is like in some channels: the measure for generated motion.

    `moving` are the channels that move, `mean`, `deviation` and `covariance` (standardised) their
    first moments, `centres` the clusters of their standardised values.
    """

    moving: Int[np.ndarray, " axes"]
    mean: Float64[np.ndarray, " axes"]
    deviation: Float64[np.ndarray, " axes"]
    covariance: Float64[np.ndarray, "axes axes"]
    centres: Centres

    def standardised(self, motion: Motions) -> Points:
        """The moving channels with the true mean taken away, in true deviations."""
        return (motion[:, self.moving].astype(np.float64) - self.mean) / self.deviation


@dataclass(frozen=True, eq=False, slots=True)
class Reference:
    """A corpus of true motion; `deviation` is that of all channels."""

    deviation: Float64[np.ndarray, " dim"]
    expression: Part
    pose: Part


def refer(
    truths: Sequence[Motions],
    *,
    expression_clusters: int = EXPRESSION_CLUSTERS,
    pose_clusters: int = POSE_CLUSTERS,
    seed: int = 0,
) -> Reference:
    """Take true motions as the reference. The same seed gives the same clusters.

    Raises ValueError when a motion is not finite, or when they have fewer ticks than clusters.
    """
    for index, truth in enumerate(truths):
        require_finite(truth, f"true motion {index}")
    motion = np.concatenate(truths)
    deviation = motion.std(axis=0, dtype=np.float64)
    return Reference(
        deviation=deviation,
        expression=_part(motion, deviation, EXPRESSION, expression_clusters, seed),
        pose=_part(motion, deviation, HEAD, pose_clusters, seed),
    )


def _part(
    motion: Motions,
    deviation: Float64[np.ndarray, " dim"],
    channels: slice,
    clusters: int,
    seed: int,
) -> Part:
    moving = np.flatnonzero(deviation[channels] > STILL) + channels.start
    mean = motion[:, moving].mean(axis=0, dtype=np.float64)
    points = (motion[:, moving].astype(np.float64) - mean) / deviation[moving]
    covariance = np.cov(points.T, bias=True).reshape(len(moving), len(moving))
    return Part(moving, mean, deviation[moving], covariance, cluster(points, clusters, seed))


def cluster(points: Points, clusters: int, seed: int) -> Centres:
    """Centres by K-means (Lloyd's rounds from k-means++ starts, the best of 4)."""
    if len(points) < clusters:
        raise ValueError(
            f"{clusters} clusters need as many ticks of true motion, got {len(points)}"
        )
    best, best_spread = points[:clusters], np.inf
    for restart in range(RESTARTS):
        centres, spread = _lloyd(points, _spread_out(points, clusters, seed, restart))
        if spread < best_spread:
            best, best_spread = centres, spread
    return best


def assign(points: Points, centres: Centres) -> Int[np.ndarray, " ticks"]:
    """The nearest centre of every point."""
    return _distances(points, centres).argmin(axis=1)


def _distances(points: Points, centres: Centres) -> Float64[np.ndarray, "ticks clusters"]:
    """Squared distances, less the square of the point."""
    return (centres**2).sum(axis=1) - 2 * points @ centres.T


def _spread_out(points: Points, clusters: int, seed: int, restart: int) -> Centres:
    rng = np.random.default_rng([seed, restart])
    chosen = [int(rng.integers(len(points)))]
    nearest = np.full(len(points), np.inf)
    for _ in range(clusters - 1):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        total = float(nearest.sum())
        share = nearest / total if total > 0 else np.full(len(points), 1 / len(points))
        chosen.append(int(rng.choice(len(points), p=share)))
    return points[chosen]


def _lloyd(points: Points, centres: Centres) -> tuple[Centres, float]:
    squares = float((points**2).sum())
    labels = assign(points, centres)
    for _ in range(MOST_ROUNDS):
        members = labels[:, None] == np.arange(len(centres))
        counts = members.sum(axis=0)
        means = (members.T.astype(np.float64) @ points) / np.maximum(counts, 1)[:, None]
        centres = np.where(counts[:, None] > 0, means, centres)
        after = assign(points, centres)
        if np.array_equal(after, labels):
            break
        labels = after
    return centres, squares + float(_distances(points, centres).min(axis=1).sum())


def entropy(labels: Int[np.ndarray, " ticks"], clusters: int) -> float:
    """Shannon's entropy of how often each cluster is visited: 0 to log2(clusters) bits."""
    shares = np.bincount(labels, minlength=clusters) / len(labels)
    shares = shares[shares > 0]
    return float(max(0.0, -(shares * np.log2(shares)).sum()))


def diversity(motion: Motions, part: Part) -> float:
    """SID: entropy in bits of the true clusters that a motion visits (Ng et al. 2022).

    From 0 to log2(K); good is as much as truth, whose own clusters these are.
    """
    require_finite(motion, "motion")
    return entropy(assign(part.standardised(motion), part.centres), len(part.centres))


def variance(motion: Motions, reference: Reference) -> float | None:
    """Var: variance over time of every channel in units of the true one, mean over channels.

    The paper's Var of standardised motion. At least 0; good is as much as truth, which has about
    1 (less, as conversations differ from each other). None when nothing moves in truth.
    """
    require_finite(motion, "motion")
    moving = reference.deviation > STILL
    if not moving.any():
        return None
    spread = motion[:, moving].var(axis=0, dtype=np.float64)
    return float((spread / reference.deviation[moving] ** 2).mean())


def frechet_distance(motion: Motions, part: Part) -> float:
    """FD: squared Frechet distance of the Gaussians of generated and true standardised motion.

    |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)), as FID (Heusel et al. 2017). At least 0, lower is
    better.
    """
    require_finite(motion, "motion")
    points = part.standardised(motion)
    size = len(part.moving)
    made = np.cov(points.T, bias=True).reshape(size, size)
    root = _root(part.covariance)
    mixed = np.linalg.eigvalsh(root @ made @ root)
    cross = float(np.sqrt(np.maximum(mixed, 0.0)).sum())
    apart = float((points.mean(axis=0) ** 2).sum())
    return max(0.0, apart + float(np.trace(made) + np.trace(part.covariance)) - 2 * cross)


def _root(matrix: Float[np.ndarray, "axes axes"]) -> Float64[np.ndarray, "axes axes"]:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
