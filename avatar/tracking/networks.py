"""The networks that see a face, as ONNX graphs: a folder with `face.onnx`, `parts.onnx` and
`config.json`.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from avatar.errors import DataError
from avatar.graphs import open_graph
from avatar.tracking.crops import BROWS, EYE, FACE, MOUTH, Crop, FaceFrame, Grey, cut
from avatar.tracking.places import POINTS, REGIONS, TOLD, Places, group
from avatar.tracking.rotation import tilted

CONFIG, FACE_GRAPH, PARTS_GRAPH, FORMAT = "config.json", "face.onnx", "parts.onnx", 1
FACE_SHAPES = [[1, POINTS, 2], [1, 3], [1, 1 + len(REGIONS)]]
PARTS_SHAPES = [[1, len(TOLD)]]

Angles = Float32[np.ndarray, "3"]


@dataclass(frozen=True, eq=False, slots=True)
class FaceLook:
    """What a look at a whole face says: landmarks in pixels of the picture, yaw, pitch and roll in
    radians, and how likely there is a face and each of `REGIONS` is seen, in [0, 1].
    """

    places: Places
    angles: Angles
    presence: float
    seen: Float32[np.ndarray, " regions"]
    crop: Crop
    frame: FaceFrame = field(init=False)
    """The axes of the face."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "frame", frame_of(self.places))


def eye_middle(places: Places, side: str) -> Float32[np.ndarray, "2"]:
    """The middle between an eye's corners, which a blink does not move."""
    lid = group(places, f"lower_lid_{side}")
    return ((lid[0] + lid[-1]) / 2).astype(np.float32)


def frame_of(places: Places) -> FaceFrame:
    """The axes of a face whose landmarks are known."""
    eyes = [eye_middle(places, side) for side in ("right", "left")]
    return FaceFrame.of(eyes[0], eyes[1], group(places, "mouth_corners").mean(axis=0))


class FaceNetworks:
    """Weights that see faces; many trackers share one. Runs on the thread that calls it."""

    def __init__(self, folder: Path) -> None:
        """Load both graphs. Raises DataError for a folder that does not hold them."""
        _require_format(folder / CONFIG)
        self._face = load_graph(folder / FACE_GRAPH, FACE_SHAPES)
        self._parts = load_graph(folder / PARTS_GRAPH, PARTS_SHAPES)

    def look(self, grey: Grey, crop: Crop) -> FaceLook:
        """Look at a whole face."""
        given = cut(grey, crop, FACE).astype(np.float32)[None, None]
        places, pose, presence = self._face.run(None, {"face": given})
        likely = 1 / (1 + np.exp(-np.asarray(presence)[0].astype(np.float64)))
        return FaceLook(
            places=crop.outside(np.asarray(places)[0]),
            angles=tilted(np.asarray(pose)[0], crop.tilt),
            presence=float(likely[0]),
            seen=likely[1:].astype(np.float32),
            crop=crop,
        )

    def tell(self, grey: Grey, look: FaceLook) -> Float32[np.ndarray, " told"]:
        """The coefficients `TOLD`, not bounded, of a face that was looked at."""
        frame = look.frame
        eyes = {side: frame.eye(eye_middle(look.places, side)) for side in ("right", "left")}
        crops = {
            "right_eye": cut(grey, eyes["right"], EYE, mirrored=True),
            "left_eye": cut(grey, eyes["left"], EYE),
            "mouth": cut(grey, frame.mouth_crop, MOUTH),
            "brows": cut(grey, frame.brows, BROWS),
        }
        given = {name: crop.astype(np.float32)[None, None] for name, crop in crops.items()}
        given["pose"] = tilted(look.angles, -frame.tilt)[None]
        return np.asarray(self._parts.run(None, given)[0])[0]


def _require_format(path: Path) -> None:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        found, told = card.get("format"), tuple(card.get("told", ()))
    except (OSError, UnicodeDecodeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{path} cannot be read ({error}): networks of a tracker have one"
        ) from error
    if found != FORMAT or told != TOLD:
        raise DataError(f"{path} is of another version: export the networks with this version")


def load_graph(path: Path, shapes: list[list[int]]) -> Any:
    """A graph whose outputs have these shapes. Raises DataError for anything else."""
    session = open_graph(path)
    found = [output.shape for output in session.get_outputs()]
    if found != shapes:
        raise DataError(f"{path} gives {found}, {shapes} is needed: export it with this version")
    return session
