"""The decoder made ready to draw: the same pictures as `Decoder`, in a fraction of the time.

What depends on the weights alone is computed once: scaled weights, the power that demodulation
divides by, one affine map for the scales of all layers, and where each pixel is if nothing moves.
What depends on the portrait alone is laid out once, so that to warp its maps is to take a weighted
sum of four rows. Maps go with channels last.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int32
from torch import Tensor
from torch.nn import functional as F

from avatar.autoencoder.decoder import ColourHead, Decoder, FlowHead, Stage
from avatar.autoencoder.layers import DEMODULATION_EPS, GAIN, SLOPE, Maps, ModulatedConv, StyledConv

Latents = Float[Tensor, "batch latent"]
Pictures = Float[Tensor, "batch 3 size size"]
Rows = Float[Tensor, "_ _"]
"""Maps as one row of channels a pixel, with a rim of zeros: one pixel before, two behind."""

RIM = 3
"""Pixels that the rim adds to a side."""


@dataclass(frozen=True, slots=True)
class Form:
    """Where numbers are, and of what kind those of maps are.

    Flows and colours are float32 at least: they say where a pixel is.
    """

    device: torch.device
    dtype: torch.dtype

    def maps(self, x: Tensor) -> Tensor:
        """Maps, or weights that make such."""
        x = x.detach().to(self.device, self.dtype)
        return x.contiguous(memory_format=torch.channels_last)

    def exact(self, x: Tensor) -> Tensor:
        """Numbers that are kept exact."""
        kind = torch.promote_types(self.dtype, torch.float32)
        return x.detach().to(self.device, kind).contiguous()


class PreparedConv:
    """A styled convolution with its activation."""

    def __init__(self, layer: StyledConv, form: Form) -> None:
        conv = layer.conv
        weight = conv.weight.detach() * conv.scale
        bias = GAIN * layer.activation.bias
        self._power = form.exact(weight.square().sum((2, 3)).T)
        self._weight = form.maps(weight if conv.blur is None else weight.transpose(0, 1))
        self._bias = form.maps(bias)
        self._kernel: Tensor | None = None
        if conv.blur is not None:
            kernel = conv.blur.kernel.expand(weight.shape[0], 1, 4, 4)
            self._kernel = form.maps(kernel)

    def __call__(self, x: Maps, scales: Float[Tensor, "batch inputs"]) -> Maps:
        """The next maps; `scales` are those of the channels that come in."""
        gains = GAIN * torch.rsqrt(scales.square() @ self._power + DEMODULATION_EPS)
        spread = 1 if self._kernel is None else 4
        if len(x) == 1 and self._weight.numel() < spread * x.numel():
            by = gains[0, :, None] * scales if self._kernel is None else scales.T * gains
            weight = (self._weight * by[:, :, None, None]).to(x.dtype)
            y = self._convolved(x, weight, self._bias.flatten())
        else:
            y = self._convolved(x * scales.to(x.dtype)[:, :, None, None], self._weight, None)
            y = torch.addcmul(self._bias, y, gains.to(x.dtype)[:, :, None, None])
        return F.leaky_relu_(y, SLOPE)

    def _convolved(self, x: Maps, weight: Tensor, bias: Tensor | None) -> Maps:
        if self._kernel is None:
            return F.conv2d(x, weight, bias, padding=1)
        y = F.conv_transpose2d(x, weight, stride=2)
        return F.conv2d(y, self._kernel, bias, padding=1, groups=len(self._kernel))


class PreparedStage:
    """Twice the size of the stage before, for one portrait's maps or another's."""

    def __init__(self, stage: Stage, size: int, form: Form) -> None:
        self.enlarge = PreparedConv(stage.enlarge, form)
        self.refine = PreparedConv(stage.refine, form)
        self._flow, self._colour = stage.flow, stage.colour
        self._size = size
        self._flow_weight, self._flow_bias = _flow_of(stage.flow, form)
        self._colour_weight, self._colour_bias, self._colour_offset = _colour_of(stage.colour, form)
        line = (torch.linspace(-1, 1, size, dtype=torch.float64) + 1) * size / 2 - 0.5
        down, right = torch.meshgrid(line, line, indexing="ij")
        self._still = form.exact(torch.stack([right.flatten(), down.flatten()]))
        self._corners = torch.tensor(
            [0, 1, size + RIM, size + RIM + 1], dtype=torch.int32, device=form.device
        )

    def logits(
        self, x: Maps, scales: Float[Tensor, "batch channels"], before: Tensor | None
    ) -> Float[Tensor, "batch 3 pixels"]:
        """Accumulated logits of x, y and the mask."""
        weight = (self._flow_weight * scales[:, None]).to(x.dtype)
        own = (_rows(x) @ weight.mT).mT + self._flow_bias
        return own if before is None else own + _enlarged(before)

    def warped(self, logits: Float[Tensor, "batch 3 pixels"], rows: Rows) -> Maps:
        """The portrait's maps where the flow takes them from, as far as the mask shows them."""
        at = torch.add(self._still, logits[:, :2].tanh(), alpha=self._size / 2)
        at = at.nan_to_num_().clamp_(-1, self._size)
        first = at.floor()
        index = self._index(first)
        right, down = (at - first).unbind(1)
        shown = logits[:, 2].sigmoid()
        lower = down * shown
        upper = shown - lower
        parts = (upper - upper * right, upper * right, lower - lower * right, lower * right)
        weights = torch.stack(parts, dim=-1).to(rows.dtype)
        bags = F.embedding_bag(
            index.flatten(0, 1), rows, per_sample_weights=weights.flatten(0, 1), mode="sum"
        )
        return bags.view(len(at), self._size, self._size, -1).permute(0, 3, 1, 2)

    def colours(self, warped: Maps, before: Tensor | None) -> Float[Tensor, "batch 3 pixels"]:
        """Accumulated colours."""
        own = (_rows(warped) @ self._colour_weight.mT).mT + self._colour_bias
        own = F.leaky_relu_(own, SLOPE) + self._colour_offset
        return own if before is None else own + _enlarged(before)

    def _index(
        self, first: Float[Tensor, "batch 2 pixels"]
    ) -> Int32[Tensor, "batch pixels corners"]:
        x, y = (first + 1).int().unbind(1)
        return (y * (self._size + RIM) + x)[:, :, None] + self._corners


class PreparedDecoder:
    """Draws latents over the maps of portraits; keeps nothing between pictures.

    On a processor a batch is drawn one by one: maps of several at a time leave its caches.
    """

    def __init__(self, decoder: Decoder, *, device: torch.device, dtype: torch.dtype) -> None:
        self._form = form = Form(device, dtype)
        self._start = form.maps(decoder.start)
        self._first = PreparedConv(decoder.first, form)
        stages = [stage for stage in decoder.stages if isinstance(stage, Stage)]
        self._stages = [
            PreparedStage(stage, 4 * 2 ** (number + 1), form) for number, stage in enumerate(stages)
        ]
        convs = list(_modulated(decoder))
        self._scales = (
            form.exact(
                torch.cat([conv.modulation.weight * conv.modulation.scale for conv in convs])
            ),
            form.exact(torch.cat([conv.modulation.bias for conv in convs])),
        )
        self._widths = [conv.weight.shape[1] for conv in convs]

    def portrait(self, features: list[Maps]) -> tuple[Rows, ...]:
        """A portrait's maps as they are warped."""
        return tuple(
            F.pad(self._form.maps(maps), (1, 2, 1, 2))[0]
            .permute(1, 2, 0)
            .flatten(0, 1)
            .contiguous()
            for maps in features
        )

    def __call__(self, latents: Latents, portrait: tuple[Rows, ...]) -> Pictures:
        """Pictures of about -1 to 1; latents that are not finite give some that mean nothing."""
        if self._form.device.type != "cpu" or len(latents) == 1:
            return self.drawn(latents, portrait)
        return torch.cat([self.drawn(latent, portrait) for latent in latents.split(1)])

    def drawn(self, latents: Latents, portrait: tuple[Rows, ...]) -> Pictures:
        """All at once, as graphics cards do."""
        scales = iter(F.linear(latents, *self._scales).split(self._widths, dim=1))
        x = self._first(self._start.expand(len(latents), -1, -1, -1), next(scales))
        logits = colours = None
        for stage, rows in zip(self._stages, portrait, strict=True):
            x = stage.refine(stage.enlarge(x, next(scales)), next(scales))
            logits = stage.logits(x, next(scales), logits)
            warped = stage.warped(logits, rows)
            colours = stage.colours(warped, colours)
            if stage is not self._stages[-1]:
                hidden = logits[:, 2].neg().sigmoid().view(len(x), 1, *x.shape[2:])
                x = warped.addcmul_(x, hidden.to(x.dtype))
        assert colours is not None
        return _square(colours)


def _modulated(decoder: Decoder) -> Iterator[ModulatedConv]:
    """In the order in which they are asked."""
    return (module for module in decoder.modules() if isinstance(module, ModulatedConv))


def _flow_of(head: FlowHead, form: Form) -> tuple[Tensor, Tensor]:
    weight = head.conv.weight * head.conv.scale
    return form.exact(weight[:, :, 0, 0]), form.exact(head.bias[0, :, :, 0])


def _colour_of(head: ColourHead, form: Form) -> tuple[Tensor, Tensor, Tensor]:
    """Weights and bias of the part that is rectified, and what is added to it."""
    weight = GAIN * head.conv.scale * head.conv.weight[:, :, 0, 0]
    bias, offset = GAIN * head.activation.bias[0, :, :, 0], head.bias[0, :, :, 0]
    return form.exact(weight).to(form.dtype), form.exact(bias), form.exact(offset)


def _rows(x: Maps) -> Float[Tensor, "batch pixels channels"]:
    return x.permute(0, 2, 3, 1).flatten(1, 2)


def _square(x: Float[Tensor, "batch 3 pixels"]) -> Float[Tensor, "batch 3 size size"]:
    side = round(x.shape[2] ** 0.5)
    return x.view(len(x), 3, side, side)


def _enlarged(x: Float[Tensor, "batch 3 pixels"]) -> Float[Tensor, "batch 3 pixels4"]:
    """`layers.Upsample`: with a rim of zeros its blur is bilinear."""
    wide = F.interpolate(F.pad(_square(x), (1, 1, 1, 1)), scale_factor=2, mode="bilinear")
    return wide[..., 2:-2, 2:-2].flatten(2)
