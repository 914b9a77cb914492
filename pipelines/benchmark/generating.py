"""How long a motion takes, by how many are made in a step."""

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from avatar.clock import SAMPLE_RATE, TICK
from avatar.generator.base import MotionGenerator
from avatar.motion import ARKIT58, FaceObservation
from avatar.tick import AvatarState, Tick
from avatar.timeline import Timeline
from pipelines.benchmark.timer import Timing, measure

TICKS = 250
"""Ten seconds, heard over and over."""


def time_generating(
    load: Callable[[int], MotionGenerator[Any]], blocks: Sequence[int], *, batches: int = 7
) -> dict[int, Timing]:
    """Time a motion, perception included, with everything there is to perceive."""
    timings: dict[int, Timing] = {}
    for block in blocks:
        generator = load(block)
        timings[block] = _timed(generator, batches)
    return timings


def _timed(generator: MotionGenerator[Any], batches: int) -> Timing:
    block = generator.block
    ticks = busy_ticks(generator.look_ahead + block - 1)
    groups = cycle([ticks[i : i + block] for i in range(0, TICKS - block + 1, block)])
    state: list[Any] = [generator.start(seed=0, rest=ARKIT58.rest)]

    def step() -> None:
        _, state[0] = generator.step(next(groups), state[0])

    steps = measure(step, batches=batches, calls=100)
    return Timing(tuple(ms / block for ms in steps.batches_ms))


def busy_ticks(look_ahead: int) -> list[Tick]:
    """Somebody who speaks to somebody who speaks and is seen."""
    chance = np.random.default_rng(0)
    timeline = Timeline(voice_rate=SAMPLE_RATE, look_ahead=look_ahead)
    timeline.direct(state=AvatarState.SPEAKING)
    pcm = chance.normal(0, 3000, (TICKS + look_ahead) * TICK).astype(np.int16)
    timeline.push_speech(1, pcm, last=True)
    ticks: list[Tick] = []
    for _ in range(TICKS):
        timeline.push_user_audio(chance.normal(0, 0.1, TICK).astype(np.float32))
        face = chance.uniform(0, 0.3, ARKIT58.dim).astype(np.float32)
        timeline.push_user_face(FaceObservation(ARKIT58, face, np.ones(ARKIT58.dim, bool)))
        ticks.append(timeline.next_tick())
    return ticks
