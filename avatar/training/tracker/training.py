"""Training the tracker from a recipe: what is finished on disk is not done again."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from avatar.errors import DataError
from avatar.synthetic.actors.making import shard_path
from avatar.training.loop import Losses, Report, Stage, StepChance, train
from avatar.training.recipes import OptimiserRecipe
from avatar.training.run import Run
from avatar.training.tracker.examples import Faces
from avatar.training.tracker.learning import (
    B,
    FaceLearner,
    PartsLearner,
    batches,
    drawn_batch,
)
from avatar.training.tracker.recipes import ActorsRecipe, TrackerRecipe
from avatar.training.tracker.stretching import stretch

SAMPLE_SHARDS = 6
"""Shards of the first kind by which coefficients are stretched, beside one of each kind."""


def shards(folder: Path, recipe: ActorsRecipe, *, held_out: bool) -> list[Path]:
    """The shards of a recipe to learn from, or those that are held out."""
    chosen = list[Path]()
    for name, count, kept in (
        ("human", recipe.humans, recipe.held_out_humans),
        ("drawn", recipe.drawn, recipe.held_out_drawn),
        ("still", recipe.stills, recipe.held_out_stills),
    ):
        numbers = range(count - kept, count) if held_out else range(count - kept)
        chosen += [shard_path(folder, name, number) for number in numbers]
    missing = [path for path in chosen if not path.exists()]
    if missing:
        raise DataError(f"{missing[0]} is missing: make it with visavis actors make")
    return chosen


def train_faces(run: Run[TrackerRecipe], pictures: Path, report: Report) -> FaceLearner:
    """Train what finds landmarks and pose; the network with averaged weights."""
    return _trained(run, "face", run.recipe.face, FaceLearner, pictures, report)


def train_parts(run: Run[TrackerRecipe], pictures: Path, report: Report) -> PartsLearner:
    """Train what reads eyes, mouth and brows; the network with averaged weights."""
    return _trained(run, "parts", run.recipe.parts, PartsLearner, pictures, report)


def stretched_parts(parts: PartsLearner, recipe: TrackerRecipe, pictures: Path) -> PartsLearner:
    """The parts with deviations as large as the truth's, by a sample of what they learned from."""
    chosen = shards(pictures, recipe.actors, held_out=False)
    kinds = {path.name.split("-")[0]: path for path in chosen}
    sample = [path for path in chosen[:SAMPLE_SHARDS] if path not in kinds.values()]
    stretch(parts, Faces.read([*sample, *kinds.values()]), recipe.seed)
    return parts


Learner = TypeVar("Learner", FaceLearner, PartsLearner)


def _trained(
    run: Run[TrackerRecipe],
    stage: str,
    plan: OptimiserRecipe,
    kind: type[Learner],
    pictures: Path,
    report: Report,
) -> Learner:
    torch.manual_seed(run.recipe.seed)
    learner = kind()

    def made() -> dict[str, Tensor]:
        faces = Faces.read(shards(pictures, run.recipe.actors, held_out=False))
        draw = partial(drawn_batch, faces, plan.batch)
        return train_stage(run, stage, plan, learner, draw, learner.losses, report)

    learner.load_state_dict(run.finished(stage, made))
    return learner.eval()


def train_stage(
    run: Run[TrackerRecipe],
    stage: str,
    plan: OptimiserRecipe,
    learner: nn.Module,
    draw: Callable[[np.random.Generator], B],
    losses: Callable[[B], Losses],
    report: Report,
) -> dict[str, Tensor]:
    """Train a stage to its end, from its last checkpoint if there is one."""
    begun = run.load(stage)
    first = 0 if begun is None else int(begun["step"])
    network: Any = learner
    network.to(memory_format=torch.channels_last)
    given = batches(draw, run.recipe.seed, range(first, plan.steps))

    def step(chance: StepChance) -> Losses:
        del chance
        with torch.autocast("cpu", torch.bfloat16):
            return losses(next(given))

    return train(Stage(stage, plan, step), learner, run, report)
