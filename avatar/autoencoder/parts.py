"""Painters of parts: small networks that move eyes and mouth of a portrait, and paint in them.

A painter sees a part's square of the portrait once. For a motion it says where the square's colours
are taken from, how much of them is seen, and what is painted instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.flow import HEAD_START, SHOWN_START, Flow, window
from avatar.autoencoder.layers import Activation, Maps, ScaledConv, StyledConv
from avatar.motion import COEFFICIENTS

EDGE = 0.12
"""Width of the border in which less and less is changed, as a part of a square's side."""
REACH = 0.5
"""How far colours are taken at most; 1 is half of the square."""


@dataclass(frozen=True, slots=True)
class PainterConfig:
    """Pixels of a square, channels from its full size down, and numbers of a style."""

    cells: int
    channels: tuple[int, ...] = (16, 32, 64, 96)
    style: int = 64


class PartPainter(nn.Module):
    """Paints one part of anybody; the two halves of a U, of which motions style the second."""

    window: Tensor

    def __init__(self, config: PainterConfig) -> None:
        super().__init__()
        self.config, widths = config, config.channels
        self.first = Seeing(3, widths[0], stride=1)
        self.down = nn.ModuleList(
            Seeing(fine, coarse, stride=2) for fine, coarse in pairwise(widths)
        )
        self.told = nn.Sequential(
            nn.Linear(len(COEFFICIENTS), 128), nn.SiLU(), nn.Linear(128, config.style), nn.SiLU()
        )
        self.middle = StyledConv(widths[-1], widths[-1], config.style)
        self.up = nn.ModuleList(
            StyledConv(coarse + fine, fine, config.style)
            for coarse, fine in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.last = ScaledConv(widths[0], 6, 3, padding=1)
        self.bias = nn.Parameter(torch.zeros(1, 6, 1, 1))
        self.register_buffer("window", window(config.cells, EDGE), persistent=False)
        with torch.no_grad():
            self.last.weight[:2].mul_(HEAD_START)
            self.bias[:, 2] = SHOWN_START

    def see(self, square: Float[Tensor, "batch 3 cells cells"]) -> list[Maps]:
        """What is known of a portrait's part, from the finest maps."""
        maps: list[Maps] = [self.first(square)]
        for down in self.down:
            maps.append(down(maps[-1]))
        return maps

    def forward(self, coefficients: Float[Tensor, "batch coefficients"], maps: list[Maps]) -> Flow:
        """How a part is moved and painted. At the border nothing changes."""
        style = self.told(coefficients).to(maps[-1].dtype)
        x = self.middle(maps[-1], style)
        for up, fine in zip(self.up, maps[-2::-1], strict=True):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = up(torch.cat([x, fine], dim=1), style)
        made = (self.last(x) + self.bias).float()
        shown = 1 - self.window * (1 - made[:, 2:3].sigmoid())
        return Flow(REACH * self.window * made[:, :2].tanh(), shown, made[:, 3:])


class Seeing(nn.Module):
    """A convolution and its activation."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        self.conv = ScaledConv(inputs, outputs, 3, stride=stride, padding=1)
        self.activation = Activation(outputs)

    def forward(self, x: Maps) -> Maps:
        """The next maps."""
        return self.activation(self.conv(x))


class PartPainters(nn.Module):
    """A painter for each part by name."""

    def __init__(self, configs: Mapping[str, PainterConfig]) -> None:
        super().__init__()
        self.painters = nn.ModuleDict({name: PartPainter(one) for name, one in configs.items()})

    def __getitem__(self, part: str) -> PartPainter:
        painter = self.painters[part]
        assert isinstance(painter, PartPainter)
        return painter
