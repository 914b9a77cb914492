"""Eyes and mouth of a portrait, painted by small networks before the whole is moved.

ONNX Runtime runs them on the thread that calls, without torch.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from avatar.graphs import open_graph
from avatar.motion import ARKIT58, COEFFICIENTS, Vector
from avatar.rendering.base import Picture
from avatar.rendering.moving import Flow, MovingSquare
from avatar.rendering.parts import CELLS, KEPT, Marks, PartSquare, part_squares


def see_graph(part: str) -> str:
    """The file of the graph that looks at a part."""
    return f"{part}-seen.onnx"


def paint_graph(part: str) -> str:
    """The file of the graph that paints a part."""
    return f"{part}-painted.onnx"


class PartNetworks:
    """The graphs of all parts; many portraits share them."""

    def __init__(self, folder: Path) -> None:
        """Load the graphs. Raises DataError for a folder that does not hold them."""
        self._see = {part: open_graph(folder / see_graph(part)) for part in CELLS}
        self._paint = {part: open_graph(folder / paint_graph(part)) for part in CELLS}

    @classmethod
    def of(cls, folder: Path) -> "PartNetworks | None":
        """Those of a folder, None of an auto-encoder without painters."""
        there = any((folder / paint_graph(part)).exists() for part in CELLS)
        return cls(folder) if there else None

    def see(self, part: str, square: UInt8[np.ndarray, "cells cells 3"]) -> dict[str, np.ndarray]:
        """Look at a part once."""
        graph = self._see[part]
        names = [output.name for output in graph.get_outputs()]
        made = graph.run(None, {"square": as_planes(square)})
        return dict(zip(names, made, strict=True))

    def paint(self, part: str, seen: dict[str, np.ndarray], motion: Vector) -> Flow:
        """How a part is moved and painted."""
        told = motion[None, : len(COEFFICIENTS)]
        moved, shown, paint = self._paint[part].run(None, {**seen, "coefficients": told})
        return Flow.of(moved[0], shown[0], paint[0])


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    square: PartSquare
    moving: MovingSquare
    seen: dict[str, Any]


class PartPainter:
    """Paints the parts of one portrait."""

    def __init__(self, networks: PartNetworks, portrait: Picture, marks: Marks) -> None:
        self._networks, self._portrait = networks, portrait
        self._parts = [self._placed(square) for square in part_squares(marks)]

    def _placed(self, square: PartSquare) -> _Part:
        cut = square.box.whole().cut(self._portrait, CELLS[square.part])
        shown = np.ascontiguousarray(cut[:, ::-1]) if square.mirrored else cut
        moving = MovingSquare(square.box, self._portrait.shape[0])
        return _Part(square, moving, self._networks.see(square.part, shown))

    def painted(self, motion: Vector) -> Picture:
        """The portrait with the expression of an `arkit58` motion, its head and brows at rest."""
        picture, told = self._portrait.copy(), without_kept(motion)
        reflected = mirror_image(told)
        for part in self._parts:
            mirrored = part.square.mirrored
            given = reflected if mirrored else told
            flow = self._networks.paint(part.square.part, part.seen, given)
            part.moving.draw(self._portrait, flow.mirrored() if mirrored else flow, picture)
        return picture


def without_kept(motion: Vector) -> Vector:
    """A motion as painters are told it: head and brows are not theirs."""
    return np.where(_OTHERS, np.float32(0), motion)


def without_painted(motion: Vector) -> Vector:
    """What painters leave of a motion to what moves the whole portrait."""
    return np.where(_OTHERS, motion, np.float32(0))


def mirror_image(motion: Vector) -> Vector:
    """The motion in a mirror."""
    result = motion[_SIDES].copy()
    result[_TURNED] *= -1
    return result


def as_planes(
    picture: UInt8[np.ndarray, "cells cells 3"],
) -> Float32[np.ndarray, "1 3 cells cells"]:
    """A picture as networks see it, -1 to 1."""
    planes = picture.transpose(2, 0, 1)[None].astype(np.float32)
    return np.ascontiguousarray(planes / np.float32(127.5) - np.float32(1))


def _other(name: str) -> str:
    for side, opposite in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + opposite
    return name


_OTHERS = np.concatenate([KEPT, np.ones(ARKIT58.dim - len(COEFFICIENTS), bool)])
_SIDES = np.array([ARKIT58.index(_other(name)) for name in ARKIT58.channels])
_TURNED = np.array([ARKIT58.index(name) for name in ("headYaw", "headRoll", "headX")])
