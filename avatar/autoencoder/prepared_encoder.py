"""The encoder made ready to tell motions: the same numbers as `Encoder`, in less time.

Gains and scales are part of the weights, and the head, five layers without anything between them,
is one affine map.
"""

from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from avatar.autoencoder.encoder import Encoder, Halving
from avatar.autoencoder.layers import GAIN, SLOPE, Activation, Blur, Maps, ScaledConv, ScaledLinear
from avatar.autoencoder.model import MotionAutoencoder
from avatar.autoencoder.prepared import Form


class PreparedHalving:
    """Maps of half the size, beside a shortcut."""

    def __init__(self, layer: Halving, form: Form) -> None:
        self._first = _gained(layer.first, layer.first_activation, GAIN, form)
        self._second = _gained(layer.second, layer.second_activation, GAIN / sqrt(2), form)
        self._shortcut = form.maps(layer.shortcut.weight * layer.shortcut.scale / sqrt(2))
        self._blurs = [
            _kernel(blur, layer.first.weight.shape[0], form)
            for blur in (layer.blur, layer.shortcut_blur)
        ]

    def __call__(self, x: Maps) -> Maps:
        """Halve."""
        main, beside = self._blurs
        y = F.leaky_relu_(F.conv2d(x, *self._first, padding=1), SLOPE)
        y = F.conv2d(y, main, padding=2, groups=len(main))
        y = F.leaky_relu_(F.conv2d(y, *self._second, stride=2), SLOPE)
        # A blur that is asked at every second place only.
        x = F.conv2d(x, beside, stride=2, padding=1, groups=len(beside))
        return y.add_(F.conv2d(x, self._shortcut))


class PreparedEncoder:
    """Tells the motion of pictures in [-1, 1]; keeps nothing between them."""

    def __init__(
        self, autoencoder: MotionAutoencoder, *, device: torch.device, dtype: torch.dtype
    ) -> None:
        encoder, form = autoencoder.encoder, Form(device, dtype)
        self._form = form
        self._first = _gained(encoder.first, encoder.first_activation, GAIN, form)
        self._halvings = [
            PreparedHalving(layer, form) for layer in encoder.halvings if isinstance(layer, Halving)
        ]
        self._last = form.maps(encoder.last.weight * encoder.last.scale)
        matrix, offset = _head(encoder)
        basis = autoencoder.basis.double()
        self._head = form.exact(basis @ matrix), form.exact(basis @ offset)

    def __call__(
        self, pictures: Float[Tensor, "batch 3 size size"]
    ) -> Float[Tensor, "batch latent"]:
        """The motions that pictures show."""
        x = F.leaky_relu_(F.conv2d(self._form.maps(pictures), *self._first), SLOPE)
        for halving in self._halvings:
            x = halving(x)
        latent = F.conv2d(x, self._last).flatten(1)
        weight, offset = self._head
        return F.linear(latent.to(weight.dtype), weight, offset)


def _gained(
    conv: ScaledConv, activation: Activation, gain: float, form: Form
) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution whose activation has no gain of its own."""
    return form.maps(conv.weight * conv.scale * gain), form.maps(gain * activation.bias).flatten()


def _kernel(blur: Blur, channels: int, form: Form) -> Tensor:
    return form.maps(blur.kernel.expand(channels, 1, 4, 4))


def _head(encoder: Encoder) -> tuple[Tensor, Tensor]:
    """Its matrix and offset, in float64."""
    layers = [layer for layer in encoder.head if isinstance(layer, ScaledLinear)]
    first = layers[0].weight
    matrix = torch.eye(first.shape[1], device=first.device, dtype=torch.float64)
    offset = torch.zeros_like(matrix[0])
    for layer in layers:
        weight = layer.weight.double() * layer.scale
        matrix, offset = weight @ matrix, weight @ offset + layer.bias.double()
    return matrix, offset
