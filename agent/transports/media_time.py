"""The media clock of a connection: the server's ticks in microseconds."""

from avatar.clock import FPS

TICK_US = 1_000_000 // FPS


def tick_us(tick: int) -> int:
    """When a tick begins, on the media clock."""
    return tick * TICK_US
