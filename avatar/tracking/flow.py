"""Following points of a face from picture to picture (Lucas and Kanade 1981, in pyramids)."""

import cv2
import numpy as np
from jaxtyping import Bool, Float64

from avatar.tracking.detection import Box, Grey
from avatar.tracking.pose import Pixels

POINTS = 40
WINDOW, LEVELS = 15, 2
"""Pixels of the window and levels of the pyramid: points may move by about 40 pixels."""
BACK_MISS = 0.7
"""Pixels by which a point that is followed forth and back may miss its start."""
SIMILAR = 2.0
"""Pixels by which a point may leave the common motion of the others."""
LEAST_POINTS = 8
"""A face with fewer points is lost."""
LEAST_APART, APART = 2, 0.05
"""Pixels between two points, and the same in sides of the box; the larger counts."""
REGION = (0.18, 0.15, 0.82, 0.70)
"""Left, top, right and bottom of what moves with the skull, in sides of the box: no mouth, which
talks, and no hair."""


def follow(before: Grey, now: Grey, points: Pixels) -> tuple[Pixels, Bool[np.ndarray, " points"]]:
    """Where the points went, and which of them can be trusted."""
    start = points.astype(np.float32)[:, None]
    there, found = _flow(before, now, start)
    back, returned = _flow(now, before, there)
    height, width = now.shape
    inside = (there > 1).all(axis=(1, 2)) & (there[:, 0] < (width - 2, height - 2)).all(axis=1)
    miss = np.abs(back - start).max(axis=(1, 2))
    good = (found.ravel() == 1) & (returned.ravel() == 1) & inside & (miss < BACK_MISS)
    if good.sum() >= LEAST_POINTS:
        good[good] = _moves_together(start[good], there[good])
    return there[:, 0].astype(np.float64), good


def _flow(before: Grey, now: Grey, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    there, found, _ = cv2.calcOpticalFlowPyrLK(  # pyright: ignore[reportCallIssue]
        before,
        now,
        points,
        None,  # pyright: ignore[reportArgumentType]
        winSize=(WINDOW, WINDOW),
        maxLevel=LEVELS,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 0.02),
    )
    return there, found


def _moves_together(before: np.ndarray, now: np.ndarray) -> Bool[np.ndarray, " points"]:
    model, inliers = cv2.estimateAffinePartial2D(
        before, now, method=cv2.RANSAC, ransacReprojThreshold=SIMILAR, maxIters=200
    )
    if model is None:  # pyright: ignore[reportUnnecessaryComparison]
        return np.zeros(len(before), bool)
    return inliers.ravel() == 1


def seed(grey: Grey, box: Box, kept: Pixels) -> Float64[np.ndarray, "fresh 2"]:
    """New points on a face, `POINTS` together with those that are kept."""
    wanted, apart = POINTS - len(kept), max(LEAST_APART, round(APART * box.side))
    height, width = grey.shape
    left, top, right, bottom = (
        int(np.clip(middle + (part - 0.5) * box.side, 0, limit))
        for part, middle, limit in zip(REGION, (box.x, box.y) * 2, (width, height) * 2, strict=True)
    )
    if wanted <= 0 or right - left < 2 * apart or bottom - top < 2 * apart:
        return np.zeros((0, 2))
    free = np.full((bottom - top, right - left), 255, np.uint8)
    for x, y in kept:
        cv2.circle(free, (round(x) - left, round(y) - top), apart, 0, -1)
    found = cv2.goodFeaturesToTrack(
        np.ascontiguousarray(grey[top:bottom, left:right]), wanted, 0.01, apart, mask=free
    )
    if found is None:  # pyright: ignore[reportUnnecessaryComparison]
        return np.zeros((0, 2))
    return np.asarray(found)[:, 0].astype(np.float64) + np.array([left, top], np.float64)
