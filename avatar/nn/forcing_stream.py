"""The official model, and what its samplers share: guidance, noise levels, what frames hear."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.model import MotionAutoencoder
from avatar.nn.forcing import Conditions, ForcingConfig, ForcingTransformer, level_waves

TIMES = 1000
"""Entries of the table of noise levels, and the time of nothing but noise."""

LEAST = 3
"""Evaluations of one step: the last two of the released sampler move nothing."""

Latents = Float[Tensor, "_ _ latent"]
"""Batch, frames, numbers."""


class ForcingModel(nn.Module):
    """The auto-encoder, the projection of audio features, conditions and the transformer."""

    def __init__(self, autoencoder: AutoencoderConfig, forcing: ForcingConfig) -> None:
        super().__init__()
        self.config = forcing
        self.autoencoder = MotionAutoencoder(autoencoder)
        self.projection = nn.Sequential(
            nn.Linear(forcing.features, forcing.latent), nn.LayerNorm(forcing.latent), nn.SiLU()
        )
        self.conditions = Conditions(forcing)
        self.transformer = ForcingTransformer(forcing)


@dataclass(frozen=True, slots=True)
class Guidance:
    """Evaluations of the sampler, and how strongly the own voice and the user are followed.

    One that is not `guided` hears all at once in a single row, as a student was taught to.
    """

    evaluations: int = 10
    own: float = 2.0
    user: float = 1.0
    guided: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError for fewer evaluations than make a step."""
        if self.evaluations < LEAST:
            raise ValueError(f"at least {LEAST} evaluations are needed, not {self.evaluations}")

    @property
    def times(self) -> Float[Tensor, " times"]:
        """From noise to motion; the last one asks for nothing."""
        return torch.linspace(TIMES, 0, self.evaluations - 1)

    @property
    def rows(self) -> int:
        """Of a conversation: without conditions, with the own voice, with the user; or one."""
        return 3 if self.guided else 1

    def heard(self, heard: "Heard") -> "Heard":
        """What the rows of each conversation hear."""
        return heard.branches() if self.guided else heard

    def mixed(self, velocities: Float[Tensor, "batch rows frames latent"]) -> Latents:
        """Of velocities without conditions, with the own voice alone, and with the user alone."""
        if not self.guided:
            return velocities[:, 0]
        none, own, user = velocities.unbind(1)
        return none + self.own * (own - none) + self.user * (user - none)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a span of frames is conditioned on: projected audio and the user's motion."""

    own: Latents
    user: Latents
    motion: Latents

    def span(self, begin: int, end: int) -> "Heard":
        """Frames from one to another; beyond the end the last is repeated."""
        at = torch.arange(begin, end, device=self.own.device).clamp(0, self.own.shape[1] - 1)
        return Heard(self.own[:, at], self.user[:, at], self.motion[:, at])

    def branches(self) -> "Heard":
        """Three rows for each: nothing, the own voice, the user."""
        nothing = torch.zeros_like(self.own)
        return Heard(
            torch.stack([nothing, self.own, nothing], 1).flatten(0, 1),
            torch.stack([nothing, nothing, self.user], 1).flatten(0, 1),
            torch.stack([nothing, nothing, self.motion], 1).flatten(0, 1),
        )


ONE_STEP = Guidance(LEAST, guided=False)
"""Of a student, which lands where its teacher ends."""


def noise_levels() -> Float[Tensor, " times"]:
    """The table of noise levels from 1 to 0."""
    return torch.linspace(1, 0, TIMES)


def noise_level(time: float) -> float:
    """The nearest entry of the table; without noise at time 0."""
    if time == 0:
        return 0.0
    levels = noise_levels()
    return float(levels[(levels * TIMES - time).abs().argmin()])


def training_weights() -> Float[Tensor, " times"]:
    """How much each time counted in training."""
    bell = torch.exp(-2 * ((noise_levels() * TIMES - TIMES / 2) / TIMES) ** 2)
    raised = bell - bell.min()
    return raised * (TIMES / raised.sum())


def time_parts(
    model: ForcingModel, times: Float[Tensor, " times"]
) -> tuple[Tensor, Tensor, Tensor]:
    """What the transformer makes of times: their embedding, its modulation, and the last one."""
    embedded = model.transformer.level(level_waves(times[None]))[0]
    active = F.silu(embedded)
    return embedded, model.transformer.modulation(active), model.transformer.last_modulation(active)
