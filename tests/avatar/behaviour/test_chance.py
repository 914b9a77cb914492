import numpy as np
import pytest

from avatar.behaviour.chance import Chance


def test_a_draw_depends_on_seed_name_and_index_only() -> None:
    chance = Chance(7)
    first = chance.uniform("nod", 3)
    chance.uniform("smile", 3)
    assert chance.uniform("nod", 3) == first
    assert len({Chance(s).uniform(n, i) for s in (1, 2) for n in ("a", "b") for i in (0, 1)}) == 8


def test_draws_have_their_distributions() -> None:
    chance = Chance(0)
    uniform = np.array([chance.uniform("u", i) for i in range(4000)])
    normal = np.array([chance.normal("n", i) for i in range(4000)])
    waiting = np.array([chance.waiting("w", i, 3.0) for i in range(4000)])
    assert uniform.mean() == pytest.approx(0.5, abs=0.02)
    assert normal.mean() == pytest.approx(0.0, abs=0.05)
    assert normal.std() == pytest.approx(1.0, abs=0.05)
    assert waiting.mean() == pytest.approx(3.0, rel=0.06)
    picks = [chance.pick("p", i, {1: 0.5, 2: 0.3, 3: 0.2}) for i in range(4000)]
    assert picks.count(2) / 4000 == pytest.approx(0.3, abs=0.03)
    assert sum(chance.happens("h", i, 0.25) for i in range(4000)) == pytest.approx(1000, abs=100)


def test_drift_is_smooth_and_of_unit_size() -> None:
    chance = Chance(2)
    drift = np.array([chance.drift("x", t * 0.04, 2.0) for t in range(20_000)])
    assert np.abs(np.diff(drift)).max() < 0.25
    assert 0.6 < drift.std() < 1.1
