"""Training the tracker from a recipe: what is finished on disk is not done again."""

from functools import partial
from pathlib import Path

import torch

from avatar.errors import DataError
from avatar.synthetic.actors.making import shard_path
from avatar.training.loop import Losses, Report, Stage, StepChance, train
from avatar.training.run import Run, state_on_cpu
from avatar.training.tracker.examples import Faces
from avatar.training.tracker.learning import FaceLearner, batches, drawn_batch
from avatar.training.tracker.recipes import ActorsRecipe, TrackerRecipe

STAGE = "tracker"


def shards(folder: Path, recipe: ActorsRecipe, *, held_out: bool) -> list[Path]:
    """The shards of a recipe to learn from, or those that are held out."""
    chosen = list[Path]()
    for name, count, kept in (
        ("human", recipe.humans, recipe.held_out_humans),
        ("drawn", recipe.drawn, recipe.held_out_drawn),
    ):
        numbers = range(count - kept, count) if held_out else range(count - kept)
        chosen += [shard_path(folder, name, number) for number in numbers]
    missing = [path for path in chosen if not path.exists()]
    if missing:
        raise DataError(f"{missing[0]} is missing: make it with visavis actors make")
    return chosen


def train_tracker(run: Run[TrackerRecipe], pictures: Path, report: Report) -> FaceLearner:
    """Train to the end of the recipe; the network with averaged weights."""
    finished = run.load(f"{STAGE}-done")
    learner = FaceLearner()
    if finished is None:
        recipe = run.recipe
        faces = Faces.read(shards(pictures, recipe.actors, held_out=False))
        begun = run.load(STAGE)
        first = 0 if begun is None else int(begun["step"])
        plan = recipe.tracker
        draw = partial(drawn_batch, faces, plan.batch)
        given = batches(draw, recipe.seed, range(first, plan.steps))

        def losses(chance: StepChance) -> Losses:
            del chance
            with torch.autocast("cpu", torch.bfloat16):
                return learner.losses(next(given))

        weights = train(Stage(STAGE, plan, losses), learner, run, report)
        finished = {"network": state_on_cpu(weights)}
        run.save(f"{STAGE}-done", finished)
    learner.load_state_dict(finished["network"])
    return learner.eval()
