"""An auto-encoder that is small because it draws little: its flow moves a picture of any size.

What the picture does not show, such as teeth behind closed lips, is painted at the flow's own size.
"""

from dataclasses import dataclass

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, Float32
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.adapter import CoefficientAdapter
from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.decoder import Decoded, Decoder, Drawn, Stage, known, places_of
from avatar.autoencoder.layers import Activation, Maps, ScaledConv, StyledConv
from avatar.autoencoder.model import MotionAutoencoder
from avatar.rendering.moving import DECIDED

ENLARGED = 2
"""Times by which the flow is larger than the auto-encoder's own pictures."""
FINE_REACH = 0.1
"""How far what is added to the flow at that size reaches; 1 is half of the picture."""
HEAD_START = 0.02
"""Scale of the first weights that make flows: a network begins by showing the picture as it is."""
SHOWN_START = 2.0
"""First logit of how much of the picture is shown."""
EDGE = 0.06
"""Width of the border at which a picture stays as it is, as a part of its side."""

Picture = Float[Tensor, "batch 3 size size"]


@dataclass(frozen=True, slots=True)
class Flow:
    """What makes a picture of a portrait.

    `moved` is how far away colours are taken, -1 to 1 across the picture; `shown` the part of them
    that is seen, the rest is `paint`.
    """

    moved: Float[Tensor, "batch 2 cells cells"]
    shown: Float[Tensor, "batch 1 cells cells"]
    paint: Float[Tensor, "batch 3 cells cells"]


class FlowHead(nn.Module):
    """The last maps and logits of a decoder as a flow of twice their size.

    It sees the portrait as the decoder alone would move it, at the size of the flow, so that it can
    mend what is too fine for the decoder: lids and lips.
    """

    window: Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        channels = config.width(config.size)
        self.refine = StyledConv(channels, channels, config.latent)
        self.look = ScaledConv(channels + 3 * ENLARGED**2, channels, 3, padding=1)
        self.activation = Activation(channels)
        self.conv = ScaledConv(channels, 6 * ENLARGED**2, 3, padding=1)
        self.bias = nn.Parameter(torch.zeros(1, 6, 1, 1))
        self.register_buffer("window", window(config.size * ENLARGED), persistent=False)
        with torch.no_grad():
            self.conv.weight.mul_(HEAD_START)
            self.bias[:, 2] = SHOWN_START

    def forward(
        self,
        drawn: Drawn,
        style: Float[Tensor, "batch style"],
        portrait: Float[Tensor, "batch 3 cells cells"],
    ) -> Flow:
        """At the border nothing moves and nothing is painted."""
        coarse = self.window * F.interpolate(
            known(drawn.logits)[:, :2].float().tanh(),
            scale_factor=ENLARGED,
            mode="bilinear",
            align_corners=False,
        )
        seen = F.pixel_unshuffle(moved(portrait, coarse), ENLARGED)
        x = self.refine(drawn.maps, style)
        x = self.activation(self.look(torch.cat([x, seen.to(x.dtype)], dim=1)))
        fine = F.pixel_shuffle(self.conv(x), ENLARGED).float() + self.bias
        shown = 1 - self.window * (1 - fine[:, 2:3].sigmoid())
        return Flow(coarse + FINE_REACH * self.window * fine[:, :2].tanh(), shown, fine[:, 3:])


class FlowAutoencoder(nn.Module):
    """A motion auto-encoder whose last step is a flow, and which also takes coefficients.

    `reach` is the largest value of each of them.
    """

    def __init__(self, config: AutoencoderConfig, reach: Float32[np.ndarray, " _"]) -> None:
        super().__init__()
        self.autoencoder = MotionAutoencoder(config)
        self.adapter = CoefficientAdapter(reach, config.directions)
        self.head = FlowHead(config)
        with torch.no_grad():
            for stage in self.autoencoder.decoder.stages:
                assert isinstance(stage, Stage)
                stage.flow.conv.weight.mul_(HEAD_START)

    def motion_of(
        self, coefficients: Float[Tensor, "batch coefficients"]
    ) -> Float[Tensor, "batch latent"]:
        """The motion of coefficients, in the space of the encoder's."""
        return self.adapter(coefficients) @ self.autoencoder.basis.T

    def flow(
        self,
        latent: Float[Tensor, "batch latent"],
        features: list[Maps],
        portrait: Float[Tensor, "batch 3 cells cells"],
    ) -> tuple[Flow, Decoded]:
        """What moves a portrait to a latent, and the small picture that the decoder draws.

        `portrait` is given at the size of the flow.
        """
        drawn, decoded = draw(self.autoencoder.decoder, latent, features)
        return self.head(drawn, latent, portrait), decoded


def draw(
    decoder: Decoder, latent: Float[Tensor, "batch latent"], features: list[Maps]
) -> tuple[Drawn, Decoded]:
    """What a decoder draws, with the last of its maps; places stay exact where weights are not."""
    drawn = Drawn(decoder.first(decoder.start.expand(len(latent), -1, -1, -1), latent))
    steps: list[Drawn] = []
    for stage, maps in zip(decoder.stages, features, strict=True):
        assert isinstance(stage, Stage)
        x = stage.refine(stage.enlarge(drawn.maps, latent), latent)
        logits = stage.flow(x, latent, drawn.logits)
        places = places_of(logits.float())
        shown = maps.expand(len(x), -1, -1, -1).float()
        taken = F.grid_sample(shown, places, padding_mode="zeros", align_corners=False).to(x.dtype)
        mask = logits[:, 2:].sigmoid()
        warped = taken * mask
        drawn = Drawn(warped + x * (1 - mask), logits, stage.colour(warped, drawn.colours))
        steps.append(drawn)
    return drawn, Decoded(
        picture=known(drawn.colours),
        logits=tuple(known(step.logits) for step in steps),
        colours=tuple(known(step.colours) for step in steps),
        flow=places_of(known(drawn.logits)),
    )


def composite(portrait: Picture, flow: Flow) -> Picture:
    """The portrait moved by a flow, at the portrait's size."""
    size = portrait.shape[-1]

    def enlarged(maps: Tensor) -> Tensor:
        return F.interpolate(maps, size=(size, size), mode="bilinear", align_corners=False)

    low, high = DECIDED
    warped = moved(portrait, enlarged(flow.moved))
    shown = enlarged(((flow.shown - low) / (high - low)).clamp(0, 1))
    return warped * shown + enlarged(flow.paint) * (1 - shown)


def moved(portrait: Picture, away: Float[Tensor, "batch 2 size size"]) -> Picture:
    """A picture whose pixels are taken from elsewhere; what lies outside continues its border."""
    size = portrait.shape[-1]
    line = (torch.arange(size, device=portrait.device) * 2 + 1) / size - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    at = rearrange(away, "b c h w -> b h w c") + torch.stack([x, y], dim=-1)
    return F.grid_sample(portrait, at, padding_mode="border", align_corners=False)


def window(cells: int, edge: float = EDGE) -> Float[Tensor, "1 1 cells cells"]:
    """1 in the middle, 0 at the border, smooth between in `edge` parts of the side."""
    away = torch.minimum(torch.arange(cells) + 0.5, cells - 0.5 - torch.arange(cells)) / cells
    ramp = (away / edge).clamp(0, 1)
    line = ramp * ramp * (3 - 2 * ramp)
    return torch.minimum(line[:, None], line[None, :])[None, None]
