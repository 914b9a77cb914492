"""All figures of the live conversation, in the order in which they can be had."""

from collections.abc import Callable, Sequence

import numpy as np

from pipelines.benchmark.live import converse, first_picture_ms, pictures_with, spoken
from pipelines.benchmark.reaction import reaction_latencies_ms
from pipelines.benchmark.server_process import running_server
from pipelines.build import build_avatar

ENOUGH_FPS = 24.75
"""25 a second, with a hundredth for the clock of who counts."""
FEW_LATE = 0.01


async def measure_live(
    rounds: int, most_sessions: int, tell: Callable[[str], None]
) -> dict[str, float | int]:
    """Figures by the names that scripts rely on."""
    tell("starting a server")
    with running_server("--sessions", str(most_sessions)) as server:
        ready_s = server.ready_s
        first_ms = await first_picture_ms(server.port)
        tell(f"ready after {ready_s:.1f} s, first picture after {first_ms:.0f} ms; talking with it")
        talk = await converse(server, rounds)
        tell("sessions at a time")
        sessions = await _sessions(server.port, most_sessions, tell)
    tell("reactions")
    voice = spoken("Good morning, could you help me please?").astype(np.float32) / np.float32(32768)
    reactions = reaction_latencies_ms(build_avatar("ana"), voice)
    return {
        "fps": round(talk.pictures.fps, 2),
        "late_rate": round(talk.pictures.late_rate, 4),
        "longest_gap_ms": talk.pictures.longest_gap_ms,
        "cpu_share": round(talk.cpu_share, 3),
        "reaction_ms_p50": _percentile(reactions, 50),
        "reaction_ms_p95": _percentile(reactions, 95),
        "held_ms_p50": _percentile(talk.held_ms, 50),
        "held_ms_p95": _percentile(talk.held_ms, 95),
        "barge_in_ms_p50": _percentile(talk.barge_in_ms, 50),
        "barge_in_ms_p95": _percentile(talk.barge_in_ms, 95),
        "silence_ms_p95": _percentile(talk.silence_ms, 95),
        "response_ms_p50": _percentile(talk.response_ms, 50),
        "response_ms_p95": _percentile(talk.response_ms, 95),
        "av_skew_ms_p95": _percentile(np.abs(talk.skew_ms).tolist(), 95),
        "ready_s": round(ready_s, 2),
        "first_picture_ms": round(first_ms, 1),
        "rss_mb": round(talk.memory_mb),
        "sessions_at_25fps": sessions,
    }


async def _sessions(port: int, most: int, tell: Callable[[str], None]) -> int:
    """How many sessions have all their pictures at the same time."""
    enough = 0
    for count in range(1, most + 1):
        seen = await pictures_with(port, count)
        slowest = min(pictures.fps for pictures in seen)
        latest = max(pictures.late_rate for pictures in seen)
        tell(f"  {count}: {slowest:.2f} pictures a second, {latest:.2%} late")
        if slowest < ENOUGH_FPS or latest > FEW_LATE:
            break
        enough = count
    return enough


def _percentile(values: Sequence[float], percent: float) -> float:
    return round(float(np.percentile(values, percent)), 1) if values else float("nan")
