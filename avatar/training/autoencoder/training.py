"""Training a motion auto-encoder from a recipe: what is finished on disk is not done again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from avatar.autoencoder.flow import FlowAutoencoder
from avatar.errors import DataError
from avatar.training.autoencoder.albums import Album
from avatar.training.autoencoder.examples import Batch, drawn_batch
from avatar.training.autoencoder.learning import Judges, Learner
from avatar.training.autoencoder.people import SHIPPED, album_path
from avatar.training.autoencoder.recipes import (
    AutoencoderRecipe,
    PartPeopleRecipe,
    PeopleRecipe,
)
from avatar.training.loop import Losses, Report, Stage, StepChance, train
from avatar.training.run import Run

STAGE = "autoencoder"
VIDEO, HELD_OUT = "video", 20
"""The kind of albums from videos, and of how many of them one is held out."""


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """Albums by kind, those to learn from and those that are held out."""

    learned: Mapping[str, Sequence[Path]]
    held_out: Mapping[str, Sequence[Path]]


def people_of(folder: Path, recipe: PeopleRecipe | PartPeopleRecipe) -> Data:
    """What a folder holds of the synthetic people that a recipe names.

    Raises DataError when somebody is missing.
    """
    learned, held_out = dict[str, list[Path]](), dict[str, list[Path]]()
    for kind, (total, kept) in recipe.counts.items():
        paths = [album_path(folder, kind, number) for number in range(total)]
        missing = [path for path in paths if not path.exists()]
        if missing:
            raise DataError(f"{missing[0]} is missing: visavis train autoencoder makes it")
        learned[kind], held_out[kind] = paths[: total - kept], paths[total - kept :]
    return Data(learned, held_out)


def with_videos(data: Data, albums: Sequence[Path]) -> Data:
    """The same with albums of videos; one in twenty is held out, where there are so many."""
    kept = len(albums) // HELD_OUT
    at = len(albums) - kept
    return Data({**data.learned, VIDEO: albums[:at]}, {**data.held_out, VIDEO: albums[at:]})


def train_autoencoder(
    run: Run[AutoencoderRecipe],
    data: Data,
    report: Report,
    *,
    judges: Judges | None = None,
    device: torch.device | None = None,
) -> FlowAutoencoder:
    """Train to the end, from the last checkpoint if there is one; averaged weights, on the CPU.

    Raises DataError without any album to learn from.
    """
    if not any(data.learned.values()):
        raise DataError(f"{run.recipe.name} has no people of its own: give --data with face videos")
    torch.manual_seed(run.recipe.seed)
    learner = Learner(run.recipe, judges).to(device)
    weights = run.finished(STAGE, lambda: _trained(run, learner, data.learned, report))
    learner.cpu().load_state_dict(weights)
    return learner.network.eval()


def _trained(
    run: Run[AutoencoderRecipe],
    learner: Learner,
    paths: Mapping[str, Sequence[Path]],
    report: Report,
) -> dict[str, Tensor]:
    recipe, begun = run.recipe, run.load(STAGE)
    albums = [Album.read(path) for kind in paths.values() for path in kind]
    odds = odds_of(paths, recipe.draw.shipped_share)
    network: Any = learner.network
    network.to(memory_format=torch.channels_last)
    device = next(learner.parameters()).device
    steps = count(0 if begun is None else int(begun["step"]))
    fine_from = recipe.draw.fine_from * recipe.optimiser.steps

    def step(chance: StepChance) -> Losses:
        size = recipe.draw.coarse if next(steps) < fine_from else recipe.draw.fine
        batch = drawn_batch(albums, odds, recipe.draw, recipe.losses, chance.numbers)
        return learner.losses(Batch(*(part.to(device) for part in batch)), size)

    return train(Stage(STAGE, recipe.optimiser, step), learner, run, report)


def odds_of(
    paths: Mapping[str, Sequence[Path]], shipped_share: float
) -> Float64[np.ndarray, " albums"]:
    """How likely each album is drawn: those of people who ship have a share of their own."""
    shipped = np.concatenate([np.full(len(paths[kind]), kind == SHIPPED) for kind in paths])
    odds = np.where(shipped, shipped_share / max(1, shipped.sum()), 0.0)
    odds += ~shipped * ((1 - odds.sum()) / max(1, (~shipped).sum()))
    return odds / odds.sum()
