"""Making up its mind: acts begin where they are expected most, as often as people's.

A draw from what is expected is as undecided as the expectation, and most reactions of a person are
answers to one moment. Raising the odds to a power moves beginnings to the likeliest moments, as a
low temperature does; an offset for each kind keeps how often it begins, first after what people did
before, then after what the network itself did.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from avatar.clock import FPS
from avatar.generator.intents import KINDS
from avatar.generator.visibility import block_starts
from avatar.nn.motion_network import MotionNetwork, Senses
from avatar.training.batches import Corpus
from avatar.training.recipes import Recipe
from avatar.training.rollout import Guidance, Rollout

UNDECIDED = ("gaze", "blink")
"""Kinds that answer little and are left to chance."""
WINDOWS, WINDOW, DRAWS = 12, 96, 60
HALVINGS = 40
SIFTED = 3
"""Windows drawn for each one that is rolled out."""
FEW, MOST = 4, 1.0
"""Beginnings below which a rate is hardly known, and the most that one round corrects, in nats."""


@torch.no_grad()
def sharpen(network: MotionNetwork, corpus: Corpus, power: float, *, seed: int) -> None:
    """Set sharpness and offsets of a network that has intents, so that rates stay."""
    if network.intents is None:
        return
    logits, begun = _expected(network, corpus, seed)
    sharpness = torch.tensor([1.0 if kind in UNDECIDED else power for kind in KINDS])
    network.intents.sharpness.copy_(sharpness)
    network.intents.offset.copy_(offsets(logits * sharpness, begun.mean(0)))


@torch.no_grad()
def settle(network: MotionNetwork, corpus: Corpus, recipe: Recipe, *, steps: int) -> None:
    """Correct the offsets until rollouts begin acts as often as people do in the same place.

    They are counted where the user is heard and seen: who is told little expects little, and should
    do less than people who know.
    """
    if network.intents is None:
        return
    plan = recipe.settling
    ticks = round(plan.rollout_s * FPS) // recipe.block * recipe.block
    chance = np.random.default_rng([recipe.seed, 19])
    batch = corpus.draw(chance, SIFTED * plan.rollouts, ticks, 0.0)
    clearest = _presence(batch.senses).argsort(descending=True)[: plan.rollouts]
    senses = batch.senses.part(clearest, slice(ticks))
    wanted = batch.beginnings[clearest, :, 0].sum((0, 1))
    rollout = Rollout(network, corpus.codec, block=recipe.block, steps=steps, guidance=Guidance())
    for turn in range(plan.rounds):
        made = rollout.run(senses, recipe.seed + turn).begun.sum((0, 1))
        wrong = ((wanted + FEW) / (made + FEW)).log().clamp(-MOST, MOST)
        network.intents.offset.add_(wrong.to(network.intents.offset.device))


def _presence(senses: Senses) -> Float[Tensor, " batch"]:
    """Share of the time in which the user is heard, times that in which the user is seen."""
    return senses.hearing[:, :, -1].mean(1) * senses.sight[:, :, -1].mean(1)


def offsets(logits: Tensor, rates: Tensor) -> Tensor:
    """What to add to the logits of each kind so that their mean probability is its rate."""
    low, high = torch.full_like(rates, -30.0), torch.full_like(rates, 30.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rare = torch.sigmoid(logits + middle).mean(0) < rates
        low, high = torch.where(rare, middle, low), torch.where(rare, high, middle)
    return (low + high) / 2


def _expected(network: MotionNetwork, corpus: Corpus, seed: int) -> tuple[Tensor, Tensor]:
    """Logits of beginnings in the next tick, and where they came, in windows drawn evenly."""
    chance = np.random.default_rng([seed, 17])
    device = next(network.parameters()).device
    logits, begun = list[Tensor](), list[Tensor]()
    for _ in range(DRAWS):
        batch = corpus.draw(chance, WINDOWS, WINDOW, 0.0).on(device)
        known = network.understand(batch.senses, batch.intents, block_starts(WINDOW, 1))
        if known.expected is not None:
            logits.append(known.expected.beginnings[:, :, 0].flatten(0, 1).float())
            begun.append(batch.beginnings[:, :, 0].flatten(0, 1))
    return torch.cat(logits), torch.cat(begun)
