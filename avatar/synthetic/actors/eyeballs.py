"""The parametric human's eyeballs: how they turn, and where irises are seen."""

import numpy as np
from jaxtyping import Bool, Float32

from avatar.motion import ARKIT58, Vector
from avatar.synthetic.actors.assets import HumanAssets, Proxy, Vertices

ACROSS_RAD, VERTICAL_RAD = 0.52, 0.44
"""Turn of an eyeball at a coefficient of 1."""
IRIS = 0.47
"""Radius of the iris in radii of the eyeball."""
PUPIL_VERTICES = 12
"""How many of an eye's foremost vertices mark its pupil when it looks straight ahead."""


class Eyeballs:
    """Both eyeballs of one person."""

    def __init__(self, assets: HumanAssets, body: Vertices) -> None:
        self.proxy: Proxy = assets.proxy("eyes", "HighPolyEyes")
        rest = self.proxy.fit(body)
        straight = self.proxy.fit(assets.vertices)
        self._left: Bool[np.ndarray, " vertices"] = straight[:, 0] > 0
        self._centres: dict[str, Float32[np.ndarray, "3"]] = {}
        self._radii: dict[str, float] = {}
        self._straight: dict[str, Float32[np.ndarray, "3 3"]] = {}
        for side, own in (("left", self._left), ("right", ~self._left)):
            centre, radius = _sphere(rest[own])
            front = np.argsort(straight[own][:, 2])[-PUPIL_VERTICES:]
            self._centres[side], self._radii[side] = centre, radius
            self._straight[side] = _straightened(rest[own][front].mean(axis=0) - centre)
        self.middle: Float32[np.ndarray, "3"] = (
            (self._centres["left"] + self._centres["right"]) / 2
        ).astype(np.float32)
        self.apart = float(np.linalg.norm(self._centres["left"] - self._centres["right"]))

    def turn(self, fitted: Vertices, motion: Vector) -> Vertices:
        """The eyeballs looking where a motion looks."""
        result = fitted.copy()
        for side, own in (("left", self._left), ("right", ~self._left)):
            centre = self._centres[side]
            turn = _look(motion, side) @ self._straight[side]
            result[own] = (fitted[own] - centre) @ turn.T + centre
        return result

    def landmarks(self, motion: Vector) -> dict[str, Float32[np.ndarray, "2 3"]]:
        """Middle and edge of each iris; the edge is the one at the subject's left."""
        found: dict[str, Float32[np.ndarray, "2 3"]] = {}
        aside = np.sqrt(1 - IRIS**2)
        for side in ("right", "left"):
            rest = np.array([[0, 0, 1.0], [IRIS, 0, aside]]) * self._radii[side]
            turned = rest @ _look(motion, side).T + self._centres[side]
            found[f"iris_{side}"] = turned.astype(np.float32)
        return found


def _sphere(points: Vertices) -> tuple[Float32[np.ndarray, "3"], float]:
    """Centre and radius of the sphere that fits points best."""
    rows = np.c_[2 * points, np.ones(len(points))].astype(np.float64)
    found = np.linalg.lstsq(rows, (points.astype(np.float64) ** 2).sum(axis=1), rcond=None)[0]
    centre = found[:3]
    return centre.astype(np.float32), float(np.sqrt(found[3] + centre @ centre))


def _straightened(axis: np.ndarray) -> Float32[np.ndarray, "3 3"]:
    """The turn that brings an axis to the front."""
    across, up = np.arctan2(axis[0], axis[2]), np.arctan2(axis[1], np.hypot(axis[0], axis[2]))
    return _turn(float(across), float(up)).T


def _look(motion: Vector, side: str) -> Float32[np.ndarray, "3 3"]:
    def value(name: str) -> float:
        return float(motion[ARKIT58.index(name + side.capitalize())])

    out = (value("eyeLookOut") - value("eyeLookIn")) * ACROSS_RAD
    across = out if side == "left" else -out
    up = (value("eyeLookUp") - value("eyeLookDown")) * VERTICAL_RAD
    return _turn(across, up)


def _turn(across: float, up: float) -> Float32[np.ndarray, "3 3"]:
    cy, sy, cp, sp = np.cos(across), np.sin(across), np.cos(up), np.sin(up)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    return (about_y @ about_x).astype(np.float32)
