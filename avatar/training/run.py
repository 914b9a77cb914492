"""A run on disk: its recipe, its checkpoints, its log. What is on disk is always whole."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

import torch
from torch import Tensor, nn

from avatar.errors import DataError, MediaError
from avatar.files import beside
from avatar.training.recipe_files import R, parse_recipe, recipe_text


@dataclass(frozen=True, slots=True)
class Run(Generic[R]):
    """A folder that belongs to one recipe."""

    folder: Path
    recipe: R

    @classmethod
    def begun(cls, folder: Path, recipe: R) -> "Run[R]":
        """A new run, or the one that the folder holds.

        Raises DataError when the folder holds a run of another recipe.
        """
        path = folder / "recipe.json"
        if path.exists():
            there = parse_recipe(path.read_text(encoding="utf-8"), type(recipe))
            if there != recipe:
                raise DataError(
                    f"{folder} holds a run of another recipe ({there.name}): "
                    "choose another folder, or take the recipe of the run with --resume"
                )
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with beside(path) as part:
                part.write_text(recipe_text(recipe), encoding="utf-8")
        return cls(folder, recipe)

    @classmethod
    def resumed(cls, folder: Path, kind: type[R]) -> "Run[R]":
        """The run of a kind of recipe that a folder holds. Raises DataError when it holds none."""
        path = folder / "recipe.json"
        if not path.is_file():
            raise DataError(f"{folder} holds no run: a run has a recipe.json")
        return cls(folder, parse_recipe(path.read_text(encoding="utf-8"), kind))

    def save(self, stage: str, content: Mapping[str, Any]) -> None:
        """Write a checkpoint; the one before survives until this one is whole."""
        path = self.folder / f"{stage}.pt"
        with beside(path) as part:
            try:
                torch.save(dict(content), part)
            except RuntimeError as error:
                raise MediaError(f"{path}: cannot be written ({error})") from error

    def load(self, stage: str) -> dict[str, Any] | None:
        """The last checkpoint of a stage, None before the first. Raises DataError if broken."""
        path = self.folder / f"{stage}.pt"
        if not path.exists():
            return None
        try:
            content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:
            raise DataError(
                f"{path} is broken ({error}): delete it to train from before"
            ) from error
        return content

    def finished(self, stage: str, make: Callable[[], Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """The weights that a stage ended with: those on disk, or what `make` makes now."""
        done = self.load(f"{stage}-done")
        if done is None:
            done = {"network": state_on_cpu(make())}
            self.save(f"{stage}-done", done)
        weights: dict[str, Tensor] = done["network"]
        return weights

    def log(self, stage: str, step: int, values: Mapping[str, float]) -> None:
        """Append a line to the log."""
        row = {"stage": stage, "step": step} | {k: round(v, 6) for k, v in values.items()}
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")


class Average:
    """An exponential average of a network's weights."""

    def __init__(self, network: nn.Module, keep: float) -> None:
        self.keep = keep
        self.weights = {k: v.detach().clone() for k, v in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after a step; early ones count for little."""
        keep = min(self.keep, (1 + step) / (10 + step))
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                self.weights[name].lerp_(value, 1 - keep)
            else:
                self.weights[name].copy_(value)


def state_on_cpu(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights to be saved."""
    return {name: value.detach().cpu() for name, value in weights.items()}
