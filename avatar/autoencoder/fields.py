"""How each direction of motion moves one portrait: maps that are made once, and mixed for a motion.

What a face does is nearly a sum of what its parts do. A network that makes each part's share once
for a portrait learns it in a fraction of the steps that one takes which draws every sum anew, and a
sum costs next to nothing.
"""

import torch
from einops import einsum, rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.layers import Activation, Maps, ScaledConv

HINTS = 4
"""Channels of a direction beside its flow, for whoever mends lids and lips."""
FLOW_GAIN, HINT_GAIN = 0.05, 0.2
"""Of what the last weights make: their first steps are as long as those of other layers, and many
directions take them together.
"""
WIDTH = 48
"""Channels on the way up."""

Fields = Float[Tensor, "batch directions channels size size"]
Mixed = Float[Tensor, "batch channels size size"]


class DirectionFields(nn.Module):
    """From the maps of a portrait, the smallest first, to a flow and hints for each direction."""

    gains: Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.directions = config.directions
        widths = [config.width(size) for size in config.stages[1:]]
        before = [0, *[WIDTH] * (len(widths) - 1)]
        self.steps = nn.ModuleList(
            ScaledConv(given + width, WIDTH, 3, padding=1)
            for given, width in zip(before, widths, strict=True)
        )
        self.activations = nn.ModuleList(Activation(WIDTH) for _ in widths)
        gains = torch.tensor([FLOW_GAIN] * 2 + [HINT_GAIN] * HINTS)[:, None, None]
        self.register_buffer("gains", gains, persistent=False)
        self.out = ScaledConv(WIDTH, config.directions * (2 + HINTS), 3, padding=1)
        with torch.no_grad():
            self.out.weight.zero_()

    def forward(self, maps: list[Maps]) -> Fields:
        """Made once for a portrait."""
        x = maps[0][:, :0]
        for level, step, activation in zip(maps, self.steps, self.activations, strict=True):
            if x.shape[1]:
                x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = activation(step(torch.cat([x, level], dim=1)))
        fields = rearrange(self.out(x), "b (d c) h w -> b d c h w", d=self.directions)
        return fields * self.gains.to(fields.dtype)


def mixed(fields: Fields, along: Float[Tensor, "batch directions"]) -> Mixed:
    """What a motion along these directions makes of them."""
    return einsum(fields.float(), along.float(), "b d c h w, b d -> b c h w")
