"""The pose of a head from points that move with it.

The head is taken for an ellipsoid on a neck. Each point of the face gets a place on it, its
`chart`, in inter-ocular distances from the point where the neck turns: x to the right of the
picture, y down, z toward the camera. A pose says where the chart's points are seen, in weak
perspective; fitting finds the pose that says it best.
"""

from dataclasses import astuple, dataclass
from math import exp, log
from typing import TypeAlias

import numpy as np
from jaxtyping import Float64

from avatar.tracking.detection import Box

Pixels: TypeAlias = Float64[np.ndarray, "points 2"]
Chart: TypeAlias = Float64[np.ndarray, "points 3"]

BOX_EYES = 2.4
"""Side of a detector's box in inter-ocular distances."""
PIVOT_BELOW, PIVOT_BEHIND = 1.0, 1.5
"""Where the neck turns the head, from the middle of the face, in inter-ocular distances."""
HALF_WIDTH, HALF_HEIGHT, HALF_DEPTH = 1.25, 1.7, 1.15
"""The ellipsoid, in inter-ocular distances."""
POINT_SPREAD = 0.05
"""Inter-ocular distances by which a point strays from the model: noise, expression, shape."""
PIVOT_SPREAD = 0.4
"""Inter-ocular distances by which the neck strays from its slow path: heads turn more than they
slide, so what the points leave open is taken for a turn."""
STEPS = 2
LONGEST_STEP = np.array([0.5, 0.5, 0.5, 0.3, np.inf, np.inf])
"""Most by which one step of a fit changes the numbers of a pose."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Where a head is seen and how it is turned.

    Angles are radians with the signs of `arkit58`; `x` and `y` are the neck's turning point in
    pixels and `log_eyes` is the logarithm of the inter-ocular distance in pixels.
    """

    yaw: float
    pitch: float
    roll: float
    log_eyes: float
    x: float
    y: float

    @property
    def eyes(self) -> float:
        """Inter-ocular distance in pixels."""
        return exp(self.log_eyes)

    @property
    def box(self) -> Box:
        """Where a detector should see the face."""
        middle = np.array([[0.0, -PIVOT_BELOW, PIVOT_BEHIND]])
        x, y = project(middle, self)[0]
        return Box(float(x), float(y), BOX_EYES * self.eyes)


def frontal(box: Box) -> HeadPose:
    """The pose of a face that looks at the camera."""
    eyes = box.side / BOX_EYES
    return HeadPose(0.0, 0.0, 0.0, log(eyes), box.x, box.y + PIVOT_BELOW * eyes)


def project(chart: Chart, pose: HeadPose) -> Pixels:
    """Where the chart's points are seen."""
    return pose.eyes * (chart @ _rotation(pose).T)[:, :2] + np.array([pose.x, pose.y])


def chart_of(points: Pixels, pose: HeadPose) -> Chart:
    """The places on the head of points that are seen."""
    rotation = _rotation(pose)
    seen = (points - np.array([pose.x, pose.y])) / pose.eyes
    depth = np.full(len(points), PIVOT_BEHIND)
    for _ in range(STEPS):
        chart = np.column_stack([seen, depth]) @ rotation
        depth += (_surface(chart) - chart[:, 2]) / max(0.5, float(rotation[2, 2]))
    return np.column_stack([seen, depth]) @ rotation


def fit(chart: Chart, points: Pixels, guess: HeadPose, anchor: tuple[float, float]) -> HeadPose:
    """The pose under which the chart is seen at the points; `anchor` is the neck's slow path.

    Gauss-Newton with Huber weights, from a guess.
    """
    values = np.array(astuple(guess))
    for _ in range(STEPS):
        pose = HeadPose(*map(float, values))
        misses = (points - project(chart, pose)) / (pose.eyes * POINT_SPREAD)
        weights = 1 / np.maximum(1.0, np.linalg.norm(misses, axis=1))
        slopes = _slopes(chart, pose) / (pose.eyes * POINT_SPREAD)
        weighted = slopes * weights[:, None, None]
        strength = 1 / (pose.eyes * PIVOT_SPREAD)
        normal = np.einsum("nai,naj->ij", weighted, slopes) + 1e-6 * np.eye(6)
        normal[4, 4] += strength**2
        normal[5, 5] += strength**2
        pull = np.einsum("nai,na->i", weighted, misses)
        pull[4:] += strength**2 * (np.array(anchor) - values[4:])
        values = values + np.clip(np.linalg.solve(normal, pull), -LONGEST_STEP, LONGEST_STEP)
    return HeadPose(*map(float, values))


def strays(chart: Chart, points: Pixels, pose: HeadPose) -> Float64[np.ndarray, " points"]:
    """How far each point is from where the pose puts it, in inter-ocular distances."""
    return np.linalg.norm(points - project(chart, pose), axis=1) / pose.eyes


def _surface(chart: Chart) -> Float64[np.ndarray, " points"]:
    across = chart[:, 0] / HALF_WIDTH
    down = (chart[:, 1] + PIVOT_BELOW) / HALF_HEIGHT
    inside = np.maximum(0.05, 1 - across**2 - down**2)
    return PIVOT_BEHIND - HALF_DEPTH * (1 - np.sqrt(inside))


def _turns(pose: HeadPose) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Rotation by yaw, pitch and roll, each with its derivative."""
    cy, sy = np.cos(pose.yaw), np.sin(pose.yaw)
    cp, sp = np.cos(pose.pitch), np.sin(pose.pitch)
    cr, sr = np.cos(pose.roll), np.sin(pose.roll)
    return (
        (
            np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]),
            np.array([[-sy, 0, cy], [0, 0, 0], [-cy, 0, -sy]]),
        ),
        (
            np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]]),
            np.array([[0, 0, 0], [0, -sp, -cp], [0, cp, -sp]]),
        ),
        (
            np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]]),
            np.array([[-sr, -cr, 0], [cr, -sr, 0], [0, 0, 0]]),
        ),
    )


def _rotation(pose: HeadPose) -> np.ndarray:
    (yaw, _), (pitch, _), (roll, _) = _turns(pose)
    return yaw @ pitch @ roll


def _slopes(chart: Chart, pose: HeadPose) -> Float64[np.ndarray, "points 2 6"]:
    """How the seen points move with each number of the pose."""
    (yaw, by_yaw), (pitch, by_pitch), (roll, by_roll) = _turns(pose)
    slopes = np.zeros((len(chart), 2, 6))
    turns = (by_yaw @ pitch @ roll, yaw @ by_pitch @ roll, yaw @ pitch @ by_roll)
    for column, turn in enumerate((*turns, yaw @ pitch @ roll)):
        slopes[:, :, column] = pose.eyes * (chart @ turn.T)[:, :2]
    slopes[:, 0, 4] = slopes[:, 1, 5] = 1.0
    return slopes
