"""The ladder of load: one step down when pictures come late, one up when there is room again."""

from dataclasses import dataclass, replace
from enum import IntEnum


class Rung(IntEnum):
    """What is given up, each with those before it."""

    WHOLE = 0
    FEWER_PICTURES = 1
    SMALLER_PICTURES = 2
    MOTION_BY_RULES = 3
    STILL = 4
    TEXT_ONLY = 5


LATE = 0.25
"""Share of a second's pictures that came late, from which on it is too much."""
DOWN_AFTER = 2
"""Seconds in a row of it until a step down: noticed within five."""
UP_AFTER = 10
"""Seconds in a row without it until a step up; doubled by each step up that did not hold."""
LONGEST_UP = 160
HOLDS_S = 30
"""A step up that is taken back within so many seconds did not hold."""
LOWEST_BY_LOAD = Rung.STILL
"""Below, nobody is heard: only a voice that fails leads there."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a kiosk stands. Seconds are counted by those that were told."""

    rung: Rung = Rung.WHOLE
    late: int = 0
    """Seconds in a row that were too much."""
    calm: int = 0
    """Seconds in a row that were not."""
    up_after: int = UP_AFTER
    since_up: int = HOLDS_S


def after_second(ladder: Ladder, late_share: float) -> Ladder:
    """The ladder after one more second, in which this share of the ticks had no picture in time."""
    since_up = min(HOLDS_S, ladder.since_up + 1)
    if late_share > LATE:
        told = replace(ladder, late=ladder.late + 1, calm=0, since_up=since_up)
        return _down(told) if told.late >= DOWN_AFTER else told
    told = replace(ladder, late=0, calm=ladder.calm + 1, since_up=since_up)
    if told.rung is Rung.WHOLE or told.calm < told.up_after:
        return told
    return replace(told, rung=Rung(told.rung - 1), calm=0, since_up=0)


def _down(ladder: Ladder) -> Ladder:
    failed = ladder.since_up < HOLDS_S
    up_after = min(LONGEST_UP, 2 * ladder.up_after) if failed else UP_AFTER
    rung = Rung(min(ladder.rung + 1, LOWEST_BY_LOAD))
    return replace(ladder, rung=rung, late=0, up_after=up_after)
