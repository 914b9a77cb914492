"""The flow renderer: a small network moves a portrait of any size, and paints what is not in it.

The network sees a close-up of the portrait once. For each motion it says, on a coarse grid, where
colours of the portrait are to be taken from and where they are to be painted; the portrait itself
is moved at its full size. ONNX Runtime runs it on one core, without torch.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from avatar.errors import DataError, MediaError
from avatar.graphs import open_graph, read_card
from avatar.motion import ARKIT58, COEFFICIENTS, MotionSpace, Vector
from avatar.rendering.base import Picture
from avatar.rendering.bundle import Bundle
from avatar.rendering.close_up import CloseUp
from avatar.rendering.moving import Flow, MovingSquare
from avatar.rendering.part_painter import PartNetworks, PartPainter, as_planes, without_painted
from avatar.rendering.parts import Marks

CONFIG, FORMAT = "config.json", 1
ENCODER, ADAPTER, DECODER = "encoder.onnx", "adapter.onnx", "decoder.onnx"
MOST_PLACE = 0.15
"""Inter-ocular distances that a head may be moved."""

Directions = Float32[np.ndarray, " directions"]
"""How far a picture is moved along each direction of the network's motion basis."""


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A close-up as the encoder sees it: inputs of the decoder, and the motion that it shows."""

    given: dict[str, np.ndarray]
    along: Directions


class FlowNetworks:
    """An auto-encoder's graphs; many portraits share one. Runs on the thread that calls it."""

    def __init__(self, folder: Path) -> None:
        """Load the graphs. Raises DataError for a folder that does not hold them."""
        card = read_autoencoder_card(folder)
        try:
            self.licence, self.side = str(card["licence"]), int(card["recipe"]["network"]["size"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{folder / CONFIG} is not whole ({error}): export it anew") from error
        self._encoder, self._adapter, self._decoder = (
            open_graph(folder / name) for name in (ENCODER, ADAPTER, DECODER)
        )
        self._made = [output.name for output in self._encoder.get_outputs()]
        self.cells: int = self._decoder.get_outputs()[0].shape[-1]
        self.parts = PartNetworks.of(folder)

    def see(self, close_up: UInt8[np.ndarray, "cells cells 3"]) -> Seen:
        """Look at a close-up of `cells` pixels a side."""
        fine = as_planes(close_up)
        coarse = fine.reshape(1, 3, self.side, self.cells // self.side, self.side, -1)
        made = self._encoder.run(None, {"picture": coarse.mean(axis=(3, 5), dtype=np.float32)})
        seen = dict(zip(self._made, made, strict=True))
        along = seen.pop("along")[0]
        return Seen({**seen, "portrait": fine}, along)

    def along(self, motion: Vector) -> Directions:
        """The directions of an `arkit58` motion."""
        told: Directions = self._adapter.run(None, {"motion": motion[None]})[0][0]
        return told

    def flow(self, seen: Seen, along: Directions) -> Flow:
        """What moves a portrait."""
        moved, shown, paint = self._decoder.run(None, {**seen.given, "along": along[None]})
        return Flow.of(moved[0], shown[0], paint[0])


class FlowPortrait:
    """A square of a portrait that networks move, eyes and mouth painted first where they can be."""

    def __init__(
        self, networks: FlowNetworks, portrait: Picture, box: CloseUp, marks: Marks | None
    ) -> None:
        """Look at the portrait; without `marks` of its face nothing is painted first."""
        self._networks, self._portrait = networks, portrait
        self._square = MovingSquare(box, portrait.shape[0])
        self._seen = networks.see(box.cut(portrait, networks.cells))
        self._painter: PartPainter | None = None
        if networks.parts is not None and marks is not None:
            self._painter = PartPainter(networks.parts, portrait, marks)

    def told(self, motion: Vector) -> Picture:
        """The portrait in an `arkit58` motion."""
        if self._painter is None:
            return self.draw(self._networks.along(motion))
        along = self._networks.along(without_painted(motion))
        return self.draw(along, self._painter.painted(motion))

    def draw(self, along: Directions, portrait: Picture | None = None) -> Picture:
        """A motion that is given by its directions; of the portrait with painted parts, if given.

        Where parts are painted the flow only moves: what it would paint are coarse eyes and lips.
        """
        flow, shown = self._networks.flow(self._seen, along), self._portrait
        if portrait is not None:
            flow, shown = flow.without_paint(), portrait
        picture = self._portrait.copy()
        self._square.draw(shown, flow, picture)
        return picture


class FlowRenderer:
    """Draws one avatar bundle. Nothing lags: a picture depends on its motion alone."""

    def __init__(self, networks: FlowNetworks, bundle: Bundle) -> None:
        self.space: MotionSpace = ARKIT58
        self.size = (bundle.size, bundle.size)
        self.name, self.licence = bundle.manifest.name, bundle.manifest.licence
        self._networks, marks = networks, bundle.landmarks
        self._low, self._high = _limits(bundle)
        box = CloseUp.of_eyes(marks["iris_right"][0], marks["iris_left"][0]).whole()
        self._portrait = FlowPortrait(networks, bundle.portrait, box, marks)

    @classmethod
    def of(cls, folder: Path, bundle: Bundle) -> "FlowRenderer":
        """The renderer of a bundle with the networks of a folder."""
        return cls(FlowNetworks(folder), bundle)

    def start(self) -> None:
        """There is nothing to keep."""

    def render(self, motion: Vector, state: None, *, ticks: int = 1) -> tuple[Picture, None]:
        """Draw one `arkit58` motion; how many `ticks` have passed makes no difference.

        Raises MediaError for a motion that is not finite; values out of range are clamped, and the
        pose to the bundle's limits.
        """
        del ticks
        if not np.isfinite(motion).all():
            bad = ARKIT58.channels[int(np.argmin(np.isfinite(motion)))]
            raise MediaError(f"the motion's {bad} is not a finite number; nothing is drawn")
        return self._portrait.told(np.clip(motion, self._low, self._high)), state

    def motion_in(self, picture: Picture, close_up: CloseUp) -> Directions:
        """The motion that a picture of anybody shows, to be drawn with this portrait."""
        return self._networks.see(close_up.cut(picture, self._networks.cells)).along

    def draw(self, along: Directions) -> Picture:
        """Draw a motion that is given by its directions."""
        return self._portrait.draw(along)


def read_autoencoder_card(folder: Path) -> dict[str, Any]:
    """What is told of an auto-encoder. Raises DataError when it is not there or of no use."""
    return read_card(folder / CONFIG, "an auto-encoder", FORMAT)


def _limits(bundle: Bundle) -> tuple[Vector, Vector]:
    limits = bundle.manifest.pose_limits_deg
    high = np.concatenate(
        [
            np.ones(len(COEFFICIENTS)),
            np.radians([limits.yaw, limits.pitch, limits.roll]),
            np.full(3, MOST_PLACE),
        ]
    ).astype(np.float32)
    low = np.where(np.arange(ARKIT58.dim) < len(COEFFICIENTS), 0, -high).astype(np.float32)
    return low, high
