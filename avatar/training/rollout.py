"""Many conversations generated at once, block by block, as a stream would: what preference
optimisation compares and what a student learns from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from avatar.generator.intents import AHEAD, KINDS, LASTS, SPREAD, WEAKEST
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.visibility import Positions, bias, block_starts
from avatar.nn.dfot import KeyValue
from avatar.nn.motion_network import (
    COMMIT_LEVEL,
    Expected,
    MotionNetwork,
    Senses,
)
from avatar.nn.rotary import rotation
from avatar.nn.token_codec import TokenCodec
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
    """What was generated: motions, their tokens as history has them, and the tokens where the
    solver ended, with the intents and the noise that they came from, and which acts begin where.
    """

    motions: Float[Tensor, "batch ticks dim"]
    history: Float[Tensor, "batch ticks token"]
    ends: Float[Tensor, "batch ticks token"]
    intents: Float[Tensor, "batch ticks kinds"]
    noise: Float[Tensor, "batch ticks token"]
    begun: Bool[Tensor, "batch ticks kinds"]


@dataclass(eq=False, slots=True)
class _Branch:
    """One guidance branch: what it perceives, and its memory."""

    perceived: Float[Tensor, "batch ticks dim"]
    senses: Senses
    past: list[KeyValue]
    conditions: Float[Tensor, "batch known dim"]
    expected: Expected | None = None


class Rollout:
    """Generates with a network as the stream does, many conversations at once."""

    def __init__(
        self,
        network: MotionNetwork,
        codec: MotionCodec,
        *,
        block: int,
        steps: int,
        guidance: Guidance,
    ) -> None:
        """`steps` of the solver for every block of `block` frames."""
        self._network, self._block, self._steps = network, block, steps
        self._guidance = guidance
        self._codec = TokenCodec(codec, next(network.parameters()).device)

    @torch.no_grad()
    def run(
        self,
        senses: Senses,
        seed: int,
        *,
        intents: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> Rolled:
        """Generate whole blocks as long as the senses go; the result is on the CPU.

        `intents` and `noise` replace the drawn ones.
        """
        device = self._codec.rest.device
        config, (batch, ticks) = self._network.config, senses.control.shape[:2]
        ticks -= ticks % self._block
        chance = torch.Generator().manual_seed(seed)
        if noise is None:
            noise = torch.randn(batch, ticks, config.token, generator=chance)
        plan = _Plan(batch, ticks, config.kinds, chance, intents)
        weights, perceived = self._guidance.branches(senses.on(device))
        branches = [self._begun(part) for part in perceived]
        motions, history, ends = list[Tensor](), list[Tensor](), list[Tensor]()
        before = self._codec.rest.expand(batch, -1)
        for begin in range(0, ticks, self._block):
            span = slice(begin, begin + self._block)
            pulses = plan.next(branches[0].expected, span).to(device)
            for branch in branches:
                self._condition(branch, pulses, span)
            end = self._solve(noise[:, span].to(device), branches, weights)
            motion = self._codec.decode(end, before)
            shown = self._codec.encode(motion, before)
            before = motion[:, -1]
            for branch in branches:
                self._commit(branch, shown)
            for kept, made in zip((motions, history, ends), (motion, shown, end), strict=True):
                kept.append(made.cpu())
        return Rolled(
            *(torch.cat(kept, 1) for kept in (motions, history, ends)),
            intents=plan.pulses[:, :ticks],
            noise=noise[:, :ticks],
            begun=plan.begun[:, :ticks],
        )

    def _begun(self, senses: Senses) -> _Branch:
        """A branch that remembers one resting frame, as a stream begins."""
        config, batch = self._network.config, len(senses.control)
        empty = senses.control.new_zeros(batch, config.heads, 0, config.width // config.heads)
        starts = block_starts(senses.control.shape[1], self._block)
        branch = _Branch(
            perceived=_in_parts(self._network, senses, starts),
            senses=senses,
            past=[(empty, empty)] * config.depth,
            conditions=senses.control.new_zeros(batch, 1, config.width),
        )
        rest = self._codec.rest.expand(batch, 1, -1)
        self._commit(branch, self._codec.encode(rest, rest[:, 0]))
        return branch

    def _condition(self, branch: _Branch, pulses: Tensor, span: slice) -> None:
        told = branch.senses.control[:, span.start : span.start + 1].expand(-1, self._block, -1)
        known = self._network.complete(
            branch.perceived[:, span], told, branch.senses.traits, pulses
        )
        branch.expected = known.expected
        reach = self._network.config.condition_reach
        branch.conditions = torch.cat([branch.conditions[:, -reach:], known.condition], dim=1)

    def _solve(
        self, noise: Tensor, branches: Sequence[_Branch], weights: tuple[float, ...]
    ) -> Tensor:
        """Euler steps of the flow from noise to motion."""
        x, levels = noise, torch.linspace(1, 0, self._steps + 1).tolist()
        for level, lower in pairwise(levels):
            clean = torch.zeros_like(x)
            for branch, weight in zip(branches, weights, strict=True):
                clean = clean + weight * self._denoised(branch, x, level)[0]
            x = clean + lower / level * (x - clean)
        return x

    def _commit(self, branch: _Branch, tokens: Tensor) -> None:
        """Remember a finished block."""
        _, made = self._denoised(branch, tokens, COMMIT_LEVEL)
        context = self._network.config.visibility.context
        branch.past = [
            (
                torch.cat([keys, key], 2)[:, :, -context:],
                torch.cat([values, value], 2)[:, :, -context:],
            )
            for (keys, values), (key, value) in zip(branch.past, made, strict=True)
        ]

    def _denoised(self, branch: _Branch, x: Tensor, level: float) -> tuple[Tensor, list[KeyValue]]:
        config, device = self._network.config, x.device
        past, frames = branch.past[0][0].shape[2], x.shape[1]
        asked_from = branch.conditions.shape[1] - frames
        width = config.width // config.heads
        here = np.arange(frames)
        visible = config.visibility.pairs(here, np.arange(-past, frames), 0 * here, frames)
        known = rotation(torch.arange(-past, frames, device=device), width)
        turned = (known[0][past:], known[1][past:])
        near = np.abs(here[:, None] - np.arange(-asked_from, frames)[None])
        asked = (
            branch.conditions,
            torch.from_numpy(bias(near <= config.condition_reach)).to(device),
            rotation(torch.arange(-asked_from, frames, device=device), width),
        )
        levels = torch.full(x.shape[:2], level, device=device)
        said, made = self._network.transformer(
            x,
            levels,
            branch.conditions[:, asked_from:],
            torch.from_numpy(bias(visible)).to(device),
            (turned, known),
            branch.past,
            asked,
        )
        return self._network.clean(said, x, levels), made


class _Plan:
    """Intents of a batch of conversations, drawn as the stream draws them."""

    def __init__(
        self,
        batch: int,
        ticks: int,
        kinds: int,
        chance: torch.Generator,
        given: Tensor | None,
    ) -> None:
        self._given = given
        self._marks = torch.rand(batch, ticks, kinds, generator=chance).logit()
        self._spread = SPREAD * torch.randn(batch, ticks, kinds, generator=chance)
        self._lasts = torch.tensor([float(LASTS[kind]) for kind in KINDS[:kinds]])
        self._age = self._lasts.expand(batch, kinds).clone()
        self._strength = torch.zeros(batch, kinds)
        self.pulses = torch.zeros(batch, ticks, kinds) if given is None else given.cpu()
        self.begun = torch.zeros(batch, ticks, kinds, dtype=torch.bool)

    def next(self, expected: Expected | None, span: slice) -> Tensor:
        """Pulses of the next block."""
        if self._given is not None or expected is None:
            return self.pulses[:, span]
        beginnings, strengths = expected.beginnings[:, -1].cpu(), expected.strengths[:, -1].cpu()
        for lead, tick in enumerate(range(span.start, span.stop)):
            begins = beginnings[:, min(lead, AHEAD - 1)] > self._marks[:, tick]
            self.begun[:, tick] = begins
            wanted = (strengths + self._spread[:, tick]).clamp(WEAKEST, 1)
            self._strength = torch.where(begins, wanted, self._strength)
            self._age = torch.where(begins, torch.zeros_like(self._age), self._age + 1)
            fading = (1 - self._age / self._lasts).clamp(0, 1)
            self.pulses[:, tick] = self._strength * fading
        return self.pulses[:, span]


def _in_parts(network: MotionNetwork, senses: Senses, starts: Positions) -> Tensor:
    """What is perceived, a few conversations at a time."""
    ticks = slice(senses.control.shape[1])
    parts = [
        network.perceive(senses.part(slice(i, i + ENCODED_AT_ONCE), ticks), starts)
        for i in range(0, len(senses.control), ENCODED_AT_ONCE)
    ]
    return torch.cat(parts)
