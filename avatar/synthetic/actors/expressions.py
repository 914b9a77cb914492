"""How the parametric human makes the ARKit coefficients of `arkit58`.

The human's expression units are other people's; each is scaled so that a coefficient of 1 moves its
landmark as far as the portrait renderer does (`avatar.rendering.expressions`), measured in
inter-ocular distances of the person. One meaning of a number, whoever is drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from avatar.motion import ARKIT58, Vector
from avatar.synthetic.actors.anatomy import Anatomy
from avatar.synthetic.actors.assets import HumanAssets, Vertices

_UNITS = "expression/units/caucasian/"
BLEND = 0.06
"""Decimetres on both sides of the middle in which a one-sided movement fades."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Targets of one coefficient.

    `reach` is how far the landmark (group, index) goes at 1, in hundredths of the inter-ocular
    distance; None leaves the targets as they are. `side` is 1 for the left half only, -1 for the
    right.
    """

    targets: Mapping[str, float]
    landmark: tuple[str, int] = ("mouth_corners", 1)
    reach: float | None = None
    side: int = 0


def _sided() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for name, side, corner, middle in (("Left", 1, 1, 3), ("Right", -1, 0, 1)):
        own = name.lower()
        eye, brow = f"{_UNITS}eye-{own}-", f"{_UNITS}eyebrows-{own}-"
        corners = ("mouth_corners", corner)
        units |= {
            f"eyeBlink{name}": Unit({eye + "closure": 1.0}),
            f"eyeSquint{name}": Unit({eye + "slit": 0.7}),
            f"eyeWide{name}": Unit({eye + "opened-up": 0.8}),
            f"browDown{name}": Unit({brow + "down": 1.0}, (f"brow_{own}", 2), 8.0),
            f"browOuterUp{name}": Unit({brow + "extern-up": 1.0}, (f"brow_{own}", 1), 8.8),
            f"noseSneer{name}": Unit({f"{_UNITS}nose-{own}-elevation": 0.8}),
            f"mouthSmile{name}": Unit({_UNITS + "mouth-corner-puller": 1.0}, corners, 12.5, side),
            f"mouthFrown{name}": Unit({_UNITS + "mouth-depression": 1.0}, corners, 9.7, side),
            f"mouthStretch{name}": Unit({_UNITS + "mouth-retraction": 1.0}, corners, 11.0, side),
            f"mouthUpperUp{name}": Unit(
                {_UNITS + "mouth-elevation": 1.0}, ("lip_seam", middle), 3.4, side
            ),
            f"mouthLowerDown{name}": Unit(
                {_UNITS + "mouth-parling": 1.0}, ("lower_seam", middle), 6.0, side
            ),
            f"mouthPress{name}": Unit(
                {_UNITS + "mouth-compression": 1.0}, ("lower_lip", middle), 2.5, side
            ),
        }
    return units


UNITS: Mapping[str, Unit] = {
    **_sided(),
    "jawOpen": Unit({_UNITS + "mouth-open": 1.0}, ("lower_seam", 2), 26.0),
    "mouthPucker": Unit({_UNITS + "mouth-pursing": 1.0}, ("mouth_corners", 1), 14.0),
    "mouthFunnel": Unit(
        {_UNITS + "mouth-protusion": 1.0, _UNITS + "mouth-eversion": 0.4},
        ("mouth_corners", 1),
        9.0,
    ),
    "browInnerUp": Unit(
        {f"{_UNITS}eyebrows-{side}-inner-up": 1.0 for side in ("left", "right")},
        ("brow_left", 4),
        8.8,
    ),
    "cheekPuff": Unit(
        {f"cheek/{side}-cheek-volume-inflate": 1.2 for side in ("l", "r")},
    ),
}
"""Every coefficient that the human can make; the others do nothing."""

MOVED = tuple(UNITS)
GAZE_REACH_RAD = (0.52, 0.44)
"""Turn of an eyeball at a coefficient of 1: sideways, and up or down."""
MOST_SCALE = 1.8
"""Beyond this a unit would be torn out of shape."""


@dataclass(frozen=True, eq=False)
class Performer:
    """One person's expressions: vertices moved by each of `MOVED`, on the part that moves."""

    moved: np.ndarray
    fields: Float32[np.ndarray, "units moved 3"]

    def perform(self, body: Vertices, motion: Vector) -> Vertices:
        """The body with the expression of an `arkit58` motion; the head is not turned."""
        amounts = motion[_INDICES]
        result = body.copy()
        result[self.moved] += np.tensordot(amounts, self.fields, axes=1)
        return result


_INDICES = np.array([ARKIT58.index(name) for name in MOVED])


def performer(
    assets: HumanAssets, anatomy: Anatomy, body: Vertices, brows: Mapping[str, Sequence[int]]
) -> Performer:
    """Fit the expression units to a person; `brows` names the vertices under each brow."""
    landmarks = anatomy.map(body)
    eyes = landmarks.place(body)
    apart = np.linalg.norm(
        eyes["upper_lid_left"].mean(axis=0) - eyes["upper_lid_right"].mean(axis=0)
    )
    fields = list[Vertices]()
    for unit in UNITS.values():
        field = np.zeros_like(body)
        for name, weight in unit.targets.items():
            field += np.float32(weight) * assets.target(name)
        if unit.side:
            share = np.clip(0.5 + 0.5 * unit.side * body[:, 0] / BLEND, 0, 1)
            field *= (share * share * (3 - 2 * share))[:, None].astype(np.float32)
        if unit.reach is not None:
            group, index = unit.landmark
            if group in brows:
                there = float(np.linalg.norm(field[brows[group][index]]))
            else:
                there = float(np.linalg.norm(landmarks.place(field)[group][index]))
            wanted = unit.reach / 100 * float(apart)
            field *= np.float32(min(MOST_SCALE, wanted / max(there, 1e-6)))
        fields.append(field)
    together = np.stack(fields)
    moved = np.flatnonzero(np.abs(together).max(axis=(0, 2)) > 0)
    return Performer(moved, np.ascontiguousarray(together[:, moved]))
