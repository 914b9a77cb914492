"""The released sampler as it is: every evaluation by itself, and one that changes nothing.

It is what `forcing_sampler` is compared with, in numbers and in speed: nothing is kept between
evaluations but the cache, places count from the start, and all is in float32.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from avatar.nn.forcing import LOOK_AHEAD, ForcingConfig, KeyValue, Past
from avatar.nn.forcing_stream import (
    ForcingModel,
    Guidance,
    Heard,
    Latents,
    noise_level,
)


@dataclass(frozen=True, slots=True)
class ReferenceState:
    """What goes from one block to the next: the cache, the last frames, and where they end."""

    past: tuple[Past, ...]
    context: Latents
    end: int


@torch.inference_mode()
def velocities(
    model: ForcingModel,
    latents: Latents,
    time: float,
    condition: Float[Tensor, "3 frames width"],
    reference: Float[Tensor, "1 latent"],
    state: ReferenceState | None,
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
    state: ReferenceState | None = None,
) -> tuple[Latents, ReferenceState]:
    """The next frames, as many as there is noise for, and the state after them.

    `heard` is of all frames since the start. The first block is as long as a clip.
    """
    begin = 0 if state is None else state.end
    shown = 0 if state is None else LOOK_AHEAD
    end = begin + noise.shape[1]
    window = heard.span(begin - shown, end).branches()
    condition = model.conditions(window.own, window.user, window.motion)
    latents = noise if state is None else torch.cat([state.context, noise], dim=1)
    times = [float(time) for time in guidance.times]
    for time, after in pairwise([*times, times[-1]]):
        branches, _ = velocities(model, latents, time, condition, reference, state)
        step = noise_level(after) - noise_level(time)
        mixed = guidance.mixed(branches[None])
        moved = (latents.double() + step * mixed.double()).to(latents.dtype)
        latents = torch.cat([latents[:, :shown], moved[:, shown:]], dim=1)
    _, made = velocities(model, latents, 0.0, condition, reference, state)
    kept = committed(model.config, made, state)
    return latents[:, -noise.shape[1] :], ReferenceState(kept, latents[:, -LOOK_AHEAD:], end)


def committed(
    config: ForcingConfig, made: tuple[Past, ...], state: ReferenceState | None
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
