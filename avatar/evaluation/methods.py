"""What is compared: each method gives a motion for every case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from avatar.errors import DataError
from avatar.evaluation import conversations as told
from avatar.evaluation.conversations import Case, Told
from avatar.generator.base import MotionGenerator
from avatar.generator.rules import RuleBasedGenerator
from avatar.media import read_motion
from avatar.motion import ARKIT58, Motions

Method: TypeAlias = Callable[[Sequence[Case], int], list[Motions]]
"""Motions for cases, with a seed."""

Load: TypeAlias = Callable[[int | None], MotionGenerator[Any]]
"""The generator with a look-ahead in ticks, its own when None."""


def truth(cases: Sequence[Case], seed: int) -> list[Motions]:
    """What the person did."""
    del seed
    return [case.clip.parties[case.avatar].motion for case in cases]


def streamed(generator: MotionGenerator[Any], what: Told = told.everything) -> Method:
    """A generator that is told tick by tick, as in a live conversation."""

    def motions(cases: Sequence[Case], seed: int) -> list[Motions]:
        return [stream(generator, case, what, seed + i) for i, case in enumerate(cases)]

    return motions


def stream(generator: MotionGenerator[Any], case: Case, what: Told, seed: int) -> Motions:
    """One case, block by block."""
    state = generator.start(seed=seed, rest=ARKIT58.rest)
    made, waiting = list[Motions](), []
    ahead = generator.look_ahead + generator.block - 1
    for index, tick in enumerate(case.ticks(what, look_ahead=ahead)):
        waiting.append(tick)
        if index % generator.block == 0:
            motions, state = generator.step(waiting, state)
            made.append(motions)
            waiting = []
    return np.concatenate(made)[: case.clip.length]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Motions that somebody else made, one file a case: `SEED-ROLE.npz` as `visavis` writes."""

    folder: Path

    def __call__(self, cases: Sequence[Case], seed: int) -> list[Motions]:
        """Read them. Raises DataError for one that is missing or has another length."""
        del seed
        return [self._read(case) for case in cases]

    def _read(self, case: Case) -> Motions:
        path = self.folder / f"{case.clip.source.split()[-1]}-{case.avatar}.npz"
        if not path.is_file():
            raise DataError(f"{path} is missing: a motion for each case is needed")
        motion = np.stack([face.motion for face in read_motion(path)])
        if motion.shape != case.clip.parties[0].motion.shape:
            raise DataError(
                f"{path}: {case.clip.length} motions of {ARKIT58.dim} numbers are needed, "
                f"got {motion.shape}"
            )
        return motion


def standard(load: Load) -> dict[str, Method]:
    """The model, the person, the baseline, and the model without its user or with another."""
    model = load(None)
    return {
        "model": streamed(model),
        "truth": truth,
        "rule_based": streamed(RuleBasedGenerator()),
        "user_dropped": streamed(model, told.user_dropped),
        "swapped_partner": streamed(model, told.user_swapped),
    }


def ablations(load: Load) -> dict[str, Method]:
    """The model with one sense only, or with nothing of its own voice ahead."""
    model = load(None)
    return {
        "audio_only": streamed(model, told.user_unseen),
        "motion_only": streamed(model, told.user_unheard),
        "look_ahead_0": streamed(load(0)),
    }
