import pytest

from agent.nodes.pacing import MOST_BEHIND, Pacer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_ticks_are_due_every_40_ms_without_drift() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    for i in range(1, 1000):
        pacer.tick()
        clock.now = 100.0 + i * 0.04 + (0.013 if i % 3 else 0.0)
        assert pacer.wait_s() == pytest.approx(0.0, abs=1e-6)
    pacer.tick()
    assert pacer.wait_s() == pytest.approx(100 + 1000 * 0.04 - clock.now)


def test_a_short_stall_is_made_up_for() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    clock.now += 0.4
    late = 0
    while pacer.wait_s() == 0.0:
        pacer.tick()
        late += 1
    assert late == 11


def test_a_long_stall_is_given_up() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    clock.now += 60.0
    late = 0
    while pacer.wait_s() == 0.0 and late < 1000:
        pacer.tick()
        late += 1
    assert late <= MOST_BEHIND
