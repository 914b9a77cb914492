import numpy as np
import pytest

from avatar.metrics import richness
from avatar.motion import Motions


def moving(seed: int = 0, ticks: int = 600, size: float = 0.1) -> Motions:
    return np.random.default_rng(seed).normal(0.3, size, (ticks, 58)).astype(np.float32)


def test_even_visits_have_the_highest_entropy_and_one_visit_none() -> None:
    assert richness.entropy(np.arange(60) % 15, 15) == pytest.approx(np.log2(15))
    assert richness.entropy(np.zeros(60, int), 15) == 0
    assert richness.entropy(np.array([0, 1, 1, 1]), 4) == pytest.approx(0.8112781)


def test_clusters_that_are_far_apart_are_found() -> None:
    rng = np.random.default_rng(0)
    homes = rng.normal(0, 50, (9, 6))
    points = np.repeat(homes, 40, axis=0) + rng.normal(0, 0.1, (360, 6))
    centres = richness.cluster(points, 9, seed=0)
    found = np.sort(np.linalg.norm(centres[:, None] - homes, axis=2).min(axis=0))
    assert found[-1] < 0.1
    assert richness.entropy(richness.assign(points, centres), 9) == pytest.approx(np.log2(9))


def test_the_same_seed_gives_the_same_clusters() -> None:
    truth = moving()
    one, same = (richness.refer([truth], seed=4) for _ in range(2))
    assert np.array_equal(one.pose.centres, same.pose.centres)
    other = richness.refer([truth], seed=5)
    assert not np.array_equal(one.pose.centres, other.pose.centres)


def test_diversity_is_bounded_by_k_and_falls_for_a_still_face() -> None:
    truth = moving()
    reference = richness.refer([truth], pose_clusters=4)
    assert 1.5 < richness.diversity(truth, reference.pose) <= 2
    assert 3 < richness.diversity(truth, reference.expression) <= np.log2(15)
    assert richness.diversity(np.zeros_like(truth), reference.pose) == 0


def test_variance_is_one_for_truth_zero_for_stillness_and_a_square() -> None:
    truth = moving()
    reference = richness.refer([truth])
    assert richness.variance(truth, reference) == pytest.approx(1, abs=1e-5)
    assert richness.variance(0 * truth, reference) == 0
    assert richness.variance(2 * truth, reference) == pytest.approx(4, abs=1e-4)
    assert richness.variance(truth, richness.refer([0 * truth])) is None


def test_the_distance_to_oneself_is_zero() -> None:
    truth = moving()
    reference = richness.refer([truth])
    assert richness.frechet_distance(truth, reference.expression) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.2, 1.0), (0.0, 2.0), (-0.1, 0.5)])
def test_the_distance_of_gaussians_is_what_analysis_says(shift: float, scale: float) -> None:
    truth = moving(ticks=4000)
    generated = (scale * (truth - 0.3) + 0.3 + shift).astype(np.float32)
    expected = 6 * ((shift / 0.1) ** 2 + (scale - 1) ** 2)
    reference = richness.refer([truth])
    assert richness.frechet_distance(generated, reference.pose) == pytest.approx(
        expected, rel=0.05, abs=1e-3
    )


def test_channels_that_are_still_in_truth_are_left_out() -> None:
    truth = moving()
    truth[:, :50] = 0
    generated = truth.copy()
    generated[:, :50] = 1
    reference = richness.refer([truth])
    assert reference.expression.moving.tolist() == [50, 51]
    assert richness.frechet_distance(generated, reference.expression) == pytest.approx(0, abs=1e-6)


def test_bad_input_is_refused() -> None:
    broken = moving()
    broken[12, 52] = np.nan
    with pytest.raises(ValueError, match="true motion 1: tick 12, headYaw is nan"):
        richness.refer([moving(), broken])
    with pytest.raises(ValueError, match="15 clusters need as many ticks"):
        richness.refer([moving(ticks=5)])
    reference = richness.refer([moving()])
    for measure in (
        lambda: richness.diversity(broken, reference.pose),
        lambda: richness.variance(broken, reference),
        lambda: richness.frechet_distance(broken, reference.pose),
    ):
        with pytest.raises(ValueError, match="tick 12, headYaw is nan"):
            measure()
