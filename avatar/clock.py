"""The one unit of time: the tick, 40 ms of sound and one picture.

Nothing in this package reads a wall clock. A live program paces ticks by a clock of its own; an
offline one counts them.
"""

from typing import TypeAlias

FPS = 25
"""Pictures a second."""

SAMPLE_RATE = 16_000
"""Samples a second of every signal that is listened to or analysed."""

TICK = SAMPLE_RATE // FPS
"""Samples of such a signal in one tick: 640."""

TICK_S = 1.0 / FPS
"""Seconds in one tick: 0.04."""

Turn: TypeAlias = int
"""One utterance of the avatar, numbered from 1 and only growing; `NO_TURN` is silence."""

NO_TURN: Turn = 0
"""Belongs to no utterance: idle and listening pictures, backchannels. Never flushed."""


def ticks_in(seconds: float) -> int:
    """The number of whole ticks nearest to a duration, at least one."""
    return max(1, round(seconds * FPS))
