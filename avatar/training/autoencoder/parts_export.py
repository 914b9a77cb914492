"""From trained painters of parts to ONNX graphs."""

from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor, nn

from avatar.autoencoder.parts import PartPainter, PartPainters
from avatar.motion import COEFFICIENTS
from avatar.rendering.part_painter import paint_graph, see_graph
from avatar.rendering.parts import CELLS
from avatar.training.export import write_graph


class SeeGraph(nn.Module):
    """What is known of a part of a portrait."""

    def __init__(self, painter: PartPainter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, square: Tensor) -> tuple[Tensor, ...]:
        """Maps from the finest."""
        return tuple(self.painter.see(square))


class PaintGraph(nn.Module):
    """How a part is moved and painted."""

    def __init__(self, painter: PartPainter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, coefficients: Tensor, *maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How far colours are moved, how much of them is shown, and the paint of the rest."""
        flow = self.painter(coefficients, list(maps))
        return flow.moved, flow.shown, flow.paint


def write_painters(painters: PartPainters, folder: Path) -> None:
    """Two graphs for each part. Raises MediaError when the folder cannot be written."""
    exact = deepcopy(painters).float().eval()
    for part, cells in CELLS.items():
        square = torch.rand(1, 3, cells, cells) * 2 - 1
        with torch.no_grad():
            maps = exact[part].see(square)
        names = tuple(f"maps{level.shape[-1]}" for level in maps)
        given = {"coefficients": torch.rand(1, len(COEFFICIENTS))}
        given |= dict(zip(names, maps, strict=True))
        write_graph(SeeGraph(exact[part]), folder / see_graph(part), {"square": square}, names)
        made = ("moved", "shown", "paint")
        write_graph(PaintGraph(exact[part]), folder / paint_graph(part), given, made)


def remove_painters(folder: Path) -> None:
    """Remove painters that an earlier export left: a renderer takes those that it finds."""
    for part in CELLS:
        for name in (see_graph(part), paint_graph(part)):
            (folder / name).unlink(missing_ok=True)
