"""Preference optimisation without labels (Avatar Forcing, section 3.4).

The preferred motion is the network's own when it perceived the user; the other is its own of the
same chance when it did not. Both are noised alike and judged under the full condition, so that they
differ in nothing but the reaction. Preferring recordings to rollouts instead is won by noticing
jitter and teaches nothing about the user.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.clock import FPS
from avatar.nn.motion_network import MotionNetwork, Senses
from avatar.training.batches import Corpus
from avatar.training.diffusion_forcing import (
    WEIGHT_FLOOR,
    Blocks,
    ForcingStage,
    noise_levels,
    without_user,
)
from avatar.training.loop import Losses, StepChance
from avatar.training.recipes import PreferenceRecipe
from avatar.training.rollout import Guidance, Rollout

ROLLED_AT_ONCE = 48


class Pairs(NamedTuple):
    """Senses, intents, and the two motions that went with the same chance."""

    senses: Senses
    intents: Float[Tensor, "batch ticks kinds"]
    preferred: Float[Tensor, "batch ticks token"]
    other: Float[Tensor, "batch ticks token"]


@torch.no_grad()
def make_pairs(
    network: MotionNetwork, corpus: Corpus, recipe: PreferenceRecipe, *, block: int, seed: int
) -> Pairs:
    """Roll out every conversation twice: with the user, and deaf and blind to the user."""
    chance = np.random.default_rng([seed, 7])
    ticks = round(recipe.rollout_s * FPS)
    guidance = Guidance(recipe.own_guidance, recipe.user_guidance)
    rollout = Rollout(
        network, corpus.codec, block=block, steps=recipe.solver_steps, guidance=guidance
    )
    parts: list[Pairs] = []
    for first in range(0, recipe.rollouts, ROLLED_AT_ONCE):
        count = min(ROLLED_AT_ONCE, recipe.rollouts - first)
        senses = corpus.draw(chance, count, ticks, 0.0).senses
        full = rollout.run(senses, seed + first)
        deaf = rollout.run(without_user(senses), seed + first)
        cut = senses.part(slice(None), slice(full.history.shape[1]))
        parts.append(Pairs(cut, full.intents, full.history, deaf.history))
    senses = Senses.joined([part.senses for part in parts])
    rest = (torch.cat(column) for column in zip(*(part[1:] for part in parts), strict=True))
    return Pairs(senses, *rest)


@dataclass(frozen=True, slots=True)
class _Noised:
    level: Float[Tensor, "batch ticks"]
    noise: Float[Tensor, "batch ticks token"]
    blocks: Blocks


class PreferenceStage(nn.Module):
    """The network, a frozen copy of it, and the losses of a step."""

    def __init__(
        self, forcing: ForcingStage, pairs: Pairs, recipe: PreferenceRecipe, sizes: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.forcing = forcing
        self._reference = [deepcopy(forcing.network).eval().requires_grad_(requires_grad=False)]
        self._pairs, self._recipe, self._sizes = pairs, recipe, sizes

    def losses(self, chance: StepChance) -> Losses:
        """Preference beside the diffusion forcing that keeps the network what it is.

        What is expected to begin is left alone.
        """
        recipe = self._recipe
        losses = self.forcing.losses(chance)
        pairs = self._window(chance.numbers)
        blocks = Blocks.drawn(chance.numbers, self._sizes, pairs.preferred.shape[1])
        level = noise_levels(chance.noise, len(pairs.preferred), blocks, 0.6)
        noise = torch.randn(pairs.preferred.shape, generator=chance.noise)
        how = _Noised(level.to(self.forcing.device), noise.to(self.forcing.device), blocks)
        margin = self._advantage(pairs, pairs.preferred, how) - self._advantage(
            pairs, pairs.other, how
        )
        preference = -F.logsigmoid(-recipe.beta * margin).mean()
        losses["preference"] = preference
        losses["preferred"] = (margin < 0).float().mean()
        losses["loss"] = losses["motion"] + recipe.weight * preference
        return losses

    def _window(self, chance: np.random.Generator) -> Pairs:
        plan = self._recipe.optimiser
        window = min(plan.window, self._pairs.preferred.shape[1])
        which = torch.from_numpy(chance.integers(len(self._pairs.preferred), size=plan.batch))
        begin = int(chance.integers(self._pairs.preferred.shape[1] - window + 1))
        span = slice(begin, begin + window)
        device = self.forcing.device
        return Pairs(
            self._pairs.senses.part(which, span).on(device),
            *(part[which, span].to(device) for part in self._pairs[1:]),
        )

    def _advantage(
        self, pairs: Pairs, tokens: Float[Tensor, "batch ticks token"], how: _Noised
    ) -> Float[Tensor, "batch ticks"]:
        """How much worse than the reference the network explains a motion, frame by frame."""
        with torch.no_grad():
            before = self._error(self._reference[0], pairs, tokens, how)
        return self._error(self.forcing.network, pairs, tokens, how) - before

    def _error(
        self,
        network: MotionNetwork,
        pairs: Pairs,
        tokens: Float[Tensor, "batch ticks token"],
        how: _Noised,
    ) -> Float[Tensor, "batch ticks"]:
        noisy = torch.lerp(tokens, how.noise, how.level[..., None])
        with torch.autocast(self.forcing.device.type, torch.bfloat16):
            known = network.understand(pairs.senses, pairs.intents, how.blocks.starts)
            said = network.denoise(
                noisy, how.level, known.condition, how.blocks.starts, how.blocks.size
            )
        if network.config.predicts == "velocity":
            return (said.float() - (how.noise - tokens)).abs().mean(-1)
        by_level = 0.25 / how.level.clamp_min(WEIGHT_FLOOR) ** 2
        return by_level * ((said.float() - tokens) ** 2).mean(-1)
