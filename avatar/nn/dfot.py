"""The diffusion forcing transformer: noisy motion tokens and conditions in, clean motion out.

As in Avatar Forcing (section 3.3), every token has a noise level of its own, one adaptive layer
norm is shared by all blocks (each adds its own bias), and attention follows a causal mask policy.
"""

from math import log

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.generator.network_config import MotionNetworkConfig
from avatar.nn.attention import CrossAttention, Rotation, attend, split_heads
from avatar.nn.rotary import rotate

LEVEL_WAVES = 64
"""Sines and cosines that stand for a noise level."""

KeyValue = tuple[Float[Tensor, "batch heads _ width"], Float[Tensor, "batch heads _ width"]]
Modulation = tuple[Float[Tensor, "batch frames dim"], ...]


def level_waves(level: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape waves"]:
    """Sinusoids of a noise level in [0, 1]."""
    steps = torch.arange(LEVEL_WAVES // 2, device=level.device) / (LEVEL_WAVES // 2)
    angles = level[..., None] * 1000.0 * torch.exp(-log(10_000.0) * steps)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class Block(nn.Module):
    """Self-attention and a feed-forward layer, both modulated and gated; cross-attention to the
    condition between them, when there is one, is neither.
    """

    def __init__(self, config: MotionNetworkConfig) -> None:
        super().__init__()
        dim = config.width
        self.heads = config.heads
        self.norm = unweighted_norm(dim)
        self.query_key_value = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.cross = CrossAttention(dim, config.heads) if config.conditioning == "cross" else None
        self.widen = nn.Linear(dim, config.expansion * dim)
        self.narrow = nn.Linear(config.expansion * dim, dim)
        self.modulation_bias = nn.Parameter(torch.zeros(6, dim))

    def forward(
        self,
        x: Float[Tensor, "batch frames dim"],
        modulation: Modulation,
        mask: Float[Tensor, "frames known"] | None,
        rotations: tuple[Rotation, Rotation],
        past: KeyValue | None = None,
        asked: "Asked | None" = None,
    ) -> tuple[Float[Tensor, "batch frames dim"], KeyValue]:
        """The next layer's frames, and this layer's keys (not rotated) and values.

        `rotations` are those of the queries and of all keys, the past ones first.
        """
        own = [part + offset for part, offset in zip(modulation, self.modulation_bias, strict=True)]
        shift, scale, gate, shift_wide, scale_wide, gate_wide = own
        y = self.norm(x) * (1 + scale) + shift
        parts = self.query_key_value(y).chunk(3, dim=-1)
        queries, keys, values = (split_heads(part, self.heads) for part in parts)
        made = (keys, values)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        attended = attend(rotate(queries, rotations[0]), rotate(keys, rotations[1]), values, mask)
        x = x + gate * self.out(attended)
        if self.cross is not None and asked is not None:
            source, hidden, source_rotation = asked
            x = x + self.cross(self.norm(x), source, hidden, rotations[0], source_rotation)
        y = self.norm(x) * (1 + scale_wide) + shift_wide
        return x + gate_wide * self.narrow(F.gelu(self.widen(y), approximate="tanh")), made


Asked = tuple[Float[Tensor, "batch asked dim"], Float[Tensor, "frames asked"] | None, Rotation]
"""What cross-attention asks: conditions, a mask, and the rotation of the conditions."""


def unweighted_norm(dim: int) -> nn.LayerNorm:
    """Layer norm without weights; modulation takes their place."""
    return nn.LayerNorm(dim, eps=1e-6, elementwise_affine=False)


class DiffusionForcingTransformer(nn.Module):
    """Tokens at mixed noise levels to what they are without noise.

    Tokens are deviations from the resting motion, so the reference motion, of which networks with
    `reference` are told beside each token as in the paper, is always zero.
    """

    def __init__(self, config: MotionNetworkConfig) -> None:
        super().__init__()
        dim = config.width
        self.config = config
        self.token = nn.Linear(config.token * (2 if config.reference else 1), dim)
        self.level = nn.Sequential(nn.Linear(LEVEL_WAVES, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.modulation = nn.Linear(dim, 6 * dim)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.norm = unweighted_norm(dim)
        self.last_modulation = nn.Linear(dim, 2 * dim)
        self.out = nn.Linear(dim, config.token)
        for layer in (self.modulation, self.last_modulation, self.out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self,
        noisy: Float[Tensor, "batch frames token"],
        level: Float[Tensor, "batch frames"],
        condition: Float[Tensor, "batch frames dim"],
        mask: Float[Tensor, "frames known"] | None,
        rotations: tuple[Rotation, Rotation],
        past: list[KeyValue] | None = None,
        asked: Asked | None = None,
    ) -> tuple[Float[Tensor, "batch frames token"], list[KeyValue]]:
        """Clean tokens (or the velocity, if that is what it predicts), and keys and values.

        `condition` belongs to the tokens; with cross-attention `asked` takes its place.
        """
        time = self.level(level_waves(level).to(noisy.dtype))
        rest = [torch.zeros_like(noisy)] if self.config.reference else []
        x = self.token(torch.cat([noisy, *rest], dim=-1))
        if self.config.conditioning == "joint":
            x, time = x + condition, time + condition
        active = F.silu(time)
        modulation = self.modulation(active).chunk(6, dim=-1)
        made: list[KeyValue] = []
        for index, block in enumerate(self.blocks):
            before = None if past is None else past[index]
            x, kept = block(x, modulation, mask, rotations, before, asked)
            made.append(kept)
        shift, scale = self.last_modulation(active).chunk(2, dim=-1)
        return self._predicted(self.out(self.norm(x) * (1 + scale) + shift), noisy, level), made

    def _predicted(
        self,
        raw: Float[Tensor, "batch frames token"],
        noisy: Float[Tensor, "batch frames token"],
        level: Float[Tensor, "batch frames"],
    ) -> Float[Tensor, "batch frames token"]:
        """Clean motion from what the last layer says.

        At little noise the noisy token itself is the best guess, at much noise the layer's output;
        weighting them by the variances of both keeps the spread of samples, which a plain
        prediction of clean motion loses more of with every step.
        """
        if self.config.predicts == "velocity":
            return raw
        level = level[..., None].to(raw.dtype)
        power = (1 - level) ** 2 + level**2
        return (1 - level) / power * noisy + level / power.sqrt() * raw
