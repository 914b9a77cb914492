import numpy as np
import pytest

from avatar.metrics.intervals import bootstrap, over_seeds


def test_three_seeds_give_students_interval() -> None:
    intervals = over_seeds([{"a": 1.0, "b": None}, {"a": 2.0, "b": 5.0}, {"a": 3.0, "b": None}])
    a, b = intervals["a"], intervals["b"]
    assert a is not None
    assert b is not None
    assert (a.mean, a.count) == (2.0, 3)
    assert a.high - a.mean == pytest.approx(4.3027 / np.sqrt(3), abs=1e-3)
    assert (b.low, b.mean, b.high, b.count) == (5.0, 5.0, 5.0, 1)


def test_a_figure_that_all_lack_has_no_interval() -> None:
    assert over_seeds([{"a": None}, {}]) == {"a": None}


def test_the_bootstrap_covers_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for draw in range(200):
        interval = bootstrap(rng.normal(3, 1, 30), draws=300, seed=draw)
        held += interval.low <= 3 <= interval.high
    assert 178 <= held <= 199


def test_the_bootstrap_is_seeded_and_refuses_what_is_no_number() -> None:
    values = np.arange(10.0)
    assert bootstrap(values, seed=3) == bootstrap(values, seed=3)
    with pytest.raises(ValueError, match="finite values"):
        bootstrap(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="finite values"):
        bootstrap(np.zeros(0))
