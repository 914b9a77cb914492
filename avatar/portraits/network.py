"""Where the landmarks of a portrait are: a network that looks several times and takes the mean."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from avatar.tracking.crops import Crop, Grey, cut
from avatar.tracking.networks import load_graph
from avatar.tracking.places import POINTS, REGIONS, Places

SIDE = 192
"""Pixels of the crop that the network sees."""
GRAPH = "portrait.onnx"
SHAPES = [[1, POINTS, 2], [1, len(REGIONS)]]
LOOKS = ((0.0, 0.0, 1.0, 0.0), (0.04, 0.02, 1.05, 0.04), (-0.04, 0.02, 0.96, -0.04),
         (0.02, -0.04, 1.02, -0.06), (-0.02, -0.02, 0.98, 0.06))  # fmt: skip
"""Shift in reaches, size and tilt of each look."""


@dataclass(frozen=True, eq=False, slots=True)
class PortraitLook:
    """Landmarks in pixels, how far the looks disagree on each in pixels, and how likely each of
    `REGIONS` is seen.
    """

    places: Places
    spread: Float32[np.ndarray, "96"]
    seen: Float32[np.ndarray, " regions"]


class PortraitNetwork:
    """Finds landmarks finely. Runs on the thread that calls it."""

    def __init__(self, folder: Path) -> None:
        """Load the graph. Raises DataError when the folder does not hold it."""
        self._session = load_graph(folder / GRAPH, SHAPES)

    def look(self, grey: Grey, crop: Crop) -> PortraitLook:
        """The landmarks of the face that a crop shows."""
        found, seen = list[np.ndarray](), list[np.ndarray]()
        for right, down, size, tilt in LOOKS:
            near = replace(
                crop,
                x=crop.x + right * crop.reach,
                y=crop.y + down * crop.reach,
                reach=crop.reach * size,
                tilt=crop.tilt + tilt,
            )
            given = cut(grey, near, (SIDE, SIDE)).astype(np.float32)[None, None]
            places, likely = self._session.run(None, {"face": given})
            found.append(near.outside(np.asarray(places)[0]))
            seen.append(1 / (1 + np.exp(-np.asarray(likely)[0])))
        stack = np.stack(found)
        spread = np.linalg.norm(stack - stack.mean(axis=0), axis=2).mean(axis=0)
        return PortraitLook(
            stack.mean(axis=0).astype(np.float32),
            spread.astype(np.float32),
            np.mean(seen, axis=0).astype(np.float32),
        )
