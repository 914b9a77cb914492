"""Displacement fields: how a whole portrait follows its landmarks.

Each coefficient's field is the smoothest one that moves the landmarks as its table says: on a
128 x 128 grid it minimises |Lu|^2 (thin plate) + a tension + the landmark error + stiffness outside
the head. Grid edges that cross the lip seam or a lid line are cut, so that what lies above and
below moves apart. The part above each cut is then continued below it and the other way round, which
gives two whole fields: one true above the cuts, one below.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl
from jaxtyping import Float32, Int8

from avatar.rendering.basis import Basis, Points
from avatar.rendering.curves import Curve, column_curve
from avatar.rendering.landmarks import SIDES, Landmarks

GRID = 128
"""Cells along each side of the displacement grid."""

TENSION = 0.04
LANDMARK_WEIGHT = 30.0
OUTSIDE_STIFFNESS = 0.05

GridMap: TypeAlias = Float32[np.ndarray, "128 128"]
Fields: TypeAlias = Float32[np.ndarray, "coefficients 2 128 128"]


@dataclass(frozen=True)
class Cut:
    """One opening of the face: the lip seam or the lids of an eye.

    `upper` and `lower` are the curves of its edges in the portrait, one height per column. The cut
    acts between the columns `left` and `right`, `above` and `below` pixels around its middle.
    """

    name: str
    left: float
    right: float
    upper: Curve
    lower: Curve
    above: float
    below: float

    @property
    def middle(self) -> Curve:
        """Half way between the edges."""
        return (self.upper + self.lower) / 2

    @property
    def centre(self) -> Float32[np.ndarray, "2"]:
        """The middle of the opening in the portrait."""
        x = (self.left + self.right) / 2
        return np.array([x, self.middle[round(x)]], np.float32)

    @property
    def half_width(self) -> float:
        """Half the distance between the corners in pixels."""
        return (self.right - self.left) / 2


def face_cuts(landmarks: Landmarks, size: int) -> tuple[Cut, ...]:
    """The mouth, then the right and the left eye."""
    unit = landmarks.eye_distance
    seam = landmarks.seam_curve()
    curve = column_curve(seam, size)
    left, right = float(seam[0, 0]), float(seam[-1, 0])
    cuts = [Cut("mouth", left, right, curve, curve, 0.42 * unit, 0.60 * unit)]
    for side in SIDES:
        upper, lower = landmarks.lid_curves(side)
        cuts.append(
            Cut(
                f"eye_{side}",
                float(upper[0, 0]),
                float(upper[-1, 0]),
                column_curve(upper, size),
                column_curve(lower, size),
                0.28 * unit,
                0.30 * unit,
            )
        )
    return tuple(cuts)


def grid_positions(size: int) -> tuple[GridMap, GridMap]:
    """Portrait x and y of the centre of every grid cell."""
    step = size / GRID
    centres = ((np.arange(GRID) + 0.5) * step - 0.5).astype(np.float32)
    x, y = np.meshgrid(centres, centres)
    return x, y


def solve_fields(landmarks: Landmarks, basis: Basis, size: int) -> tuple[Fields, Fields]:
    """The fields of all coefficients in the order of `basis.names`: above and below the cuts."""
    x, y = grid_positions(size)
    cuts = face_cuts(landmarks, size)
    labels = _cut_labels(cuts, x, y)
    laplacian = _graph_laplacian(labels)
    rows, doubled = _landmark_rows(basis.points, cuts, labels, x, y, size)
    system = (
        laplacian.T @ laplacian
        + sp.diags(_stiffness(landmarks, x, y).ravel())
        + LANDMARK_WEIGHT * (rows.T @ rows)
        + TENSION * laplacian
    )
    targets = [np.vstack([basis.moves[name], basis.moves[name][doubled]]) for name in basis.names]
    right_hand = LANDMARK_WEIGHT * (rows.T @ np.concatenate(targets, axis=1))
    solution = spl.splu(system.tocsc()).solve(np.ascontiguousarray(right_hand))
    fields = solution.T.reshape(len(basis.names), 2, GRID, GRID).astype(np.float32)
    return _continue_across(fields, cuts, labels, x, y, size)


def _cut_labels(cuts: tuple[Cut, ...], x: GridMap, y: GridMap) -> Int8[np.ndarray, "128 128"]:
    """-1 in the band above a cut, +1 in the band below, 0 elsewhere."""
    labels = np.zeros(x.shape, np.int8)
    for cut in cuts:
        middle = np.interp(x, np.arange(len(cut.middle)), cut.middle)
        inside = (x > cut.left) & (x < cut.right)
        inside &= (y > middle - cut.above) & (y < middle + cut.below)
        labels[inside & (y < middle)] = -1
        labels[inside & (y >= middle)] = 1
    return labels


def _graph_laplacian(labels: Int8[np.ndarray, "128 128"]) -> Any:
    cells = np.arange(GRID * GRID).reshape(GRID, GRID)
    pairs: list[np.ndarray] = []
    for first, second in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        joined = labels[first] * labels[second] >= 0
        pairs.append(np.stack([cells[first][joined], cells[second][joined]]))
    a, b = np.concatenate(pairs, axis=1)
    adjacency = sp.coo_matrix((np.ones(len(a)), (a, b)), shape=(cells.size, cells.size))
    adjacency = (adjacency + adjacency.T).tocsr()
    return sp.diags(np.asarray(adjacency.sum(axis=1)).ravel()) - adjacency


def _stiffness(landmarks: Landmarks, x: GridMap, y: GridMap) -> GridMap:
    unit, (cx, cy) = landmarks.eye_distance, landmarks["nose"][1]
    radius = ((x - cx) / (1.75 * unit)) ** 2 + ((y - cy - 0.1 * unit) / (2.0 * unit)) ** 2
    border = np.ones_like(x)
    border[1:-1, 1:-1] = 0
    return 1e-4 + OUTSIDE_STIFFNESS * np.clip(radius - 1, 0, 3) + border


def _landmark_rows(
    points: Points,
    cuts: tuple[Cut, ...],
    labels: Int8[np.ndarray, "128 128"],
    x: GridMap,
    y: GridMap,
    size: int,
) -> tuple[Any, list[int]]:
    """Rows that read the field at each landmark from cells of its own side.

    The ends of every cut are tied on both of its sides, or the corners would tear; `doubled` names
    the points that those extra rows repeat.
    """
    step = size / GRID
    row: list[int] = []
    column: list[int] = []
    weight: list[float] = []
    for i, (point, side) in enumerate(zip(points.xy, points.side, strict=True)):
        for cell, share in _cells(point, int(side), labels, x, y, step):
            row.append(i)
            column.append(cell)
            weight.append(share)
    doubled: list[int] = []
    for cut in cuts:
        for end in (cut.left, cut.right):
            end_y = np.interp(end, np.arange(size), cut.middle)
            nearest = int(np.hypot(points.xy[:, 0] - end, points.xy[:, 1] - end_y).argmin())
            for side in (-1, 1):
                distance = np.where(labels == side, (x - end) ** 2 + (y - end_y) ** 2, np.inf)
                row.append(len(points) + len(doubled))
                column.append(int(distance.argmin()))
                weight.append(1.0)
                doubled.append(nearest)
    shape = (len(points) + len(doubled), GRID * GRID)
    return sp.coo_matrix((weight, (row, column)), shape=shape).tocsr(), doubled


def _cells(
    point: Float32[np.ndarray, "2"],
    side: int,
    labels: np.ndarray,
    x: GridMap,
    y: GridMap,
    step: float,
) -> list[tuple[int, float]]:
    """The cells around a point with bilinear weights, without those beyond a cut."""
    px, py = point.tolist()
    gx, gy = (px + 0.5) / step - 0.5, (py + 0.5) / step - 0.5
    left = int(np.clip(np.floor(gx), 0, GRID - 2))
    top = int(np.clip(np.floor(gy), 0, GRID - 2))
    fx, fy = np.clip(gx - left, 0, 1), np.clip(gy - top, 0, 1)
    found: list[tuple[int, float]] = []
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = float((fx if dx else 1 - fx) * (fy if dy else 1 - fy))
        label = int(labels[top + dy, left + dx])
        if share > 0 and (side == 0 or label in (0, side)):
            found.append(((top + dy) * GRID + left + dx, share))
    total = sum(share for _, share in found)
    if total < 1e-3:
        nearest = np.where(labels == side, (x - px) ** 2 + (y - py) ** 2, np.inf).argmin()
        return [(int(nearest), 1.0)]
    return [(cell, share / total) for cell, share in found]


def _continue_across(
    fields: Fields, cuts: tuple[Cut, ...], labels: np.ndarray, x: GridMap, y: GridMap, size: int
) -> tuple[Fields, Fields]:
    above, below = fields.copy(), fields.copy()
    step = size / GRID
    rows = np.arange(GRID)
    for cut in cuts:
        reach = int(0.95 * cut.above / step)
        for j in np.nonzero((x[0] > cut.left) & (x[0] < cut.right))[0]:
            column = round(float(np.clip(x[0, j], 0, size - 1)))
            middle = cut.middle[column]
            band = (y[:, j] > middle - cut.above) & (y[:, j] < middle + cut.below)
            last = rows[band & (labels[:, j] == -1)].max()
            first = rows[band & (labels[:, j] == 1)].min()
            at_upper = int(np.clip(round((cut.upper[column] + 0.5) / step - 0.8), 0, last))
            at_lower = int(np.clip(round((cut.lower[column] + 0.5) / step - 0.2), first, GRID - 1))
            down = np.arange(at_upper + 1, min(GRID, first + reach))
            up = np.arange(max(0, last - reach), at_lower)
            for field, held, where, gone in (
                (above, at_upper, down, down - first),
                (below, at_lower, up, last - up),
            ):
                keep = np.clip(2 - 2 * gone / reach, 0, 1)
                edge = fields[:, :, held, j, None]
                field[:, :, where, j] = edge * keep + fields[:, :, where, j] * (1 - keep)
    return above, below
