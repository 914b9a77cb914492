"""Dynamic time warping: which frame of one recording is which frame of another of the same words.

Symmetric steps with weights 1, 1 and 2 (Sakoe and Chiba, IEEE ASSP 26, 1978), computed one
anti-diagonal after the other, each as one array operation.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64, UInt8

BOTH, FIRST, SECOND = 0, 1, 2
"""Steps: both recordings go on, or one of them while the other waits."""


@dataclass(frozen=True, eq=False, slots=True)
class Warp:
    """The cheapest path: `first[k]` is the same moment as `second[k]`; both begin at 0.

    `cost` is the squared distance of the paired frames, averaged along the path.
    """

    first: Int64[np.ndarray, " steps"]
    second: Int64[np.ndarray, " steps"]
    cost: float


def warp(
    first: Float32[np.ndarray, "rows dim"], second: Float32[np.ndarray, "columns dim"], band: int
) -> Warp:
    """Warp two sequences whose paths stay within `band` frames of the straight line.

    Raises ValueError when a sequence is empty.
    """
    rows, columns = len(first), len(second)
    if rows == 0 or columns == 0:
        raise ValueError(f"both sequences need a frame, they have {rows} and {columns}")
    limits = _band_limits(rows, columns, max(band, 1))
    total, steps = _accumulate(first, second, limits)
    path = _trace(rows, columns, limits, steps)
    return Warp(path[0], path[1], float(total) / (rows + columns))


def _band_limits(rows: int, columns: int, band: int) -> Int64[np.ndarray, "diagonals 2"]:
    """First row and the row behind the last of every anti-diagonal row + column = k."""
    diagonal = np.arange(rows + columns - 1)
    centre = diagonal * (rows / (rows + columns))
    half = max(band * rows / (rows + columns), 1.0)
    low = np.maximum(np.ceil(centre - half), np.maximum(0, diagonal - columns + 1))
    high = np.minimum(np.floor(centre + half), np.minimum(rows - 1, diagonal))
    low, high = np.minimum(low, rows - 1), np.maximum(high, low)
    return np.stack([low, high + 1], axis=1).astype(np.int64)


def _accumulate(
    first: Float32[np.ndarray, "rows dim"],
    second: Float32[np.ndarray, "columns dim"],
    limits: Int64[np.ndarray, "diagonals 2"],
) -> tuple[float, list[UInt8[np.ndarray, "..."]]]:
    """The cost of the whole path, and the cheapest step into every cell of every diagonal.

    The three arrays of costs are by row + 1, so that row - 1 exists for row 0.
    """
    rows, columns = len(first), len(second)
    backwards = np.ascontiguousarray(second[::-1])
    before_last, last, present = np.full((3, rows + 1), np.inf, np.float32)
    steps: list[UInt8[np.ndarray, "..."]] = []
    for diagonal, (low, high) in enumerate(limits):
        begin = columns - 1 - diagonal + low
        difference = first[low:high] - backwards[begin : begin + high - low]
        local = np.einsum("nd,nd->n", difference, difference)
        if diagonal == 0:
            choices = np.zeros((3, 1), np.float32)
        else:
            choices = np.stack(
                [before_last[low:high] + local, last[low:high], last[low + 1 : high + 1]]
            )
        step = choices.argmin(axis=0)
        present.fill(np.inf)
        present[low + 1 : high + 1] = local + choices[step, np.arange(high - low)]
        steps.append(step.astype(np.uint8))
        before_last, last, present = last, present, before_last
    return float(last[rows]), steps


def _trace(
    rows: int,
    columns: int,
    limits: Int64[np.ndarray, "diagonals 2"],
    steps: list[UInt8[np.ndarray, "..."]],
) -> Int64[np.ndarray, "2 steps"]:
    row, column = rows - 1, columns - 1
    path = [(row, column)]
    while row + column > 0:
        step = steps[row + column][row - limits[row + column, 0]]
        row -= step != SECOND
        column -= step != FIRST
        path.append((row, column))
    return np.array(path[::-1], np.int64).T
