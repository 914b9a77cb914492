"""The flow renderer: a small network moves a portrait of any size, and paints what is not in it.

The network sees a close-up of the portrait once. For each motion it says, on a coarse grid, where
colours of the portrait are to be taken from and where they are to be painted; the portrait itself
is moved at its full size. ONNX Runtime runs it on one core, without torch.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from avatar.errors import DataError, MediaError
from avatar.graphs import open_graph
from avatar.motion import ARKIT58, COEFFICIENTS, MotionSpace, Vector
from avatar.rendering.base import Picture
from avatar.rendering.bundle import Bundle
from avatar.rendering.close_up import CloseUp

CONFIG, FORMAT = "config.json", 1
ENCODER, ADAPTER, DECODER = "encoder.onnx", "adapter.onnx", "decoder.onnx"
DECIDED = (0.3, 0.7)
"""Of what the network shows of a portrait, below and above which nothing is mixed: half of both is
a haze.
"""
MOST_PLACE = 0.15
"""Inter-ocular distances that a head may be moved."""

Directions = Float32[np.ndarray, " directions"]
"""How far a picture is moved along each direction of the network's motion basis."""


@dataclass(frozen=True, eq=False, slots=True)
class Flow:
    """What makes a picture of a portrait, on the cells of its close-up.

    `moved` is how far away colours are taken, -1 to 1 across the close-up; `shown` the part of them
    that is seen, the rest is `paint` (RGB, 0 to 255).
    """

    moved: Float32[np.ndarray, "cells cells 2"]
    shown: Float32[np.ndarray, "cells cells"]
    paint: UInt8[np.ndarray, "cells cells 3"]


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A close-up as the encoder sees it: inputs of the decoder, and the motion that it shows."""

    given: dict[str, np.ndarray]
    along: Directions


class FlowNetworks:
    """An auto-encoder's graphs; many portraits share one. Runs on the thread that calls it."""

    def __init__(self, folder: Path) -> None:
        """Load the graphs. Raises DataError for a folder that does not hold them."""
        card = read_card(folder)
        try:
            self.licence, self.side = str(card["licence"]), int(card["recipe"]["network"]["size"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{folder / CONFIG} is not whole ({error}): export it anew") from error
        self._encoder, self._adapter, self._decoder = (
            open_graph(folder / name) for name in (ENCODER, ADAPTER, DECODER)
        )
        self._made = [output.name for output in self._encoder.get_outputs()]
        self.cells: int = self._decoder.get_outputs()[0].shape[-1]

    def see(self, close_up: UInt8[np.ndarray, "cells cells 3"]) -> Seen:
        """Look at a close-up of `cells` pixels a side."""
        fine = _colours(close_up)
        coarse = fine.reshape(1, 3, self.side, self.cells // self.side, self.side, -1)
        made = self._encoder.run(None, {"picture": coarse.mean(axis=(3, 5), dtype=np.float32)})
        seen = dict(zip(self._made, made, strict=True))
        return Seen({**seen, "portrait": fine}, seen.pop("along")[0])

    def along(self, motion: Vector) -> Directions:
        """The directions of an `arkit58` motion."""
        told: Directions = self._adapter.run(None, {"motion": motion[None]})[0][0]
        return told

    def flow(self, seen: Seen, along: Directions) -> Flow:
        """What moves a portrait."""
        given = {name: value for name, value in seen.given.items() if name != "along"}
        moved, shown, paint = self._decoder.run(None, {**given, "along": along[None]})
        colours = np.clip((paint[0].transpose(1, 2, 0) + 1) * 127.5, 0, 255).astype(np.uint8)
        low, high = DECIDED
        kept = np.clip((shown[0, 0] - low) / (high - low), 0, 1).astype(np.float32)
        return Flow(np.ascontiguousarray(moved[0].transpose(1, 2, 0)), kept, colours)


class FlowRenderer:
    """Draws one avatar bundle. Nothing lags: a picture depends on its motion alone."""

    def __init__(self, networks: FlowNetworks, bundle: Bundle) -> None:
        self.space: MotionSpace = ARKIT58
        self.size = (bundle.size, bundle.size)
        self.name, self.licence = bundle.manifest.name, bundle.manifest.licence
        self._networks, self._portrait = networks, bundle.portrait
        self._low, self._high = _limits(bundle)
        marks = bundle.landmarks
        box = CloseUp.of_eyes(marks["iris_right"][0], marks["iris_left"][0]).whole()
        self._side = int(box.side)
        self._seen = networks.see(box.cut(bundle.portrait, networks.cells))
        top, left = int(box.top), int(box.left)
        self._drawn = tuple(
            slice(max(0, edge), min(bundle.size, edge + self._side)) for edge in (top, left)
        )
        self._part = tuple(
            slice(inside.start - edge, inside.stop - edge)
            for inside, edge in zip(self._drawn, (top, left), strict=True)
        )
        rows, columns = self._drawn
        self._at = np.dstack(
            np.meshgrid(
                np.arange(columns.start, columns.stop, dtype=np.float32),
                np.arange(rows.start, rows.stop, dtype=np.float32),
            )
        )

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
        return self.draw(self._networks.along(np.clip(motion, self._low, self._high))), state

    def motion_in(self, picture: Picture, close_up: CloseUp) -> Directions:
        """The motion that a picture of anybody shows, to be drawn with this portrait."""
        return self._networks.see(close_up.cut(picture, self._networks.cells)).along

    def draw(self, along: Directions) -> Picture:
        """Draw a motion that is given by its directions."""
        flow = self._networks.flow(self._seen, along)
        moved, shown, paint = (
            cv2.resize(plane, (self._side, self._side), interpolation=cv2.INTER_LINEAR)[self._part]
            for plane in (flow.moved, flow.shown, flow.paint)
        )
        places = self._at + moved * np.float32(self._side / 2)
        nothing: Any = None
        warped = cv2.remap(
            self._portrait, places, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        picture = self._portrait.copy()
        kept = np.ascontiguousarray(shown)
        picture[self._drawn] = cv2.blendLinear(warped, np.ascontiguousarray(paint), kept, 1 - kept)
        return picture


def read_card(folder: Path) -> dict[str, Any]:
    """What is told of an auto-encoder. Raises DataError when it is not there or of no use."""
    path = folder / CONFIG
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}): an auto-encoder has one") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise DataError(
            f"{path} is of another version: format {FORMAT} is needed; export it with this version"
        )
    return card


def _colours(picture: UInt8[np.ndarray, "cells cells 3"]) -> Float32[np.ndarray, "1 3 cells cells"]:
    planes = picture.transpose(2, 0, 1)[None].astype(np.float32)
    return np.ascontiguousarray(planes / np.float32(127.5) - np.float32(1))


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
