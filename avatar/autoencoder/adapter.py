"""From expression coefficients to the directions of a motion auto-encoder."""

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from avatar.motion import ARKIT58, COEFFICIENTS

REACH = np.where(np.arange(ARKIT58.dim) < len(COEFFICIENTS), 0.5, 0.4).astype(np.float32)
"""About the large values of an `arkit58` motion that a portrait shows."""

GAIN = 4.0
"""Of what comes out: a picture's own motion is several times as large as a fresh layer's."""


class CoefficientAdapter(nn.Module):
    """How far each direction goes for coefficients and a pose: a line and a bend of it.

    `reach` is the largest value of each coefficient.
    """

    reach: Tensor

    def __init__(
        self, reach: Float32[np.ndarray, " coefficients"], directions: int, *, hidden: int = 128
    ) -> None:
        super().__init__()
        self.register_buffer("reach", torch.tensor(reach.tolist()), persistent=False)
        self.line = nn.Linear(len(reach), directions)
        self.bend = nn.Sequential(
            nn.Linear(len(reach), hidden), nn.SiLU(), nn.Linear(hidden, directions)
        )

    def forward(
        self, motion: Float[Tensor, "batch coefficients"]
    ) -> Float[Tensor, "batch directions"]:
        """Of motions at rest it need not be nothing: a portrait at rest has a motion too."""
        whole = motion / self.reach
        return GAIN * (self.line(whole) + self.bend(whole))
