"""From a picture to its latent and the maps that a decoder warps."""

from itertools import pairwise
from math import sqrt

from jaxtyping import Float
from torch import Tensor, nn

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.layers import Activation, Blur, Maps, ScaledConv, ScaledLinear

HEAD_LAYERS = 5


class Halving(nn.Module):
    """Maps of half the size, beside a shortcut."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = ScaledConv(inputs, inputs, 3, padding=1)
        self.first_activation = Activation(inputs)
        self.blur = Blur((2, 2))
        self.second = ScaledConv(inputs, outputs, 3, stride=2)
        self.second_activation = Activation(outputs)
        self.shortcut_blur = Blur((1, 1))
        self.shortcut = ScaledConv(inputs, outputs, 1, stride=2)

    def forward(self, x: Maps) -> Maps:
        """Halve."""
        y = self.first_activation(self.first(x))
        y = self.second_activation(self.second(self.blur(y)))
        return (y + self.shortcut(self.shortcut_blur(x))) / sqrt(2.0)


class Encoder(nn.Module):
    """Identity latent and features of pictures, and their motion along the directions."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        sizes = tuple(reversed(config.stages))
        widths = [config.width(size) for size in sizes]
        self.first = ScaledConv(3, widths[0], 1)
        self.first_activation = Activation(widths[0])
        self.halvings = nn.ModuleList(Halving(wide, narrow) for wide, narrow in pairwise(widths))
        self.last = ScaledConv(widths[-1], config.latent, 4)
        outputs = [*[config.latent] * (HEAD_LAYERS - 1), config.directions]
        self.head = nn.ModuleList(ScaledLinear(config.latent, count) for count in outputs)

    def forward(
        self, picture: Float[Tensor, "batch 3 size size"]
    ) -> tuple[Float[Tensor, "batch latent"], list[Maps]]:
        """The latent of pictures in [-1, 1], and maps from 8 pixels a side to the whole size."""
        x = self.first_activation(self.first(picture))
        maps = [x]
        for halving in self.halvings:
            x = halving(x)
            maps.append(x)
        return self.last(x).flatten(1), maps[-2::-1]

    def along_directions(
        self, latent: Float[Tensor, "batch latent"]
    ) -> Float[Tensor, "batch directions"]:
        """How far a latent moves along each direction."""
        for layer in self.head:
            latent = layer(latent)
        return latent
