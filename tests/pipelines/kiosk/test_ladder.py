"""The ladder of load: down at once, up when it holds, and no flapping."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.kiosk.ladder import (
    DOWN_AFTER,
    HOLDS_S,
    LATE,
    LONGEST_UP,
    LOWEST_BY_LOAD,
    UP_AFTER,
    Ladder,
    Rung,
    after_second,
)


def after(shares: list[float], ladder: Ladder | None = None) -> list[Ladder]:
    """The ladder after each of these seconds."""
    ladder = ladder or Ladder()
    steps: list[Ladder] = []
    for share in shares:
        ladder = after_second(ladder, share)
        steps.append(ladder)
    return steps


def rungs(shares: list[float]) -> list[int]:
    return [int(step.rung) for step in after(shares)]


def test_each_two_seconds_too_much_are_a_step_down_to_the_still_picture() -> None:
    assert rungs([0.6] * 12) == [0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4]
    assert LOWEST_BY_LOAD is Rung.STILL
    assert DOWN_AFTER < 5, "it is noticed within five seconds"


def test_one_bad_second_is_nothing() -> None:
    assert set(rungs([0.9, 0.0] * 50)) == {0}
    assert set(rungs([LATE] * 50)) == {0}


def test_ten_calm_seconds_are_a_step_up() -> None:
    assert rungs([0.6] * 4 + [0.0] * 25) == [0, 1, 1] + [2] * 10 + [1] * 10 + [0] * 6


def test_a_step_up_that_does_not_hold_is_tried_less_often_each_time() -> None:
    """A machine that can carry the picture half: it settles instead of flapping."""
    ladder, steps_up = Ladder(), list[int]()
    for second in range(3600):
        before = ladder.rung
        ladder = after_second(ladder, 0.6 if before is Rung.WHOLE else 0.0)
        if ladder.rung < before:
            steps_up.append(second)
    waits = [later - earlier for earlier, later in pairwise(steps_up)]
    assert waits[:4] == [22, 42, 82, 162]
    assert set(waits[4:]) == {LONGEST_UP + DOWN_AFTER}
    assert len(steps_up) <= 26, "in an hour"


def test_a_step_up_that_held_is_trusted_again() -> None:
    failed = after([0.6] * 2 + [0.0] * UP_AFTER + [0.6] * 2)[-1]
    assert (failed.rung, failed.up_after) == (1, 2 * UP_AFTER)
    held = after([0.0] * (2 * UP_AFTER) + [0.0] * HOLDS_S + [0.6] * 2, failed)[-1]
    assert (held.rung, held.up_after) == (1, UP_AFTER)


@given(st.lists(st.sampled_from([0.0, 0.1, 0.3, 1.0]), max_size=200))
def test_it_moves_one_rung_at_a_time_and_never_faster_than_it_may(shares: list[float]) -> None:
    steps, before, moved = after(shares), Ladder(), -100
    for second, step in enumerate(steps):
        change = int(step.rung) - int(before.rung)
        assert abs(change) <= 1
        assert Rung.WHOLE <= step.rung <= LOWEST_BY_LOAD
        if change:
            assert second - moved >= (DOWN_AFTER if change > 0 else UP_AFTER)
            moved = second
        before = step


@pytest.mark.parametrize("lowest", [1, 2, 3, 4])
def test_after_calm_it_is_whole_again(lowest: int) -> None:
    down = after([1.0] * (DOWN_AFTER * lowest))[-1]
    assert down.rung == lowest
    up = after([0.0] * (UP_AFTER * lowest), down)[-1]
    assert up.rung is Rung.WHOLE
