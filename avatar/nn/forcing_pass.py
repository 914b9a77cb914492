"""One run through the official transformer's layers with all prepared that can be.

Noise levels are tables, keys and values of what was heard are given, and those of earlier frames
are turned already. Only what depends on the latents is computed.
"""

from dataclasses import dataclass

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional as F

from avatar.nn.forcing import (
    Block,
    ForcingTransformer,
    Frames,
    Heads,
    Turns,
    level_waves,
    turned,
)

Kept = Float[Tensor, "2 depth _ heads _ size"]
"""Keys and values of all layers."""
Mask = Bool[Tensor, "... frames _"]
Levels = Float[Tensor, "8 _ dim"]
"""Of times or frames: shift, scale and gate of attention and of the wide layer, and of the end."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the frames of a call attend to.

    `own` has room for their own keys and values at its end, which every run writes anew.
    """

    own: Kept
    heard: Kept
    turns: Turns
    near_past: Mask
    near: Mask

    def attended(self, index: int, queries: Heads, keys: Heads, values: Heads) -> Frames:
        """Self-attention of a layer, to earlier frames and to each other."""
        frames = keys.shape[2]
        self.own[0, index, :, :, -frames:] = turned(keys, self.turns)
        self.own[1, index, :, :, -frames:] = values
        queries = turned(queries, self.turns)
        return _attended(queries, self.own[:, index], self.near_past)

    def answered(self, index: int, queries: Heads) -> Frames:
        """Cross-attention of a layer, to what was heard near by."""
        return _attended(queries, self.heard[:, index], self.near)


def levels(transformer: ForcingTransformer, times: Float[Tensor, " times"]) -> Levels:
    """All that depends on nothing but the time. Scales have their one added."""
    active = F.silu(transformer.level(level_waves(times[None])))[0]
    parts = [
        *transformer.modulation(active).chunk(6, dim=-1),
        *transformer.last_modulation(active).chunk(2, dim=-1),
    ]
    for scale in (1, 4, 7):
        parts[scale] = parts[scale] + 1
    return torch.stack(parts)


def told(transformer: ForcingTransformer, condition: Frames) -> Kept:
    """Keys and values of conditions, in every layer."""
    pairs = [torch.stack(block.told_of_conditions(condition)) for block in blocks(transformer)]
    return torch.stack(pairs, dim=1)


def velocities(
    transformer: ForcingTransformer, tokens: Frames, level: Levels, known: Known
) -> Frames:
    """Velocities of latents that lie beside their reference, in float32."""
    x, parts = _begun(transformer, tokens), level.unbind(0)
    for index, block in enumerate(blocks(transformer)):
        queries, keys, values = block.told_of_motion(x, parts[1], parts[0])
        x = _through(block, x, parts, index, known, (queries, keys, values))
    ended = transformer.norm(x) * parts[7] + parts[6]
    return transformer.out(ended.to(transformer.out.weight.dtype)).float()


def keys_and_values(
    transformer: ForcingTransformer, tokens: Frames, level: Levels, known: Known
) -> Kept:
    """Every layer's keys and values of the frames, not turned; the last layer stops there."""
    x, parts = _begun(transformer, tokens), level.unbind(0)
    kept: list[Tensor] = []
    last = len(transformer.blocks) - 1
    for index, block in enumerate(blocks(transformer)):
        queries, keys, values = block.told_of_motion(x, parts[1], parts[0])
        kept.append(torch.stack([keys, values]))
        if index < last:
            x = _through(block, x, parts, index, known, (queries, keys, values))
    return torch.stack(kept, dim=1)


def blocks(transformer: ForcingTransformer) -> list[Block]:
    """The layers."""
    return [block for block in transformer.blocks if isinstance(block, Block)]


def _begun(transformer: ForcingTransformer, tokens: Frames) -> Frames:
    return transformer.token(tokens.to(transformer.token.weight.dtype)).float()


def _through(
    block: Block,
    x: Frames,
    parts: tuple[Tensor, ...],
    index: int,
    known: Known,
    own: tuple[Heads, Heads, Heads],
) -> Frames:
    x = x + parts[2] * block.out(known.attended(index, *own))
    x = x + block.cross_out(known.answered(index, block.asked(x)))
    return x + parts[5] * block.widened(x, parts[4], parts[3])


def _attended(queries: Heads, known: Float[Tensor, "2 _ heads known size"], mask: Mask) -> Frames:
    mixed = F.scaled_dot_product_attention(queries, known[0], known[1], attn_mask=mask)
    return rearrange(mixed, "b h f w -> b f (h w)")
