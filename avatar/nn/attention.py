"""Attention over frames with rotary positions, written out.

On a CPU the backward pass of the fused kernel with a mask takes a third of a training step; the
written-out form takes half of that and exports to a plain graph.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from avatar.nn.rotary import rotate

Rotation = tuple[Float[Tensor, "_ half"], Float[Tensor, "_ half"]]


def attend(
    queries: Float[Tensor, "batch heads q width"],
    keys: Float[Tensor, "batch heads k width"],
    values: Float[Tensor, "batch heads k width"],
    mask: Float[Tensor, "q k"] | None,
) -> Float[Tensor, "batch q heads*width"]:
    """Softmax attention; `mask` is added to the scores. Heads come out side by side."""
    scores = queries @ keys.transpose(-1, -2) * queries.shape[-1] ** -0.5
    if mask is not None:
        scores = scores + mask.to(scores.dtype)
    shares = torch.softmax(scores, dim=-1).to(values.dtype)
    return rearrange(shares @ values, "batch heads q width -> batch q (heads width)")


def split_heads(
    x: Float[Tensor, "batch frames dim"], heads: int
) -> Float[Tensor, "batch heads frames width"]:
    """Heads apart from each other."""
    return rearrange(x, "batch frames (heads width) -> batch heads frames width", heads=heads)


class CrossAttention(nn.Module):
    """Frames of one stream ask frames of another. Keys are rotated when they are used, so that a
    stream may keep them at any position.
    """

    def __init__(self, dim: int, heads: int, *, source_dim: int | None = None) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key_value = nn.Linear(source_dim or dim, 2 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(
        self,
        x: Float[Tensor, "batch q dim"],
        source: Float[Tensor, "batch k source"],
        mask: Float[Tensor, "q k"] | None,
        at: Rotation,
        source_at: Rotation,
    ) -> Float[Tensor, "batch q dim"]:
        """What each frame of `x` takes from `source`."""
        keys, values = self.key_value(source).chunk(2, dim=-1)
        queries = rotate(split_heads(self.query(x), self.heads), at)
        keys = rotate(split_heads(keys, self.heads), source_at)
        return self.out(attend(queries, keys, split_heads(values, self.heads), mask))
