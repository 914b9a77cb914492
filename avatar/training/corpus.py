"""The corpus of a recipe on disk: made once, resumed where it stopped."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

from avatar.data.examples import Example, examine
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.package import perception_of
from avatar.motion import ARKIT58
from avatar.synthetic.dialogues.conversation import converse
from avatar.training.recipes import CorpusRecipe, Recipe

Made = Callable[[int, int], None]
"""Told how many conversations of how many are there."""


def make_corpus(recipe: Recipe, folder: Path, made: Made, *, processes: int = 1) -> list[Path]:
    """Files of all examples, two for each conversation, those that are missing made now.

    Raises DataError and MediaError when the folder cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = recipe.corpus
    seeds = range(plan.first_seed, plan.first_seed + plan.conversations)
    missing = [seed for seed in seeds if not all(path.exists() for path in _paths(folder, seed))]
    work = partial(_make, plan=plan, network=recipe.network, folder=folder)
    done = len(seeds) - len(missing)
    made(done, len(seeds))
    with ProcessPoolExecutor(processes) as pool:
        for _ in pool.map(work, missing):
            done += 1
            made(done, len(seeds))
    return [path for seed in seeds for path in _paths(folder, seed)]


def load_corpus(paths: list[Path]) -> tuple[list[Example], MotionCodec]:
    """Examples in memory, and the whitening that fits them."""
    examples = [Example.load(path) for path in paths]
    return examples, MotionCodec.fitted([example.motion for example in examples], ARKIT58)


def _paths(folder: Path, seed: int) -> tuple[Path, Path]:
    return folder / f"{seed}-0.safetensors", folder / f"{seed}-1.safetensors"


def _make(seed: int, *, plan: CorpusRecipe, network: MotionNetworkConfig, folder: Path) -> None:
    clip = converse(seed, length_s=plan.length_s, split="train")
    roles: tuple[Literal[0], Literal[1]] = (0, 1)
    for role in roles:
        example = examine(
            clip, role, perception_of(network, ARKIT58, 1), look_ahead=network.look_ahead
        )
        example.save(_paths(folder, seed)[role])
