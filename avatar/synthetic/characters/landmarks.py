"""Where the features of a drawn face lie in its picture, from the exact model."""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float32

from avatar.rendering.landmarks import HEAD_ANGLES
from avatar.synthetic.characters import anatomy, features, hair
from avatar.synthetic.characters.camera import Camera
from avatar.synthetic.characters.distance import Points, column, unit
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.march import drop

Landmarks: TypeAlias = dict[str, Float32[np.ndarray, "points 2"]]
"""Points (x right, y down, pixel centres at integers) by group."""

LIP_PLACES = (-0.66, -0.33, 0.0, 0.33, 0.66)
"""Points of a lip between the corners, as parts of the half width."""
BROW_PLACES = (0.97, 0.75, 0.5, 0.25, 0.04)
CHEEKS = ((0.60, -0.40), (0.50, -0.80))
"""Upper and lower cheek as (x, y)."""
FOREHEAD = ((-0.45, 0.72), (0.0, 0.78), (0.45, 0.72))
JAW_HEIGHTS = (-0.10, -0.48, -0.84, -1.16, -1.42)
"""y of the face contour from below the ear to beside the chin."""
HEAD_CENTRE = (0.0, 0.25, -0.1)
NECK = (
    (-0.46, -1.75),
    (0.0, -1.72),
    (0.46, -1.75),
    (-0.50, -2.1),
    (0.50, -2.1),
    (-1.7, -2.45),
    (1.7, -2.45),
    (0.0, -2.55),
)


def find_landmarks(figure: Figure, camera: Camera) -> Landmarks:
    """All groups of the bundle format."""
    groups: dict[str, Points] = {}
    for name, side in (("right", -1), ("left", 1)):
        groups |= _eye(figure, name, side)
    groups |= _nose_and_mouth(figure)
    groups |= _contours(figure)
    return {name: camera.pixels(points).T for name, points in groups.items()}


def _front(figure: Figure, x: list[float] | np.ndarray, y: list[float] | np.ndarray) -> Points:
    """Points of the skin (or clothes) seen from the front over each (x, y)."""

    def bare(points: Points) -> Float32[np.ndarray, " n"]:
        parts = figure.parts(points)
        return np.minimum(parts[Part.SKIN], parts[Part.CLOTHES])

    return drop(bare, np.asarray(x, np.float32), np.asarray(y, np.float32))


def _eye(figure: Figure, name: str, side: int) -> dict[str, Points]:
    eyes, brows = figure.character.eyes, figure.character.brows
    s = np.cos(np.linspace(0, np.pi, 9)).astype(np.float32)
    x = side * (eyes.centre[0] + eyes.half_width * s)
    lids = {"upper": features.upper_lid(eyes, s), "lower": features.lower_lid(eyes, s)}
    groups = {f"{lid}_lid_{name}": _lid_edge(figure, x, height) for lid, height in lids.items()}
    look = features.gaze(eyes, side)
    across = unit(np.cross(column((0.0, 1.0, 0.0)), look, axis=0))
    back = eyes.radius - np.sqrt(eyes.radius**2 - eyes.iris_radius**2)
    middle = features.iris_centre(eyes, side)
    limbus = middle - look * np.float32(back) + across * np.float32(eyes.iris_radius)
    groups[f"iris_{name}"] = np.concatenate([middle, limbus], axis=1).astype(np.float32)
    path = features.brow_path(brows, side)
    places = np.linspace(0, 1, path.shape[1])
    along = [np.interp(BROW_PLACES, places, line) for line in path]
    groups[f"brow_{name}"] = _front(figure, along[0], along[1])
    return groups


def _lid_edge(figure: Figure, x: np.ndarray, y: np.ndarray) -> Points:
    """Points where the lid meets the eyeball."""
    eyes = figure.character.eyes
    off = (np.abs(x) - eyes.centre[0]) ** 2 + (y - eyes.centre[1]) ** 2
    reach = (eyes.radius + 0.02) ** 2
    depth = eyes.centre[2] + np.sqrt(np.clip(reach - off, 0, None))
    return np.stack([x, y, depth]).astype(np.float32)


def _nose_and_mouth(figure: Figure) -> dict[str, Points]:
    nose, mouth = figure.character.nose, figure.character.mouth
    wing = nose.wing[0] + nose.wing_radii[0] * 0.9
    x = np.array(LIP_PLACES, np.float32) * np.float32(mouth.half_width)
    ends = np.array([-mouth.half_width, mouth.half_width], np.float32)
    base = nose.tip[1] - nose.tip_radii[1] - 0.03
    return {
        "nose": _front(
            figure,
            [0, 0, 0, -wing, wing, 0],
            [0.06, -0.24, nose.tip[1], nose.wing[1], nose.wing[1], base],
        ),
        "mouth_corners": _front(figure, ends, features.seam(mouth, ends)),
        "lip_seam": _front(figure, x, features.seam(mouth, x)),
        "upper_lip": _front(figure, x, features.upper_lip(mouth, x)),
        "lower_lip": _front(figure, x, features.lower_lip(mouth, x)),
        "cheek": _front(
            figure,
            [-CHEEKS[0][0], CHEEKS[0][0], -CHEEKS[1][0], CHEEKS[1][0]],
            [CHEEKS[0][1], CHEEKS[0][1], CHEEKS[1][1], CHEEKS[1][1]],
        ),
    }


def _contours(figure: Figure) -> dict[str, Points]:
    side = [_edge(figure, height) for height in JAW_HEIGHTS]
    chin = _chin(figure)
    right = [(-x, y, z) for x, y, z in side]
    jaw = [*right, chin, *side[::-1]]
    return {
        "jaw": np.array(jaw, np.float32).T,
        "forehead": _front(figure, [p[0] for p in FOREHEAD], [p[1] for p in FOREHEAD]),
        "head": _outline(figure),
        "neck": _front(figure, [p[0] for p in NECK], [p[1] for p in NECK]),
    }


def _edge(figure: Figure, height: float) -> tuple[float, float, float]:
    """The outermost point of the face at a height, on the subject's left."""
    x, z = np.meshgrid(np.linspace(0.2, 1.3, 221), np.linspace(-0.1, 1.2, 53))
    points = np.stack([x.reshape(-1), np.full(x.size, height), z.reshape(-1)]).astype(np.float32)
    inside = anatomy.skull(figure.character.head, points) < 0
    best = np.argmax(np.where(inside, points[0], -1))
    return (float(points[0, best]), height, float(points[2, best]))


def _chin(figure: Figure) -> tuple[float, float, float]:
    y, z = np.meshgrid(np.linspace(-1.9, -1.2, 141), np.linspace(0.4, 1.4, 51))
    points = np.stack([np.zeros(y.size), y.reshape(-1), z.reshape(-1)]).astype(np.float32)
    inside = anatomy.skull(figure.character.head, points) < 0
    best = np.argmin(np.where(inside, points[1], 9))
    return (0.0, float(points[1, best]), float(points[2, best]))


def _outline(figure: Figure) -> Points:
    """Points on the outline of the head with its hair."""
    rows = []
    for angle in np.deg2rad(HEAD_ANGLES):
        reach = np.linspace(0.6, 2.4, 181)
        line = np.stack(
            [
                HEAD_CENTRE[0] + reach * np.cos(angle),
                HEAD_CENTRE[1] + reach * np.sin(angle),
                np.full(reach.size, HEAD_CENTRE[2]),
            ]
        ).astype(np.float32)
        inside = np.flatnonzero(hair.volume(figure.character, line) < 0)
        rows.append(line[:, inside[-1] if inside.size else 0])
    return np.stack(rows, axis=1)
