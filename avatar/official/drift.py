"""Keeping a face itself: what a generator's long-run drift is corrected by.

Fed with its own motions for minutes, a generator's slow mean walks away from the portrait's own
motion, and the face with it. Both means act on a block before it is remembered, and so on all
that follows.
"""

from dataclasses import dataclass
from math import exp

import torch
from jaxtyping import Float
from torch import Tensor

from avatar.clock import FPS

STRETCH = 10
"""Frames that gain and slew are for."""


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """`project` keeps motions in the auto-encoder's basis; `anchor` pulls back a mean that strays.

    The mean is of the last `memory_s` seconds. Within `room` of the reference's length it is free.
    Beyond, `gain` of the excess is taken back in ten frames, at most `slew` of the length.
    """

    project: bool = True
    anchor: bool = True
    memory_s: float = 6.0
    room: float = 0.25
    gain: float = 0.25
    slew: float = 0.05

    def mean_after(
        self, mean: Float[Tensor, "*batch latent"], shown: Float[Tensor, "*batch frames latent"]
    ) -> Float[Tensor, "*batch latent"]:
        """The slow mean when these frames have been shown."""
        kept = exp(-shown.shape[-2] / (FPS * self.memory_s))
        return torch.lerp(shown.mean(-2), mean, kept)

    def corrected(
        self,
        latents: Float[Tensor, "batch frames latent"],
        mean: Float[Tensor, "batch latent"],
        reference: Float[Tensor, "batch latent"],
        basis: Float[Tensor, "latent directions"],
    ) -> Float[Tensor, "batch frames latent"]:
        """A block of each conversation; the pull grows along the block."""
        if self.project:
            latents = latents @ basis @ basis.T
        if not self.anchor:
            return latents
        away = self.mean_after(mean, latents) - reference
        far, length = away.norm(dim=-1, keepdim=True), reference.norm(dim=-1, keepdim=True)
        excess = (far - self.room * length).clamp_min(0)
        frames = latents.shape[1]
        pull = torch.minimum(self.gain * excess, self.slew * length) * (frames / STRETCH)
        way = -away / far.clamp_min(torch.finfo(far.dtype).tiny)
        grown = torch.arange(1, frames + 1, device=latents.device) / frames
        return latents + grown[:, None] * (pull * way)[:, None]
