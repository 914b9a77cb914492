"""Where the landmarks of the bundle format lie on the parametric human's mesh.

Lids, lips and the middle of the nose are chains of vertices of the person's left half, mirrored for
the right; contours and the flat parts of the face are found on each person. Every landmark is a
weighted sum of vertices, so that it follows shape, expression and pose exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from scipy.sparse import csr_matrix

from avatar.synthetic.actors.assets import HumanAssets, Vertices
from avatar.synthetic.characters.landmarks import LIP_PLACES
from avatar.tracking.places import PLACE_GROUPS

LID_POINTS, LIP_POINTS = 9, 5
UPPER_LID = (11487, 11486, 11490, 6844, 6841, 6838, 6785, 6784, 6790, 6793, 6796, 6799, 6802, 6805)
LOWER_LID = (11487, 11488, 11489, 6837, 6834, 6831, 6828, 6825, 6820, 6817, 6814, 6811, 6808, 6805)
UPPER_SEAM = (520, 7267, 7268, 7261, 7262, 11962, 7263, 7181, 7180, 7193, 10400, 7249)
LOWER_SEAM = (493, 7242, 7236, 7230, 7198, 7203, 10374, 7249)
UPPER_LIP = (466, 7222, 7219, 7216, 7211, 11953, 7207, 7173, 7172, 7187, 10403, 7249)
LOWER_LIP = (492, 7241, 7235, 7166, 7165, 7164, 10371, 7249)
CORNER = 7249
NOSE_MIDDLE, WING, NOSE_BASE, CHIN = (133, 164, 297), 11685, 312, 5225
JAW_PLACES = (0.06, 0.30, 0.525, 0.725, 0.89)
"""Heights of the face's contour, as parts of the way from the eyes to the chin."""
CHEEKS = ((0.60, 0.25), (0.50, 0.50))
"""Cheeks: inter-ocular distances from the middle, and parts of the way from eyes to chin."""
FOREHEAD = ((-0.45, -0.45), (0.0, -0.49), (0.45, -0.45))

Row = dict[int, float]
"""One landmark as weights of vertices."""


@dataclass(frozen=True, eq=False)
class FaceMap:
    """Landmarks of one person as weighted vertices; without brows and irises."""

    names: tuple[str, ...]
    weights: csr_matrix

    def place(self, body: Vertices) -> dict[str, Float32[np.ndarray, "_ 3"]]:
        """The landmarks of a body, by group."""
        points = np.asarray(self.weights @ body, np.float32)
        starts = np.cumsum([0, *(PLACE_GROUPS[name] for name in self.names)])
        return {name: points[starts[i] : starts[i + 1]] for i, name in enumerate(self.names)}


class Anatomy:
    """Finds the landmarks of people. Shared by all of them."""

    def __init__(self, assets: HumanAssets) -> None:
        base = assets.vertices
        mirrored = base * np.array([-1, 1, 1], np.float32)
        skin = np.unique(assets.mesh.quads[assets.mesh.group == 0])
        nearest = np.arange(len(base))
        for vertex in (
            *UPPER_LID,
            *LOWER_LID,
            *UPPER_SEAM,
            *LOWER_SEAM,
            *UPPER_LIP,
            *LOWER_LIP,
            WING,
        ):
            apart = ((base[skin] - mirrored[vertex]) ** 2).sum(axis=1)
            nearest[vertex] = skin[int(apart.argmin())]
        self._opposite = nearest
        quads = assets.mesh.quads[assets.mesh.group == 0]
        self._triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        self._edges = np.unique(
            np.sort(np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1), axis=0
        )
        self._skull = assets.skull

    def map(self, body: Vertices) -> FaceMap:
        """The landmarks of one person at rest."""
        rows: dict[str, list[Row]] = {}
        for side, flip in (("right", True), ("left", False)):
            rows[f"upper_lid_{side}"] = self._lid(body, UPPER_LID, flip=flip)
            rows[f"lower_lid_{side}"] = self._lid(body, LOWER_LID, flip=flip)
        rows["nose"] = self._nose()
        rows["mouth_corners"] = [{self._across(CORNER, flip=True): 1.0}, {CORNER: 1.0}]
        for name, chain in (
            ("lip_seam", UPPER_SEAM),
            ("lower_seam", LOWER_SEAM),
            ("upper_lip", UPPER_LIP),
            ("lower_lip", LOWER_LIP),
        ):
            rows[name] = self._lip(body, chain)
        rows |= self._contours(body)
        rows = {name: rows[name] for name in PLACE_GROUPS if name in rows}
        return FaceMap(
            tuple(rows), _matrix([row for group in rows.values() for row in group], len(body))
        )

    def _across(self, vertex: int, *, flip: bool) -> int:
        return int(self._opposite[vertex]) if flip else vertex

    def _lid(self, body: Vertices, chain: Sequence[int], *, flip: bool) -> list[Row]:
        """From the outer to the inner corner, denser at the corners."""
        own = [self._across(vertex, flip=flip) for vertex in chain]
        x = body[own, 0]
        half = 0.5 * (1 + np.cos(np.linspace(0, np.pi, LID_POINTS)))
        wanted = x[0] + (x[-1] - x[0]) * half
        return _along(own, np.abs(x), np.abs(wanted))

    def _lip(self, body: Vertices, chain: Sequence[int]) -> list[Row]:
        """Five points from the picture's left to its right."""
        rows = list[Row]()
        for place in LIP_PLACES:
            own = [self._across(vertex, flip=place < 0) for vertex in chain]
            x = np.abs(body[own, 0])
            rows += _along(own, x, np.array([abs(place) * x[-1]]))
        return rows

    def _nose(self) -> list[Row]:
        root, bridge, tip = NOSE_MIDDLE
        wings = [{self._across(WING, flip=True): 1.0}, {WING: 1.0}]
        return [{root: 1.0}, {bridge: 1.0}, {tip: 1.0}, *wings, {NOSE_BASE: 1.0}]

    def _contours(self, body: Vertices) -> dict[str, list[Row]]:
        eyes = body[[UPPER_LID[0], UPPER_LID[-1]]].mean(axis=0)
        level, apart = float(eyes[1]), 2 * float(eyes[0])
        drop = level - float(body[CHIN, 1])
        left = [self._edge(body, level - place * drop, 1) for place in JAW_PLACES]
        right = [self._edge(body, level - place * drop, -1) for place in JAW_PLACES]
        cheeks = [
            self._front(body, sign * x * apart, level - place * drop)
            for x, place in CHEEKS
            for sign in (-1, 1)
        ]
        forehead = [self._front(body, x * apart, level - place * drop) for x, place in FOREHEAD]
        return {"jaw": [*right, {CHIN: 1.0}, *left[::-1]], "cheek": cheeks, "forehead": forehead}

    def _edge(self, body: Vertices, height: float, side: int) -> Row:
        """The outermost point of the face at a height."""
        a, b = self._edges[:, 0], self._edges[:, 1]
        ya, yb = body[a, 1], body[b, 1]
        crossing = (np.minimum(ya, yb) <= height) & (np.maximum(ya, yb) > height)
        ear = body[UPPER_LID[-1], 2] - 0.62
        crossing &= (body[a, 2] > ear) & (body[b, 2] > ear) & (self._skull[a] > 0.9)
        a, b, ya, yb = a[crossing], b[crossing], ya[crossing], yb[crossing]
        t = (height - ya) / (yb - ya)
        x = side * ((1 - t) * body[a, 0] + t * body[b, 0])
        best = int(np.argmax(x))
        return {int(a[best]): 1 - float(t[best]), int(b[best]): float(t[best])}

    def _front(self, body: Vertices, x: float, y: float) -> Row:
        """The point of the skin that is seen from the front at (x, y)."""
        a, b, c = (body[self._triangles[:, i]] for i in range(3))
        area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        area = np.where(np.abs(area) < 1e-9, np.inf, area)
        u = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
        v = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / area
        depth = a[:, 2] + u * (b[:, 2] - a[:, 2]) + v * (c[:, 2] - a[:, 2])
        inside = (u >= 0) & (v >= 0) & (u + v <= 1) & np.isfinite(area)
        best = int(np.argmax(np.where(inside, depth, -np.inf)))
        corners = self._triangles[best]
        weights = (1 - u[best] - v[best], u[best], v[best])
        return {int(k): float(w) for k, w in zip(corners, weights, strict=True)}


def _along(chain: Sequence[int], x: np.ndarray, wanted: np.ndarray) -> list[Row]:
    """Points of a chain at given distances from the middle; the chain may fold back a little."""
    grown = np.maximum.accumulate(x.astype(np.float64)) + np.arange(len(x)) * 1e-6
    rows = list[Row]()
    for value in np.atleast_1d(wanted):
        after = int(np.clip(np.searchsorted(grown, value), 1, len(grown) - 1))
        span = grown[after] - grown[after - 1]
        t = float(np.clip((value - grown[after - 1]) / span, 0, 1))
        rows.append({chain[after - 1]: 1 - t, chain[after]: t})
    return rows


def _matrix(rows: list[Row], vertices: int) -> csr_matrix:
    at = [(i, vertex, weight) for i, row in enumerate(rows) for vertex, weight in row.items()]
    i, vertex, weight = (np.array(column) for column in zip(*at, strict=True))
    return csr_matrix((weight.astype(np.float32), (i, vertex)), shape=(len(rows), vertices))
