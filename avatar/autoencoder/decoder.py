"""From a latent to a picture: maps of the reference, warped by a flow, where a mask shows them."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.layers import (
    Activation,
    Maps,
    ModulatedConv,
    ScaledConv,
    StyledConv,
    Upsample,
)

Logits = Float[Tensor, "batch 3 _ _"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, and what it was made with at each size, the smallest first.

    `flow` are the places at the whole size that colours are taken from, -1 to 1.
    """

    picture: Float[Tensor, "batch 3 size size"]
    logits: tuple[Logits, ...]
    colours: tuple[Float[Tensor, "batch 3 _ _"], ...]
    flow: Float[Tensor, "batch size size 2"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one stage hands to the next; the start has neither flow nor colours."""

    maps: Maps
    logits: Logits | None = None
    colours: Tensor | None = None


class FlowHead(nn.Module):
    """Where maps are taken from, and how much of them is shown: added to that of half the size."""

    def __init__(self, channels: int, style: int) -> None:
        super().__init__()
        self.conv = ModulatedConv(channels, 3, 1, style, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))
        self.upsample = Upsample()

    def forward(
        self, x: Maps, style: Float[Tensor, "batch style"], before: Logits | None
    ) -> Logits:
        """Accumulated logits of x, y and the mask."""
        own = self.conv(x, style) + self.bias
        return own if before is None else own + self.upsample(before)


class ColourHead(nn.Module):
    """The colours of warped maps, added to those of half the size."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = ScaledConv(channels, 3, 1)
        self.activation = Activation(3)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))
        self.upsample = Upsample()

    def forward(self, x: Maps, before: Tensor | None) -> Tensor:
        """Accumulated colours."""
        own = self.activation(self.conv(x)) + self.bias
        return own if before is None else own + self.upsample(before)


class Stage(nn.Module):
    """Twice the size of the stage before."""

    def __init__(self, inputs: int, outputs: int, style: int) -> None:
        super().__init__()
        self.enlarge = StyledConv(inputs, outputs, style, up=True)
        self.refine = StyledConv(outputs, outputs, style)
        self.flow = FlowHead(outputs, style)
        self.colour = ColourHead(outputs)

    def forward(self, before: Drawn, style: Float[Tensor, "batch style"], features: Maps) -> Drawn:
        """What is drawn at this size."""
        x = self.refine(self.enlarge(before.maps, style), style)
        logits = self.flow(x, style, before.logits)
        mask = logits[:, 2:].sigmoid()
        shown = features.expand(len(x), -1, -1, -1)
        places = places_of(logits)
        warped = F.grid_sample(shown, places, padding_mode="zeros", align_corners=False) * mask
        return Drawn(warped + x * (1 - mask), logits, self.colour(warped, before.colours))


class Decoder(nn.Module):
    """Draws latents over the maps of a reference picture."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        widths = [config.width(size) for size in config.stages]
        self.start = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.first = StyledConv(widths[0], widths[0], config.latent)
        self.stages = nn.ModuleList(
            Stage(before, after, config.latent) for before, after in pairwise(widths)
        )
        self.directions = nn.Parameter(torch.randn(config.latent, config.directions))

    def forward(self, latent: Float[Tensor, "batch latent"], features: list[Maps]) -> Decoded:
        """Pictures of about -1 to 1; `features` of one reference serve any number of latents."""
        drawn = Drawn(self.first(self.start.expand(len(latent), -1, -1, -1), latent))
        steps: list[Drawn] = []
        for stage, maps in zip(self.stages, features, strict=True):
            drawn = stage(drawn, latent, maps)
            steps.append(drawn)
        return Decoded(
            picture=known(drawn.colours),
            logits=tuple(known(step.logits) for step in steps),
            colours=tuple(known(step.colours) for step in steps),
            flow=places_of(known(drawn.logits)),
        )


def known(x: Tensor | None) -> Tensor:
    """What every stage has made, and only the start has not."""
    assert x is not None
    return x


def places_of(logits: Logits) -> Float[Tensor, "batch _ _ 2"]:
    """Where each pixel is taken from.

    The grid includes both ends, while sampling does not: weights were trained with that, and a
    consistent pair shows another picture.
    """
    size = logits.shape[-1]
    line = torch.linspace(-1, 1, size, device=logits.device, dtype=logits.dtype)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return rearrange(logits[:, :2].tanh(), "b c h w -> b h w c") + torch.stack([x, y], dim=-1)
