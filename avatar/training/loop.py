"""The loop that all stages share: learning rate, clipping, averaging, checkpoints, log."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from avatar.errors import DataError
from avatar.training.recipes import OptimiserRecipe
from avatar.training.run import Average, Run, state_on_cpu

CHECKPOINT_EVERY = 500
LOG_EVERY = 20

Losses: TypeAlias = dict[str, Tensor]
"""Parts of the loss by name; what is minimised is `loss`."""

Report: TypeAlias = Callable[[str, int, int, dict[str, float]], None]
"""Told the stage, steps done, steps in all, and the mean losses since the last call."""


@dataclass(frozen=True, eq=False, slots=True)
class StepChance:
    """Chance of one step: for what is drawn in numpy, and for torch's noise. A resumed run draws
    what an uninterrupted one would.
    """

    numbers: np.random.Generator
    noise: torch.Generator

    @classmethod
    def of(cls, seed: int, stage: str, step: int) -> "StepChance":
        """Chance by seed, stage and step."""
        numbers = np.random.default_rng([seed, sum(stage.encode()), step])
        noise = torch.Generator().manual_seed(int(numbers.integers(2**31)))
        return cls(numbers, noise)


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """A stage by name: what it optimises, and the losses of a step."""

    name: str
    optimiser: OptimiserRecipe
    losses: Callable[[StepChance], Losses]


def train(stage: Stage, trained: nn.Module, run: Run[Any], report: Report) -> dict[str, Tensor]:
    """Train to the end of the stage, from its last checkpoint if there is one; average weights."""
    plan = stage.optimiser
    torch.manual_seed(run.recipe.seed)
    parameters = [parameter for parameter in trained.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters, lr=plan.learning_rate, weight_decay=plan.weight_decay, betas=(0.9, 0.98)
    )
    average = Average(trained, plan.average)
    first = _resume(run.load(stage.name), trained, optimiser, average)
    sums: dict[str, float] = {}
    for step in range(first, plan.steps):
        for group in optimiser.param_groups:
            group["lr"] = plan.learning_rate * _schedule(step, plan)
        losses = stage.losses(StepChance.of(run.recipe.seed, stage.name, step))
        optimiser.zero_grad(set_to_none=True)
        losses["loss"].backward()
        norm = nn.utils.clip_grad_norm_(parameters, plan.clip)
        if not torch.isfinite(norm):
            raise DataError(
                f"{stage.name}, step {step}: the loss or its gradient is not finite; the last "
                "checkpoint is kept: look at the data, or take a lower learning rate"
            )
        optimiser.step()
        average.update(trained, step)
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        done = step + 1
        if done % LOG_EVERY == 0 or done == plan.steps:
            count = (step % LOG_EVERY) + 1
            means = {name: value / count for name, value in sums.items()}
            run.log(stage.name, done, means)
            report(stage.name, done, plan.steps, means)
            sums = {}
        if done % CHECKPOINT_EVERY == 0 or done == plan.steps:
            run.save(stage.name, _checkpoint(done, trained, optimiser, average))
    return average.weights


def _schedule(step: int, plan: OptimiserRecipe) -> float:
    rising = min(1.0, (step + 1) / max(1, plan.warm_up))
    return rising * 0.5 * (1 + cos(pi * step / plan.steps))


def _checkpoint(
    step: int, trained: nn.Module, optimiser: torch.optim.Optimizer, average: Average
) -> dict[str, Any]:
    return {
        "step": step,
        "network": state_on_cpu(trained.state_dict()),
        "average": state_on_cpu(average.weights),
        "optimiser": optimiser.state_dict(),
    }


def _resume(
    checkpoint: dict[str, Any] | None,
    trained: nn.Module,
    optimiser: torch.optim.Optimizer,
    average: Average,
) -> int:
    if checkpoint is None:
        return 0
    trained.load_state_dict(checkpoint["network"])
    optimiser.load_state_dict(checkpoint["optimiser"])
    for name, value in checkpoint["average"].items():
        average.weights[name].copy_(value)
    step: int = checkpoint["step"]
    return step
