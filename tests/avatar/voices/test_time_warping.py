import numpy as np
import pytest

from avatar.voices.time_warping import warp


def features(frames: int, seed: int, dim: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(frames, dim)).astype(np.float32)


def plain_cost(first: np.ndarray, second: np.ndarray) -> float:
    """The textbook recursion, cell by cell."""
    total = np.full((len(first) + 1, len(second) + 1), np.inf)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            local = float(((a - b) ** 2).sum())
            options = (total[i, j] + 2 * local, total[i, j + 1] + local, total[i + 1, j] + local)
            total[i + 1, j + 1] = local if i == j == 0 else min(options)
    return float(total[-1, -1]) / (len(first) + len(second))


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, 9), (9, 1), (12, 12), (17, 30), (30, 17)]
)
def test_the_cost_is_that_of_the_textbook(rows: int, columns: int) -> None:
    first, second = features(rows, 1), features(columns, 2)
    assert warp(first, second, 100).cost == pytest.approx(plain_cost(first, second), rel=1e-5)


def test_a_stretched_copy_is_found() -> None:
    first = features(400, 3)
    source = np.sort(np.random.default_rng(4).integers(0, 400, 600))
    source[[0, -1]] = 0, 399
    found = warp(first, first[source], 200)
    share = np.mean(np.abs(found.first - source[found.second]) <= 1)
    assert share > 0.95


def test_the_path_is_whole_and_never_goes_back() -> None:
    found = warp(features(50, 5), features(80, 6), 20)
    steps = np.diff(np.stack([found.first, found.second]), axis=1)
    assert (found.first[0], found.second[0]) == (0, 0)
    assert (found.first[-1], found.second[-1]) == (49, 79)
    assert set(map(tuple, steps.T.tolist())) <= {(0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("band", [1, 5, 20])
def test_the_path_stays_in_its_band(band: int) -> None:
    rows, columns = 60, 180
    found = warp(features(rows, 7), features(columns, 8), band)
    assert np.isfinite(found.cost)
    line = (found.first + found.second) * rows / (rows + columns)
    assert np.abs(found.first - line).max() <= max(band * rows / (rows + columns), 1.0) + 1


def test_an_empty_sequence_is_refused() -> None:
    with pytest.raises(ValueError, match="0 and 3"):
        warp(features(0, 1), features(3, 2), 5)
