"""Rotary positions (Su et al. 2021): attention that knows how far apart two frames are."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

BASE = 10_000.0


def rotation(
    positions: Int[Tensor, " frames"], width: int
) -> tuple[Float[Tensor, "frames half"], Float[Tensor, "frames half"]]:
    """Cosines and sines for a head of `width` numbers. Only differences of positions matter."""
    exponent = torch.arange(0, width, 2, device=positions.device) / width
    angle = positions[:, None].float() * BASE**-exponent
    return angle.cos(), angle.sin()


def rotate(
    x: Float[Tensor, "*batch heads frames width"],
    by: tuple[Float[Tensor, "frames half"], Float[Tensor, "frames half"]],
) -> Float[Tensor, "*batch heads frames width"]:
    """Turn the two halves of every vector against each other by its frame's angles."""
    cosine, sine = (part.to(x.dtype) for part in by)
    low, high = x.chunk(2, dim=-1)
    return torch.cat([low * cosine - high * sine, low * sine + high * cosine], dim=-1)
