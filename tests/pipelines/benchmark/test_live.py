"""Figures from what a visitor noted, with notes whose figures are known."""

import numpy as np
import pytest

from agent.protocol.media import MediaKind
from avatar.avatar import Avatar
from pipelines.benchmark.live import pictures_of
from pipelines.benchmark.reaction import reaction_latencies_ms
from pipelines.simulation.visitor import Received


def picture(tick: int, delay_s: float = 0.0) -> Received:
    return Received(MediaKind.AVATAR_PICTURE, 0, tick * 40_000, tick * 0.04 + delay_s)


def test_pictures_in_time() -> None:
    seen = pictures_of([picture(tick, 0.01 * (tick % 3)) for tick in range(101)])
    assert seen.fps == pytest.approx(25, abs=0.2)
    assert (seen.late_rate, seen.longest_gap_ms) == (0.0, 40.0)


def test_pictures_that_are_late_or_missing() -> None:
    ticks = [tick for tick in range(100) if tick not in (50, 51)]
    seen = pictures_of([picture(tick, 0.2 if tick == 10 else 0.0) for tick in ticks])
    assert seen.late_rate == pytest.approx(0.03)
    assert seen.longest_gap_ms == 120.0


@pytest.mark.slow
def test_a_reaction_is_timed_from_its_event(avatar: Avatar) -> None:
    t = np.arange(16_000) / 16_000
    tone = (0.3 * np.sin(2 * np.pi * 180 * t) * (1 + np.sin(2 * np.pi * 4 * t))).astype(np.float32)
    latencies = reaction_latencies_ms(avatar, tone, runs=6)
    assert all(0 < latency < 400 for latency in latencies)
