"""Diffusion forcing (Avatar Forcing, section 3.3): every block of a conversation has a noise level
of its own, so that the network learns to go on from history of any quality.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.generator.percepts import heard_numbers
from avatar.generator.visibility import Positions, block_starts
from avatar.nn.motion_network import Expected, MotionNetwork, Senses
from avatar.training.batches import Batch, Corpus
from avatar.training.loop import Losses, StepChance
from avatar.training.recipes import ForcingRecipe

NEARLY_CLEAN, NEARLY_CLEAN_SHARE = 0.12, 0.6
PURE_NOISE, PURE_NOISE_SHARE = 0.95, 0.15
"""Of sequences that stand for a stream: levels and shares of blocks that are history, or new."""
WEIGHT_FLOOR = 0.4
"""Errors at lower noise levels weigh no more than here; else they swamp the rest and history is no
longer used."""
CHANGE_WEIGHT = 0.5
SMOOTH_WEIGHT = 3.0
"""Weight of the tokens that say how much a channel changes."""
EXPECT_WEIGHT, GUESS_WEIGHT = 1.0, 0.3
LOOK_AHEADS, LOOK_AHEAD_SHARES = (0, 1, 2, 4), (0.1, 0.1, 0.25, 0.55)


class Guess(nn.Module):
    """Guesses the motion from the condition alone, which teaches the condition what matters. It is
    not part of what ships.
    """

    def __init__(self, width: int, token: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, width)
        self.outer = nn.Linear(width, token)

    def forward(
        self, condition: Float[Tensor, "batch ticks width"]
    ) -> Float[Tensor, "batch ticks token"]:
        """Tokens."""
        return self.outer(F.silu(self.inner(condition)))


@dataclass(frozen=True, slots=True)
class Blocks:
    """How a window is cut: the size of its blocks, and the first frame of each frame's block."""

    size: int
    starts: Positions

    @classmethod
    def drawn(cls, chance: np.random.Generator, sizes: tuple[int, ...], ticks: int) -> "Blocks":
        """A size by chance and a first block that may be cut."""
        size = int(chance.choice(sizes))
        offset = int(chance.integers(size))
        return cls(size, block_starts(ticks, size, offset))


class ForcingStage(nn.Module):
    """The network with what only training needs, and the losses of a step."""

    def __init__(
        self, network: MotionNetwork, recipe: ForcingRecipe, corpus: Corpus, channels: int
    ) -> None:
        """`channels` is the number of levels in a token; changes follow them."""
        super().__init__()
        self.network = network
        self.guess = Guess(network.config.width, network.config.token)
        self._recipe, self._corpus = recipe, corpus
        self._weight = torch.ones(network.config.token)
        self._weight[channels:] = SMOOTH_WEIGHT

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.network.parameters()).device

    def losses(self, chance: StepChance) -> Losses:
        """Of a batch that is drawn here."""
        recipe = self._recipe
        batch = self._corpus.draw(
            chance.numbers, recipe.optimiser.batch, recipe.optimiser.window, recipe.event_share
        )
        return self.losses_of(batch, chance)

    def losses_of(self, batch: Batch, chance: StepChance) -> Losses:
        """Of a given batch."""
        recipe, ticks = self._recipe, batch.tokens.shape[1]
        blocks = Blocks.drawn(chance.numbers, recipe.blocks, ticks)
        level = noise_levels(chance.noise, len(batch.tokens), blocks, recipe.history_share)
        senses = drop_conditions(batch.senses, recipe, chance.noise)
        kept = torch.rand(len(batch.tokens), 1, 1, generator=chance.noise) >= recipe.drop_intents
        noise = torch.randn(batch.tokens.shape, generator=chance.noise)
        batch = batch._replace(senses=senses, intents=batch.intents * kept).on(self.device)
        noise, level = noise.to(self.device), level.to(self.device)
        noisy = torch.lerp(batch.tokens, noise, level[..., None])
        with torch.autocast(self.device.type, torch.bfloat16):
            known = self.network.understand(batch.senses, batch.intents, blocks.starts)
            said = self.network.denoise(noisy, level, known.condition, blocks.starts, blocks.size)
            guessed = self.guess(known.condition)
        losses = self._motion_losses(said.float(), batch.tokens, noise, level)
        losses["guess"] = F.mse_loss(guessed.float(), batch.tokens)
        losses["loss"] = losses["motion"] + GUESS_WEIGHT * losses["guess"]
        if known.expected is not None:
            losses |= expectation_losses(known.expected, batch)
            losses["loss"] = losses["loss"] + EXPECT_WEIGHT * (
                losses["beginnings"] + losses["strengths"]
            )
        return losses

    def _motion_losses(
        self,
        said: Float[Tensor, "batch ticks token"],
        clean: Float[Tensor, "batch ticks token"],
        noise: Float[Tensor, "batch ticks token"],
        level: Float[Tensor, "batch ticks"],
    ) -> Losses:
        if self._recipe.loss == "l1":
            return {"motion": (said - (noise - clean)).abs().mean()}
        error = said - clean
        weight = self._weight.to(error.device)
        by_level = (0.25 / level.clamp_min(WEIGHT_FLOOR) ** 2)[..., None]
        change = error.diff(dim=1)
        motion = (by_level * weight * error**2).mean()
        smooth = (by_level[:, 1:] * weight * change**2).mean()
        with torch.no_grad():
            hardest = level > 0.9
            unseen = (error[hardest] ** 2).mean() if hardest.any() else error.new_zeros(())
        return {"motion": motion + CHANGE_WEIGHT * smooth, "from noise": unseen}


def noise_levels(
    noise: torch.Generator, batch: int, blocks: Blocks, history_share: float
) -> Float[Tensor, "batch ticks"]:
    """A level for each block: independent, or as in a stream, mostly history and some of it new."""
    drawn = torch.rand(3, batch, len(blocks.starts), generator=noise)
    uniform, kind, amount = drawn[:, :, torch.from_numpy(blocks.starts.clip(0))]
    streamed = torch.where(kind < NEARLY_CLEAN_SHARE, amount * NEARLY_CLEAN, uniform)
    fresh = PURE_NOISE + (1 - PURE_NOISE) * amount
    streamed = torch.where(kind > 1 - PURE_NOISE_SHARE, fresh, streamed)
    as_stream = torch.rand(batch, 1, generator=noise) < history_share
    return torch.where(as_stream, streamed, uniform)


def drop_conditions(senses: Senses, recipe: ForcingRecipe, noise: torch.Generator) -> Senses:
    """Conditions made absent by chance, and a look-ahead of the own voice by chance."""
    batch = len(senses.own)

    def kept(probability: float) -> Float[Tensor, " batch"]:
        return (torch.rand(batch, generator=noise) >= probability).float()

    everything, user = kept(recipe.drop_all), kept(recipe.drop_user)
    one = torch.rand(batch, generator=noise)
    ears = user * (one >= recipe.drop_one_sense / 2)
    eyes = user * (one < 1 - recipe.drop_one_sense / 2)
    own = kept(recipe.drop_own) * everything
    shares = torch.tensor(LOOK_AHEAD_SHARES)
    ahead = torch.tensor(LOOK_AHEADS)[torch.multinomial(shares, batch, True, generator=noise)]
    audible = torch.arange(senses.own.shape[2])[None] <= ahead[:, None]
    spoken = senses.own * own[:, None, None, None] * audible[:, None, :, None]
    spoken[..., heard_numbers() :] *= kept(recipe.drop_phones)[:, None, None, None]
    return Senses(
        own=spoken,
        hearing=senses.hearing * (ears * everything)[:, None, None],
        sight=senses.sight * (eyes * everything)[:, None, None],
        control=senses.control * everything[:, None, None],
        traits=senses.traits * (kept(recipe.drop_traits) * everything)[:, None],
    )


def without_user(senses: Senses) -> Senses:
    """The same, deaf and blind to the user."""
    return senses._replace(
        hearing=torch.zeros_like(senses.hearing), sight=torch.zeros_like(senses.sight)
    )


def without_own(senses: Senses) -> Senses:
    """The same, deaf to the own voice."""
    return senses._replace(own=torch.zeros_like(senses.own))


def expectation_losses(expected: Expected, batch: Batch) -> Losses:
    """How well beginnings are expected (in nats a tick), and the strengths of those that came.

    Only windows that were drawn evenly say how often something begins.
    """
    beginnings = F.binary_cross_entropy_with_logits(
        expected.beginnings.float(), batch.beginnings, reduction="none"
    )
    came, natural = batch.beginnings[:, :, 0], batch.natural
    error = (expected.strengths.float() - batch.strengths) ** 2 * came
    return {
        "beginnings": (beginnings.sum(-1).mean((1, 2)) * natural).sum()
        / natural.sum().clamp_min(1),
        "strengths": error.sum() / came.sum().clamp_min(1),
    }
