"""Layers with equalised learning rates, modulation by a style, and blurs that do not alias."""

from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE, GAIN = 0.2, sqrt(2.0)
"""Of the leaky rectifier behind every convolution."""

DEMODULATION_EPS = 1e-8

Maps = Float[Tensor, "_ _ _ _"]
"""Batch, channels, height, width."""


def per_channel(values: Float[Tensor, "batch channels"]) -> Maps:
    """Factors of maps with channels last, whose strides say so: torch is ten times as fast."""
    return values[:, :, None, None].contiguous(memory_format=torch.channels_last)


class ScaledConv(nn.Module):
    """A convolution whose weights are scaled by the number of its inputs at run time."""

    def __init__(
        self, inputs: int, outputs: int, size: int, *, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.scale = 1 / sqrt(inputs * size * size)
        self._stride, self._padding = stride, padding

    def forward(self, x: Maps) -> Maps:
        """Convolve."""
        return F.conv2d(x, self.weight * self.scale, stride=self._stride, padding=self._padding)


class ScaledLinear(nn.Module):
    """The same for vectors, with a bias that is not scaled."""

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.full((outputs,), bias))
        self.scale = 1 / sqrt(inputs)

    def forward(self, x: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch outputs"]:
        """An affine map, without a non-linearity."""
        return F.linear(x, self.weight * self.scale, self.bias)


class Activation(nn.Module):
    """A bias for each channel, a leaky rectifier, and a gain that keeps the variance."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Maps) -> Maps:
        """Activate."""
        return F.leaky_relu(x + self.bias, SLOPE) * GAIN


class Blur(nn.Module):
    """A binomial filter of four by four; `gain` 4 goes with maps that were spread out by two."""

    kernel: Tensor

    def __init__(self, padding: tuple[int, int], *, gain: float = 1.0) -> None:
        super().__init__()
        line = torch.tensor([1.0, 3.0, 3.0, 1.0])
        self.register_buffer("kernel", torch.outer(line, line) / 64 * gain, persistent=False)
        before, after = padding
        self._padding = (before, after, before, after)

    def forward(self, x: Maps) -> Maps:
        """Filter each channel by itself."""
        channels = x.shape[1]
        kernel = self.kernel.to(x.dtype).expand(channels, 1, 4, 4)
        return F.conv2d(F.pad(x, self._padding), kernel, groups=channels)


class Upsample(nn.Module):
    """Twice the size: every sample at an even place, and a blur."""

    def __init__(self) -> None:
        super().__init__()
        self.blur = Blur((2, 1), gain=4.0)

    def forward(self, x: Maps) -> Maps:
        """Enlarge."""
        batch, channels, height, width = x.shape
        spread = x.new_zeros(batch, channels, 2 * height, 2 * width)
        spread[..., ::2, ::2] = x
        return self.blur(spread)


class ModulatedConv(nn.Module):
    """A convolution whose input channels are scaled by a style, and its outputs back to unit size.

    With `up` the maps become twice as large.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int,
        style: int,
        *,
        demodulate: bool = True,
        up: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.modulation = ScaledLinear(style, inputs, bias=1.0)
        self.blur = Blur((1, 1), gain=4.0) if up else None
        self.scale = 1 / sqrt(inputs * size * size)
        self._demodulate, self._padding = demodulate, size // 2

    def forward(self, x: Maps, style: Float[Tensor, "batch style"]) -> Maps:
        """Convolve in the manner of a style."""
        scales = self.modulation(style)
        weight = self.weight * self.scale
        x = x * per_channel(scales)
        if self.blur is None:
            y = F.conv2d(x, weight, padding=self._padding)
        else:
            y = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
        if self._demodulate:
            power = scales.square() @ weight.square().sum((2, 3)).T
            y = y * per_channel(torch.rsqrt(power + DEMODULATION_EPS))
        return y if self.blur is None else self.blur(y)


class StyledConv(nn.Module):
    """A modulated convolution and its activation."""

    def __init__(self, inputs: int, outputs: int, style: int, *, up: bool = False) -> None:
        super().__init__()
        self.conv = ModulatedConv(inputs, outputs, 3, style, up=up)
        self.activation = Activation(outputs)

    def forward(self, x: Maps, style: Float[Tensor, "batch style"]) -> Maps:
        """The next maps."""
        return self.activation(self.conv(x, style))
