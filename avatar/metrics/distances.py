"""How far two sets of features are apart: Frechet distance and cosine.

FID, FVD and CSIM are these of the features of a network; which network is half of the figure.
"""

import numpy as np
from jaxtyping import Float

Features = Float[np.ndarray, "samples features"]
Others = Float[np.ndarray, "others other_features"]

SHORTEST = 1e-12
"""Length below which an embedding has no direction."""


def frechet_distance(features: Features, others: Others) -> float:
    """Squared Frechet distance of the Gaussians of two sets: at least 0, lower is better.

    |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)) with covariances over n - 1 (Dowson and Landau 1982;
    as FID, Heusel et al. 2017, and FVD, Unterthiner et al. 2018). The trace of the root is the sum
    of the singular values of A A'^T, A and A' being the centred sets over sqrt(n - 1): no root of
    a matrix is taken, so covariances of fewer samples than features give no numbers that are not
    finite or complex. The distance itself is then too large: compare sets of one size only.
    Raises ValueError for fewer than two samples, other numbers of features, or what is not finite.
    """
    _require_alike(features, others)
    for each in (features, others):
        if len(each) < 2:
            raise ValueError(f"a covariance needs two samples at least, got {len(each)}")
    a, b = _spread(features), _spread(others)
    cross = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    apart = features.mean(axis=0, dtype=np.float64) - others.mean(axis=0, dtype=np.float64)
    return max(0.0, float(apart @ apart + (a * a).sum() + (b * b).sum() - 2 * cross))


def _spread(features: Features) -> Float[np.ndarray, "_ features"]:
    """Rows whose products are the covariance, no more of them than features."""
    rows = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    rows /= np.sqrt(len(rows) - 1)
    return np.asarray(np.linalg.qr(rows, mode="r")) if rows.shape[0] > rows.shape[1] else rows


def cosines(features: Features, others: Others) -> Float[np.ndarray, " samples"]:
    """Cosine of each sample with the other of its place, or with the only other: -1 to 1.

    CSIM is their mean for embeddings of identities (ArcFace: Deng et al. 2019); higher is better.
    Raises ValueError for sets that do not match, what is not finite, and embeddings of no length.
    """
    _require_alike(features, others)
    if len(others) not in (1, len(features)):
        raise ValueError(f"one other or {len(features)} of them are needed, got {len(others)}")
    a, b = _directions(features), _directions(others)
    return np.clip((a * b).sum(axis=1), -1.0, 1.0)


def _directions(features: Features) -> Float[np.ndarray, "samples features"]:
    lengths = np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True)
    if (lengths < SHORTEST).any():
        raise ValueError(f"embedding {int(lengths.argmin())} is zero and has no direction")
    return features / lengths


def _require_alike(features: Features, others: Others) -> None:
    if features.shape[1] != others.shape[1]:
        raise ValueError(
            f"features of one network are needed, got {features.shape[1]} and {others.shape[1]}"
        )
    for name, each in (("sample", features), ("other", others)):
        bad = np.argwhere(~np.isfinite(each))
        if len(bad):
            row, place = bad[0].tolist()
            raise ValueError(
                f"{name} {row}, feature {place} is {each[row, place]}: finite numbers are needed"
            )
