"""Motion latents block by block, with a rolling cache (Avatar Forcing, section 3.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.model import MotionAutoencoder
from avatar.nn.forcing import (
    LOOK_AHEAD,
    Conditions,
    ForcingConfig,
    ForcingTransformer,
    KeyValue,
    Past,
    level_waves,
)

TIMES = 1000
"""Entries of the table of noise levels, and the time of nothing but noise."""

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
    """Evaluations of the sampler, and how strongly the own voice and the user are followed."""

    evaluations: int = 10
    own: float = 2.0
    user: float = 1.0

    @property
    def times(self) -> Float[Tensor, " times"]:
        """From noise to motion; the last one asks for nothing."""
        return torch.linspace(TIMES, 0, self.evaluations - 1)

    def mixed(self, velocities: Float[Tensor, "3 frames latent"]) -> Float[Tensor, "1 f latent"]:
        """Of velocities without conditions, with the own voice alone, and with the user alone."""
        none, own, user = velocities.unbind(0)
        return (none + self.own * (own - none) + self.user * (user - none))[None]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a span of frames is conditioned on: projected audio and the user's motion."""

    own: Latents
    user: Latents
    motion: Latents

    def span(self, begin: int, end: int) -> "Heard":
        """Frames from one to another; beyond the end the last is repeated."""
        at = torch.arange(begin, end).clamp(0, self.own.shape[1] - 1)
        return Heard(self.own[:, at], self.user[:, at], self.motion[:, at])

    def branches(self) -> "Heard":
        """Three rows: nothing, the own voice, the user."""
        nothing = torch.zeros_like(self.own)
        return Heard(
            torch.cat([nothing, self.own, nothing]),
            torch.cat([nothing, nothing, self.user]),
            torch.cat([nothing, nothing, self.motion]),
        )


@dataclass(frozen=True, slots=True)
class ForcingState:
    """What goes from one block to the next: the cache, the last frames, and where they end."""

    past: tuple[Past, ...]
    context: Latents
    end: int


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


@torch.inference_mode()
def velocities(
    model: ForcingModel,
    latents: Latents,
    time: float,
    condition: Float[Tensor, "3 frames width"],
    reference: Float[Tensor, "1 latent"],
    state: ForcingState | None,
) -> tuple[Float[Tensor, "3 frames latent"], tuple[Past, ...]]:
    """Velocities of all three branches, and their keys and values; context is without noise."""
    frames = latents.shape[1]
    times = torch.full((3, frames), time, dtype=latents.dtype)
    if state is not None:
        times[:, :LOOK_AHEAD] = 0
    return model.transformer(
        latents.expand(3, -1, -1),
        times,
        condition,
        reference.expand(3, -1),
        0 if state is None else state.end - LOOK_AHEAD,
        None if state is None else state.past,
    )


@torch.inference_mode()
def next_block(
    model: ForcingModel,
    noise: Latents,
    heard: Heard,
    reference: Float[Tensor, "1 latent"],
    guidance: Guidance,
    state: ForcingState | None = None,
) -> tuple[Latents, ForcingState]:
    """The next frames, as many as there is noise for, and the state after them.

    `heard` is of all frames since the start. The first block is as long as a clip.
    """
    begun, condition = opened(model, noise, heard, state)
    *_, latents = denoised(model, begun, condition, reference, guidance, state)
    _, made = velocities(model, latents, 0.0, condition, reference, state)
    kept = committed(model.config, made, state)
    end = (0 if state is None else state.end) + noise.shape[1]
    return latents[:, -noise.shape[1] :], ForcingState(kept, latents[:, -LOOK_AHEAD:], end)


@torch.inference_mode()
def opened(
    model: ForcingModel, noise: Latents, heard: Heard, state: ForcingState | None
) -> tuple[Latents, Float[Tensor, "3 _ width"]]:
    """A block before it is denoised, behind its context, and the conditions of its branches."""
    begin = 0 if state is None else state.end
    shown = 0 if state is None else LOOK_AHEAD
    window = heard.span(begin - shown, begin + noise.shape[1]).branches()
    condition = model.conditions(window.own, window.user, window.motion)
    return (noise if state is None else torch.cat([state.context, noise], dim=1)), condition


@torch.inference_mode()
def denoised(
    model: ForcingModel,
    latents: Latents,
    condition: Float[Tensor, "3 frames width"],
    reference: Float[Tensor, "1 latent"],
    guidance: Guidance,
    state: ForcingState | None,
) -> Iterator[Latents]:
    """A block after each step. The released sampler asks once more at the end, for nothing."""
    shown = 0 if state is None else LOOK_AHEAD
    for time, after in pairwise(float(time) for time in guidance.times):
        branches, _ = velocities(model, latents, time, condition, reference, state)
        step = noise_level(after) - noise_level(time)
        moved = (latents.double() + step * guidance.mixed(branches).double()).to(latents.dtype)
        latents = torch.cat([latents[:, :shown], moved[:, shown:]], dim=1)
        yield latents


def committed(
    config: ForcingConfig, made: tuple[Past, ...], state: ForcingState | None
) -> tuple[Past, ...]:
    """The cache after a block: without its last frames, which have not seen what follows them."""
    most = config.clip - config.block - LOOK_AHEAD

    def rolled(layer: Past, before: Past | None) -> Past:
        own = _joined(None if before is None else before.own, layer.own)
        return Past(_last(own, most), _last(_without_end(layer.heard), LOOK_AHEAD))

    befores = [None] * len(made) if state is None else list(state.past)
    return tuple(rolled(layer, before) for layer, before in zip(made, befores, strict=True))


def _joined(before: KeyValue | None, new: KeyValue) -> KeyValue:
    keys, values = _without_end(new)
    if before is None:
        return keys, values
    return torch.cat([before[0], keys], 2), torch.cat([before[1], values], 2)


def _without_end(pair: KeyValue) -> KeyValue:
    return pair[0][:, :, :-LOOK_AHEAD], pair[1][:, :, :-LOOK_AHEAD]


def _last(pair: KeyValue, most: int) -> KeyValue:
    return pair[0][:, :, -most:], pair[1][:, :, -most:]


def time_parts(
    model: ForcingModel, times: Float[Tensor, " times"]
) -> tuple[Tensor, Tensor, Tensor]:
    """What the transformer makes of times: their embedding, its modulation, and the last one."""
    embedded = model.transformer.level(level_waves(times[None]))[0]
    active = F.silu(embedded)
    return embedded, model.transformer.modulation(active), model.transformer.last_modulation(active)
