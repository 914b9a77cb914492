"""The landmarks that the networks find, and the coefficients that they tell."""

import numpy as np
from jaxtyping import Bool, Float32, Int64

PLACE_GROUPS = {
    "brow_right": 5,
    "brow_left": 5,
    "upper_lid_right": 9,
    "lower_lid_right": 9,
    "upper_lid_left": 9,
    "lower_lid_left": 9,
    "iris_right": 2,
    "iris_left": 2,
    "nose": 6,
    "mouth_corners": 2,
    "lip_seam": 5,
    "lower_seam": 5,
    "upper_lip": 5,
    "lower_lip": 5,
    "jaw": 11,
    "cheek": 4,
    "forehead": 3,
}
"""Groups of the bundle format that a face shows, and `lower_seam`.

`lip_seam` is the lower edge of the upper lip, `lower_seam` the upper edge of the lower one: a shut
mouth has them at one place.
"""

POINTS = sum(PLACE_GROUPS.values())
Places = Float32[np.ndarray, "96 2"]
"""All points in the order of `PLACE_GROUPS`."""

_OF_EYE = (
    "eyeBlink",
    "eyeSquint",
    "eyeWide",
    "eyeLookIn",
    "eyeLookOut",
    "eyeLookUp",
    "eyeLookDown",
)
RIGHT_EYE, LEFT_EYE = (tuple(name + side for name in _OF_EYE) for side in ("Right", "Left"))
_OF_MOUTH = ("Smile", "Frown", "Stretch", "Press", "UpperUp", "LowerDown")
MOUTH = (
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
    *(f"mouth{name}{side}" for name in _OF_MOUTH for side in ("Left", "Right")),
    "noseSneerLeft",
    "noseSneerRight",
    "cheekPuff",
)
BROWS = ("browInnerUp", "browDownLeft", "browDownRight", "browOuterUpLeft", "browOuterUpRight")
TOLD = (*RIGHT_EYE, *LEFT_EYE, *MOUTH, *BROWS)
"""Coefficients of `arkit58` that are told, by region."""
REGIONS = {"right eye": RIGHT_EYE, "left eye": LEFT_EYE, "mouth": MOUTH, "brows": BROWS}


def group_slice(name: str) -> slice:
    """Where a group stands in `Places`."""
    names = list(PLACE_GROUPS)
    start = sum(PLACE_GROUPS[other] for other in names[: names.index(name)])
    return slice(start, start + PLACE_GROUPS[name])


_SLICES = {name: group_slice(name) for name in PLACE_GROUPS}


def group(places: Places, name: str) -> Float32[np.ndarray, "_ 2"]:
    """The points of one group."""
    return places[_SLICES[name]]


def _opposites() -> Int64[np.ndarray, "96"]:
    order = list[int]()
    reversed_groups = (
        "mouth_corners",
        "lip_seam",
        "lower_seam",
        "upper_lip",
        "lower_lip",
        "jaw",
        "forehead",
    )
    for name in _SLICES:
        other = name.replace("right", "?").replace("left", "right").replace("?", "left")
        indices = list(range(_SLICES[other].start, _SLICES[other].stop))
        if name == "nose":
            indices = [indices[i] for i in (0, 1, 2, 4, 3, 5)]
        elif name == "cheek":
            indices = [indices[i] for i in (1, 0, 3, 2)]
        elif name in reversed_groups:
            indices = indices[::-1]
        order += indices
    return np.array(order)


OPPOSITES = _opposites()
"""For each point the one that takes its place when the picture is mirrored."""
IRIS_EDGES = np.array([_SLICES["iris_right"].start + 1, _SLICES["iris_left"].start + 1])


def mirrored(places: Places, width: int) -> Places:
    """The landmarks of the mirrored picture, which is `width` pixels wide."""
    result = places[OPPOSITES].copy()
    result[:, 0] = width - 1 - result[:, 0]
    middles = result[IRIS_EDGES - 1]
    result[IRIS_EDGES] = 2 * middles - result[IRIS_EDGES]
    return result


HIDDEN_FROM = 0.4
"""Part of a region's landmarks behind something from which it counts as not seen."""
SEEN_GROUPS = (
    ("upper_lid_right", "lower_lid_right"),
    ("upper_lid_left", "lower_lid_left"),
    ("mouth_corners", "lip_seam", "upper_lip", "lower_lip"),
    ("brow_right", "brow_left"),
)
"""Landmarks of the regions of `REGIONS`, in its order."""
_REGION_ROWS = [
    np.concatenate([np.arange(PLACE_GROUPS[g]) + group_slice(g).start for g in groups])
    for groups in SEEN_GROUPS
]


def regions_seen(covered: Bool[np.ndarray, "96"]) -> Bool[np.ndarray, "4"]:
    """Which of `REGIONS` are seen when something hides these landmarks."""
    return np.array([covered[rows].mean() < HIDDEN_FROM for rows in _REGION_ROWS])
