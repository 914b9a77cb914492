"""Many blocks of a conversation in one run of the official transformer, to be learned from.

What a stream computes block after block is laid side by side: of every block its frames without
noise, which later blocks remember, and its frames in noise. Masks let each see what it would see in
the stream, so that a student learns under the conditions that it will meet, and gradients reach
what is remembered as well as what is asked.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional as F

from avatar.nn.forcing import LOOK_AHEAD, ForcingConfig, Given, level_waves, turns_of
from avatar.nn.forcing_pass import blocks
from avatar.nn.forcing_stream import TIMES, ForcingModel, Heard, noise_level
from avatar.training.forcing_lessons import ForcingLessons, span_of


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """Tokens of a clip and the blocks after it.

    `frames` are their places, `noisy` whether they are of a block in noise, `asked` whether its
    velocity is; `near_past` is what they see of each other, `near` what of conditions, which are
    those of the clip and then of each block with its context.
    """

    frames: Int[Tensor, " tokens"]
    noisy: Bool[Tensor, " tokens"]
    asked: Bool[Tensor, " tokens"]
    near_past: Bool[Tensor, "tokens tokens"]
    near: Bool[Tensor, "tokens conditions"]


@lru_cache(maxsize=8)
def layout(config: ForcingConfig, block: int, count: int) -> Layout:
    """For `count` blocks after a clip."""
    clip, chunk = config.clip, block + LOOK_AHEAD
    begins = [clip + index * block for index in range(count)]
    places = [torch.arange(clip)]
    places += [torch.arange(begin - LOOK_AHEAD, begin + block) for begin in begins for _ in "cn"]
    frames = torch.cat(places)
    lengths = torch.tensor([clip] + [chunk] * (2 * count))
    order = torch.tensor([0] + [index + 1 for index in range(count) for _ in "cn"])
    chunks = order.repeat_interleave(lengths)
    noisy = torch.tensor([False] + [False, True] * count).repeat_interleave(lengths)
    starts = torch.tensor([0, *begins])[chunks]
    asked = noisy & (frames >= starts)
    ends = torch.tensor([clip, *(begin + block for begin in begins)])[chunks]
    stays = ~noisy & (frames < ends - LOOK_AHEAD)
    kept = clip - block - LOOK_AHEAD

    ahead = frames[None] - frames[:, None]
    together = (chunks[None] == chunks[:, None]) & (ahead <= LOOK_AHEAD)
    alike = together & (noisy[None] == noisy[:, None])
    earlier = (chunks[None] < chunks[:, None]) & stays[None]
    oldest = (starts - LOOK_AHEAD)[:, None]
    remembered = earlier & (frames[None] >= oldest - kept)
    close = ahead >= -LOOK_AHEAD
    heard = (together | (earlier & (frames[None] >= oldest - LOOK_AHEAD))) & close
    return Layout(frames, noisy, asked, alike | remembered, heard[:, ~noisy])


def landings(
    model: ForcingModel, lessons: ForcingLessons, block: int
) -> Float[Tensor, "scenes frames latent"]:
    """Where one evaluation lands from the noise of every block after the first clip.

    `lessons` lie on the model's device, and begin with a clip of what was shown.
    """
    clip, frames = model.config.clip, lessons.shown.shape[1]
    plan = layout(model.config, block, (frames - clip) // block)
    device = lessons.shown.device
    noisy, asked = plan.noisy.to(device), plan.asked.to(device)
    at = plan.frames.to(device)
    latents = torch.where(asked[:, None], lessons.noise[:, at], lessons.shown[:, at])
    times = (TIMES * asked.float())[None]
    reference = lessons.scenes.reference[:, None].expand(-1, len(at), -1)
    transformer = model.transformer
    x = transformer.token(torch.cat([latents, reference], dim=-1))
    active = F.silu(transformer.level(level_waves(times)))
    given = Given(
        modulation=transformer.modulation(active).chunk(6, dim=-1),
        condition=_conditions(model, lessons.scenes.heard, block),
        turns=turns_of(at, model.config.width // model.config.heads),
        near_past=plan.near_past.to(device),
        near=plan.near.to(device),
    )
    for layer in blocks(transformer):
        x, _ = layer(x, given, None)
    shift, scale = transformer.last_modulation(active).chunk(2, dim=-1)
    ended = transformer.norm(x) * (1 + scale) + shift
    velocity = transformer.out(ended[:, noisy & asked])
    return lessons.noise[:, clip:] + (noise_level(0) - noise_level(TIMES)) * velocity.float()


def _conditions(
    model: ForcingModel, heard: Heard, block: int
) -> Float[Tensor, "scenes conditions width"]:
    """Of the clip, and of each block with its context."""
    clip, frames = model.config.clip, heard.own.shape[1]
    first = heard.span(0, clip)
    parts = [model.conditions(first.own, first.user, first.motion)]
    for end in range(clip + block, frames + 1, block):
        window = heard.span(end - span_of(block), end)
        told = model.conditions(window.own, window.user, window.motion)
        parts.append(told[:, -(block + LOOK_AHEAD) :])
    return torch.cat(parts, dim=1)
