"""Speech features of a window as if it were a part of a longer recording.

The first layer of wav2vec 2.0 is normed over all that it is given, each channel for itself. In a
window without voice that makes speech of the noise of a room, however quiet. Here the norm is that
of the voice, which has been followed.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from avatar.errors import DataError
from avatar.nn.speech_encoder import SpeechEncoder


class Filters(NamedTuple):
    """What sound meets first: filters, and how many samples lie between their places."""

    taps: Float[Tensor, "channels taps"]
    stride: int


class _Beginning(NamedTuple):
    convolution: nn.Conv1d
    norm: nn.GroupNorm
    activation: nn.Module
    others: list[nn.Module]


def filters(encoder: SpeechEncoder) -> Filters:
    """The encoder's first filters. Raises DataError for one whose first norm is another."""
    convolution = _beginning(encoder).convolution
    return Filters(convolution.weight[:, 0].detach(), convolution.stride[0])


def normed_features(
    encoder: SpeechEncoder,
    samples: Float[Tensor, "batch samples"],
    frames: int,
    powers: Float[Tensor, "batch channels"],
) -> Float[Tensor, "batch frames features"]:
    """What the encoder makes of windows, given the power of each first channel in the voice."""
    convolution, norm, activation, others = _beginning(encoder)
    scale = norm.weight * torch.rsqrt(powers + norm.eps)
    x = activation(convolution(samples[:, None]) * scale[..., None] + norm.bias[:, None])
    for layer in others:
        x = layer(x)
    return encoder.layered(x, frames)


def _beginning(encoder: SpeechEncoder) -> _Beginning:
    first, *others = encoder.feature_extractor.get_submodule("conv_layers").children()
    convolution, norm = first.get_submodule("conv"), first.get_submodule("layer_norm")
    if not isinstance(convolution, nn.Conv1d) or not isinstance(norm, nn.GroupNorm):
        raise DataError(
            f"a convolution and a norm of groups were expected at the beginning of wav2vec 2.0, "
            f"not {type(convolution).__name__} and {type(norm).__name__}"
        )
    return _Beginning(convolution, norm, first.get_submodule("activation"), others)
