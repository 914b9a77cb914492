"""From a trained auto-encoder to what ships: ONNX graphs and a `config.json` about them."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.autoencoder.flow import ENLARGED, FlowAutoencoder
from avatar.autoencoder.layers import Blur, Upsample
from avatar.files import beside
from avatar.motion import ARKIT58
from avatar.rendering.flow import ADAPTER, CONFIG, DECODER, ENCODER, FORMAT
from avatar.training.autoencoder.recipes import AutoencoderRecipe
from avatar.training.export import commit, write_graph
from avatar.training.run import state_on_cpu

LICENCE = "Apache-2.0"
WEIGHTS = "autoencoder.safetensors"
"""Of a network whose decoder draws the picture itself."""


class EncoderGraph(nn.Module):
    """A picture's latent, its motion along the directions, and its maps."""

    def __init__(self, network: FlowAutoencoder) -> None:
        super().__init__()
        self.encoder = network.autoencoder.encoder

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        """Latent, directions, maps from the smallest."""
        latent, maps = self.encoder(picture)
        return latent, self.encoder.along_directions(latent), *maps


class DecoderGraph(nn.Module):
    """A flow by the directions of a motion; the basis is a constant of the graph."""

    basis: Tensor

    def __init__(self, network: FlowAutoencoder) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("basis", network.autoencoder.basis.detach().clone())

    def forward(
        self, along: Tensor, latent: Tensor, portrait: Tensor, *maps: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """How far colours are moved, how much of them is shown, and the paint of the rest."""
        flow, _ = self.network.flow(latent + along @ self.basis.T, list(maps), portrait)
        return flow.moved, flow.shown, flow.paint


class FixedBlur(nn.Module):
    """A blur of a known number of channels, padded alike on all sides."""

    def __init__(self, blur: Blur, channels: int, padding: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(blur.kernel.expand(channels, 1, 4, 4).clone())
        self._padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """Filter each channel by itself."""
        return F.conv2d(x, self.weight, padding=self._padding, groups=len(self.weight))


class FixedUpsample(nn.Module):
    """Twice the size as one convolution: what spreads samples out and blurs them."""

    def __init__(self, upsample: Upsample, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(upsample.blur.kernel.expand(channels, 1, 4, 4).clone())

    def forward(self, x: Tensor) -> Tensor:
        """Enlarge."""
        return F.conv_transpose2d(x, self.weight, stride=2, padding=1, groups=len(self.weight))


def fixed(network: FlowAutoencoder) -> FlowAutoencoder:
    """A copy in which every filter knows its number of channels, as a graph must."""
    result = deepcopy(network).float().eval()
    size, seen = result.autoencoder.config.size, dict[nn.Module, tuple[int, int]]()

    def noted(module: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        grown = made.shape[-1] - given[0].shape[-1]
        seen[module] = given[0].shape[1], (grown + 3) // 2

    hooks = [
        module.register_forward_hook(noted)
        for module in result.modules()
        if isinstance(module, Blur | Upsample)
    ]
    with torch.no_grad():
        latent, maps = result.autoencoder.encode_identity(torch.zeros(1, 3, size, size))
        result.flow(latent, maps, torch.zeros(1, 3, size * ENLARGED, size * ENLARGED))
    for hook in hooks:
        hook.remove()
    for parent in list(result.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, Upsample) and child in seen:
                setattr(parent, name, FixedUpsample(child, seen[child][0]))
            elif isinstance(child, Blur) and child in seen and not isinstance(parent, Upsample):
                setattr(parent, name, FixedBlur(child, *seen[child]))
    return result


def export_autoencoder(recipe: AutoencoderRecipe, network: FlowAutoencoder, folder: Path) -> None:
    """Write the graphs of a network with a flow, or the weights of one without.

    Raises MediaError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not recipe.flow:
        with beside(folder / WEIGHTS) as part:
            save_file(state_on_cpu(network.autoencoder.state_dict()), part)
        return
    write_graphs(fixed(network), folder)


def write_graphs(network: FlowAutoencoder, folder: Path) -> None:
    """Encoder, adapter and decoder as ONNX."""
    config = network.autoencoder.config
    encoder, decoder = EncoderGraph(network).eval(), DecoderGraph(network).eval()
    picture = torch.rand(1, 3, config.size, config.size) * 2 - 1
    with torch.no_grad():
        latent, along, *maps = encoder(picture)
    names = [f"maps{level.shape[-1]}" for level in maps]
    write_graph(encoder, folder / ENCODER, {"picture": picture}, ("latent", "along", *names))
    motion = torch.rand(1, ARKIT58.dim)
    write_graph(network.adapter.eval(), folder / ADAPTER, {"motion": motion}, ("along",))
    cells = config.size * ENLARGED
    portrait = torch.rand(1, 3, cells, cells) * 2 - 1
    given = {"along": along, "latent": latent, "portrait": portrait}
    given |= dict(zip(names, maps, strict=True))
    write_graph(decoder, folder / DECODER, given, ("moved", "shown", "paint"))


def write_card(
    recipe: AutoencoderRecipe,
    folder: Path,
    *,
    evaluation: Mapping[str, Any] | None = None,
    history: Sequence[str] = (),
) -> None:
    """Write the configuration: what the networks are, and what was measured of them.

    `history` tells what was otherwise than in the recipe.
    """
    card = {
        "format": FORMAT,
        "space": ARKIT58.name,
        "recipe": asdict(recipe),
        "licence": LICENCE,
        "commit": commit(),
        "history": list(history),
        "evaluation": evaluation,
    }
    with beside(folder / CONFIG) as part:
        part.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
