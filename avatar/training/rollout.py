"""Many conversations generated at once, block by block, as a stream would: what preference
optimisation compares and what a student learns from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from avatar.generator.intents import AHEAD, KINDS, LASTS, SPREAD, WEAKEST
from avatar.generator.visibility import HIDDEN, block_ends, block_starts
from avatar.nn.dfot import KeyValue
from avatar.nn.motion_network import (
    COMMIT_LEVEL,
    Expected,
    MotionNetwork,
    Senses,
    own_windows,
)
from avatar.nn.rotary import rotation
from avatar.training.diffusion_forcing import without_own, without_user

ENCODED_AT_ONCE = 8
"""Conversations whose senses are encoded together; their attention is over the whole length."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """Classifier-free guidance: how strongly what the own voice and the user change is followed.

    1 is plain; above 1 the difference to a branch that is deaf to it is enlarged.
    """

    own: float = 1.0
    user: float = 1.0

    def branches(self, senses: Senses) -> tuple[tuple[float, ...], list[Senses]]:
        """Weights, which add up to 1, and senses of the branches that are needed."""
        weights, perceived = [self.own + self.user - 1], [senses]
        if self.own != 1:
            weights.append(1 - self.own)
            perceived.append(without_own(senses))
        if self.user != 1:
            weights.append(1 - self.user)
            perceived.append(without_user(senses))
        return tuple(weights), perceived


@dataclass(frozen=True, eq=False, slots=True)
class Rolled:
    """Generated tokens, the intents that went with them, and the noise they were made from."""

    tokens: Float[Tensor, "batch ticks token"]
    intents: Float[Tensor, "batch ticks kinds"]
    noise: Float[Tensor, "batch ticks token"]


@dataclass(eq=False, slots=True)
class _Branch:
    """One guidance branch: what it perceives, and its memory."""

    perceived: Float[Tensor, "batch ticks dim"]
    senses: Senses
    past: list[KeyValue]
    expected: Expected | None = None
    conditions: list[Tensor] = field(default_factory=list)


class Rollout:
    """Generates with a network: `steps` of the solver for blocks of `block` frames."""

    def __init__(
        self, network: MotionNetwork, *, block: int, steps: int, guidance: Guidance
    ) -> None:
        self._network, self._block, self._steps = network, block, steps
        self._guidance = guidance

    @torch.no_grad()
    def run(self, senses: Senses, seed: int, intents: Tensor | None = None) -> Rolled:
        """Generate as long as the senses go. `intents` replaces the drawn ones."""
        config, (batch, ticks) = self._network.config, senses.control.shape[:2]
        ticks -= ticks % self._block
        chance = torch.Generator().manual_seed(seed)
        noise = torch.randn(batch, ticks, config.token, generator=chance)
        noise = noise.to(senses.control.device)
        plan = _Plan(batch, ticks, chance, intents)
        weights, perceived = self._guidance.branches(senses)
        branches = [self._begun(part) for part in perceived]
        made: list[Tensor] = []
        for begin in range(0, ticks, self._block):
            span = slice(begin, begin + self._block)
            pulses = plan.next(branches[0].expected, span).to(noise.device)
            conditions = [self._condition(branch, pulses, span) for branch in branches]
            tokens = self._solve(noise[:, span], branches, conditions, weights)
            for branch, condition in zip(branches, conditions, strict=True):
                self._commit(branch, tokens, condition)
            made.append(tokens)
        return Rolled(torch.cat(made, 1), plan.pulses[:, :ticks], noise)

    def _begun(self, senses: Senses) -> _Branch:
        config = self._network.config
        width = config.width // config.heads
        empty = senses.control.new_zeros(len(senses.control), config.heads, 0, width)
        return _Branch(
            perceived=perceived_by(self._network, senses, self._block),
            senses=senses,
            past=[(empty, empty)] * config.depth,
        )

    def _condition(self, branch: _Branch, pulses: Tensor, span: slice) -> Tensor:
        told = branch.senses.control[:, span.start : span.start + 1].expand(-1, self._block, -1)
        known = self._network.complete(
            branch.perceived[:, span], told, branch.senses.traits, pulses
        )
        branch.expected = known.expected
        return known.condition

    def _solve(
        self,
        noise: Tensor,
        branches: Sequence[_Branch],
        conditions: Sequence[Tensor],
        weights: tuple[float, ...],
    ) -> Tensor:
        """Euler steps of the flow from noise to motion."""
        x, levels = noise, torch.linspace(1, 0, self._steps + 1).tolist()
        for level, lower in pairwise(levels):
            clean = torch.zeros_like(x)
            for branch, condition, weight in zip(branches, conditions, weights, strict=True):
                clean = clean + weight * self._denoised(branch, x, level, condition)[0]
            x = clean + lower / level * (x - clean)
        return x

    def _commit(self, branch: _Branch, tokens: Tensor, condition: Tensor) -> None:
        """Remember a finished block."""
        config = self._network.config
        _, made = self._denoised(branch, tokens, COMMIT_LEVEL, condition)
        branch.past = [
            (
                torch.cat([keys, key], 2)[:, :, -config.visibility.context :],
                torch.cat([values, value], 2)[:, :, -config.visibility.context :],
            )
            for (keys, values), (key, value) in zip(branch.past, made, strict=True)
        ]
        branch.conditions = [*branch.conditions, condition][-2:]

    def _denoised(
        self, branch: _Branch, x: Tensor, level: float, condition: Tensor
    ) -> tuple[Tensor, list[KeyValue]]:
        config = self._network.config
        past, frames = branch.past[0][0].shape[2], x.shape[1]
        known = rotation(torch.arange(-past, frames, device=x.device), config.width // config.heads)
        here = (known[0][past:], known[1][past:])
        levels = torch.full(x.shape[:2], level, device=x.device)
        given = torch.cat([x, torch.zeros_like(x)], -1) if config.reference else x
        cross = self._cross(frames, x) if config.conditioning == "cross" else None
        said, made = self._network.transformer(
            given, levels, condition, None, (here, known), branch.past, cross
        )
        return (x - level * said if config.predicts == "velocity" else said), made

    def _cross(self, frames: int, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        config = self._network.config
        at = torch.arange(frames, device=x.device)
        far = (at[:, None] - at[None]).abs() > config.condition_reach
        turned = rotation(at, config.width // config.heads)
        return torch.zeros(frames, frames, device=x.device).masked_fill_(far, float(HIDDEN)), turned


class _Plan:
    """Intents of a batch of conversations, drawn as the stream draws them."""

    def __init__(
        self, batch: int, ticks: int, chance: torch.Generator, given: Tensor | None
    ) -> None:
        kinds = len(KINDS)
        self._given = given
        self._marks = torch.rand(batch, ticks, kinds, generator=chance).logit()
        self._spread = SPREAD * torch.randn(batch, ticks, kinds, generator=chance)
        self._lasts = torch.tensor([float(LASTS[kind]) for kind in KINDS])
        self._age = self._lasts.expand(batch, kinds).clone()
        self._strength = torch.zeros(batch, kinds)
        self.pulses = torch.zeros(batch, ticks, kinds) if given is None else given.cpu()

    def next(self, expected: Expected | None, span: slice) -> Tensor:
        """Pulses of the next block."""
        if self._given is not None or expected is None:
            return self.pulses[:, span]
        beginnings, strengths = expected.beginnings[:, -1].cpu(), expected.strengths[:, -1].cpu()
        for lead, tick in enumerate(range(span.start, span.stop)):
            begins = beginnings[:, min(lead, AHEAD - 1)] > self._marks[:, tick]
            wanted = (strengths + self._spread[:, tick]).clamp(WEAKEST, 1)
            self._strength = torch.where(begins, wanted, self._strength)
            self._age = torch.where(begins, torch.zeros_like(self._age), self._age + 1)
            fading = (1 - self._age / self._lasts).clamp(0, 1)
            self.pulses[:, tick] = self._strength * fading
        return self.pulses[:, span]


@torch.no_grad()
def perceived_by(network: MotionNetwork, senses: Senses, block: int) -> Tensor:
    """What the Dual Motion Encoder makes of whole conversations."""
    starts = block_starts(senses.control.shape[1], block)
    until = block_ends(starts) if network.config.hears_block else starts
    own = own_windows(senses.own, network.config.own_past)
    parts = [
        network.encoder(
            own[i : i + ENCODED_AT_ONCE],
            senses.hearing[i : i + ENCODED_AT_ONCE],
            senses.sight[i : i + ENCODED_AT_ONCE],
            until,
        )
        for i in range(0, len(own), ENCODED_AT_ONCE)
    ]
    return torch.cat(parts)


def places(
    chance: np.random.Generator, lengths: Sequence[int], count: int, ticks: int
) -> list[tuple[int, int]]:
    """Where to begin rollouts: conversations and ticks by chance."""
    chosen = chance.integers(len(lengths), size=count).tolist()
    return [(which, int(chance.integers(max(1, lengths[which] - ticks)))) for which in chosen]
