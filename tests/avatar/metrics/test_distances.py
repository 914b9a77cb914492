"""Distances of sets of features whose moments are known."""

import numpy as np
import pytest

from avatar.metrics.distances import cosines, frechet_distance

RNG = np.random.default_rng(0)


def with_moments(mean: np.ndarray, covariance: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Samples that have exactly these moments."""
    drawn = np.random.default_rng(seed).normal(size=(count, len(mean)))
    drawn -= drawn.mean(axis=0)
    white = drawn @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn.T))).T
    return white @ np.linalg.cholesky(covariance).T + mean


def test_gaussians_that_share_their_axes_have_the_distance_of_the_textbook() -> None:
    """|m - m'|^2 + the squared differences of the deviations."""
    turn = np.linalg.qr(RNG.normal(size=(5, 5)))[0]
    deviations, others = np.array([1.0, 2, 3, 0.5, 1]), np.array([2.0, 2, 1, 1.5, 0.1])
    means = np.array([0.0, 1, 2, 3, 4]), np.array([1.0, 1, 0, 3, 4.5])
    a = with_moments(means[0], turn @ np.diag(deviations**2) @ turn.T, 400, 1)
    b = with_moments(means[1], turn @ np.diag(others**2) @ turn.T, 300, 2)
    expected = ((means[0] - means[1]) ** 2).sum() + ((deviations - others) ** 2).sum()
    assert abs(frechet_distance(a, b) - expected) < 1e-9


def test_gaussians_of_two_axes_have_the_closed_form() -> None:
    """For 2 x 2: tr (C C')^(1/2) = (tr C C' + 2 (det C C')^(1/2))^(1/2)."""
    one, other = np.array([[2.0, 0.6], [0.6, 1.0]]), np.array([[1.0, -0.8], [-0.8, 3.0]])
    product = one @ other
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    expected = np.trace(one) + np.trace(other) - 2 * root
    made = [with_moments(np.zeros(2), each, 50, seed) for seed, each in enumerate((one, other))]
    assert abs(frechet_distance(*made) - expected) < 1e-10


def test_a_set_is_at_no_distance_from_itself_and_at_that_of_its_shift() -> None:
    features = RNG.normal(size=(40, 200)).astype(np.float32)
    assert frechet_distance(features, features[::-1]) < 1e-9
    moved = frechet_distance(features.astype(np.float64), features + np.full(200, 0.5))
    assert abs(moved - 200 * 0.25) < 1e-6


def test_fewer_samples_than_features_give_what_the_covariances_give() -> None:
    a, b = RNG.normal(size=(6, 9)), 2 * RNG.normal(size=(7, 9)) + 1
    product = np.cov(a.T) @ np.cov(b.T)
    root = np.sqrt(np.maximum(np.linalg.eigvals(product).real, 0)).sum()
    apart = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    expected = apart + np.trace(np.cov(a.T)) + np.trace(np.cov(b.T)) - 2 * root
    assert abs(frechet_distance(a, b) - expected) < 1e-5


def test_what_has_no_distance_is_refused() -> None:
    good = RNG.normal(size=(5, 3))
    with pytest.raises(ValueError, match="two samples at least, got 1"):
        frechet_distance(good, good[:1])
    with pytest.raises(ValueError, match="features of one network are needed, got 3 and 2"):
        frechet_distance(good, good[:, :2])
    bad = good.copy()
    bad[2, 1] = np.nan
    with pytest.raises(ValueError, match="other 2, feature 1 is nan"):
        frechet_distance(good, bad)


def test_cosines_of_equal_opposite_and_orthogonal_embeddings() -> None:
    features = np.array([[3.0, 4, 0], [1, 0, 0], [0, 2, 0]])
    others = np.array([[6.0, 8, 0], [-5, 0, 0], [0, 0, 1]])
    np.testing.assert_allclose(cosines(features, others), [1, -1, 0], atol=1e-12)
    np.testing.assert_allclose(cosines(features, others[:1]), [1, 0.6, 0.8], atol=1e-12)


def test_embeddings_without_a_direction_or_a_partner_are_refused() -> None:
    features = np.eye(3)
    with pytest.raises(ValueError, match="one other or 3 of them are needed, got 2"):
        cosines(features, features[:2])
    with pytest.raises(ValueError, match="embedding 1 is zero"):
        cosines(features, np.diag([1.0, 0, 1]))
