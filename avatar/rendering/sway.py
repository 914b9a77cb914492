"""Hair and ears that lag a little: a damped spring between the head and what hangs from it."""

from math import cos, exp, hypot, pi, sin, sqrt, tanh
from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.clock import TICK_S
from avatar.rendering.curves import smoothstep
from avatar.rendering.fields import GRID, GridMap
from avatar.rendering.head import Head, Pose
from avatar.rendering.landmarks import Landmarks

FREQUENCY, DAMPING = 1.8, 0.4
"""Of the spring: hertz, and the share of the critical damping."""
PER_YAW, PER_ROLL, PER_PITCH = 0.6, 0.7, 0.4
"""How far what hangs follows a turn, in inter-ocular distances a radian."""
PER_SHIFT = 0.6
MOST = 0.08
"""Inter-ocular distances by which anything lags at most."""
CLEAR_OF_FACE = 0.10
"""From the outline of the face in inter-ocular distances, where anything begins to hang."""


class Sway(NamedTuple):
    """Where what hangs is and how fast it moves, in inter-ocular distances and seconds."""

    x: float
    y: float
    speed_x: float = 0.0
    speed_y: float = 0.0


def swayed(state: Sway | None, pose: Pose, unit: float, ticks: int) -> Sway:
    """What hangs after `ticks` in which the head went to `pose`; None begins at rest there.

    Between pictures the head is taken to be where it is at the end, so the spring's motion is
    exact for any number of ticks.
    """
    x, y = _pulled(pose, unit)
    if state is None:
        return Sway(x, y)
    ahead_x, speed_x = _swung(state.x - x, state.speed_x, ticks * TICK_S)
    ahead_y, speed_y = _swung(state.y - y, state.speed_y, ticks * TICK_S)
    return Sway(x + ahead_x, y + ahead_y, speed_x, speed_y)


def lag(state: Sway, pose: Pose, unit: float) -> tuple[float, float]:
    """How far what hangs is from where it would rest, in pixels to the right and down."""
    x, y = _pulled(pose, unit)
    away = hypot(state.x - x, state.y - y)
    if away < 1e-6:
        return 0.0, 0.0
    share = MOST * tanh(away / MOST) / away * unit
    return share * (state.x - x), share * (state.y - y)


def _pulled(pose: Pose, unit: float) -> tuple[float, float]:
    """Where a pose takes what hangs."""
    right, down = (float(value) / unit for value in pose.shift[:2])
    return (
        PER_YAW * pose.yaw + PER_ROLL * pose.roll + PER_SHIFT * right,
        -PER_PITCH * pose.pitch + PER_SHIFT * down,
    )


def _swung(place: float, speed: float, passed_s: float) -> tuple[float, float]:
    """A damped oscillator about 0 after some time, from its place and speed."""
    natural = 2 * pi * FREQUENCY
    decay, ringing = DAMPING * natural, natural * sqrt(1 - DAMPING**2)
    swing = (speed + decay * place) / ringing
    c, s, left = cos(ringing * passed_s), sin(ringing * passed_s), exp(-decay * passed_s)
    there = left * (place * c + swing * s)
    return there, left * (ringing * (swing * c - place * s)) - decay * there


def build_hanging(landmarks: Landmarks, head: Head, matte: Float32[np.ndarray, "h w"]) -> GridMap:
    """How freely each part of a portrait hangs, 0 to 1: hair beside the face, less so the ears."""
    unit, jaw = head.unit, landmarks["jaw"]
    eyes = float((landmarks["iris_right"][0, 1] + landmarks["iris_left"][0, 1]) / 2)
    chin, middle = float(jaw[5, 1]), float((jaw[0, 0] + jaw[-1, 0]) / 2)
    outline = np.vstack([jaw, landmarks["forehead"]])
    centre = outline.mean(axis=0)
    step = float(head.x[0, 1] - head.x[0, 0])
    outline = centre + (outline - centre) * (1 + CLEAR_OF_FACE)
    face = np.zeros((GRID, GRID), np.uint8)
    hull = cv2.convexHull(((outline + 0.5) / step - 0.5).astype(np.float32))
    cv2.fillPoly(face, [np.round(hull).astype(np.int32)], 255)
    beside = 1 - cv2.GaussianBlur(face, (0, 0), 2.5).astype(np.float32) / 255
    hangs = smoothstep((head.y - (eyes - 0.8 * unit)) / (2.0 * unit))
    above_shoulders = 1 - smoothstep((head.y - chin) / (0.7 * unit))
    neck = smoothstep((np.abs(head.x - middle) / unit - 0.45) / 0.3)
    free = np.where(head.y > chin - 0.3 * unit, neck, 1.0)
    person = cv2.resize(matte, (GRID, GRID), interpolation=cv2.INTER_AREA)
    whole = beside * hangs * above_shoulders * free * cv2.dilate(person, np.ones((5, 5)))
    return cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 2.0)
