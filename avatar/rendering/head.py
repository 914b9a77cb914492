"""The head as a solid: depth, what turns with it, and where a turn puts each point.

All lengths are portrait pixels, x to the right, y down, z toward the camera.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.motion import ARKIT58, Vector
from avatar.rendering.curves import smoothstep
from avatar.rendering.fields import GRID, GridMap, grid_positions
from avatar.rendering.landmarks import Landmarks

FOCAL_LENGTH = 9.0
"""Distance of the camera in inter-ocular distances: a mild, flattering perspective."""

DEPTH_BLUR = 3.4
"""Grid cells. At a sharper step of depth the inverse of the map swings and the edge shimmers."""

SHOULDER_SHARE = 0.10
"""Part of the head's shift that the shoulders follow."""

Rotation: TypeAlias = Float32[np.ndarray, "3 3"]


@dataclass(frozen=True, eq=False)
class Head:
    """Shape of one head on the grid.

    `weight` is 1 on what turns with the skull and falls off down the neck; `shoulders` is the rest
    of the person. `pivot` (x, y, z) is where the neck turns.
    """

    x: GridMap
    y: GridMap
    depth: GridMap
    weight: GridMap
    shoulders: GridMap
    pivot: Float32[np.ndarray, "3"]
    unit: float


@dataclass(frozen=True, eq=False)
class Pose:
    """A turn of the head in the picture's axes and its shift in pixels."""

    rotation: Rotation
    shift: Float32[np.ndarray, "3"]
    yaw: float
    pitch: float
    roll: float


_POSE = slice(ARKIT58.index("headYaw"), ARKIT58.index("headZ") + 1)


def pose_of(motion: Vector, unit: float) -> Pose:
    """The pose in an `arkit58` motion; `unit` is the inter-ocular distance in pixels."""
    yaw, pitch, roll, x, y, z = (float(value) for value in motion[_POSE])
    rotation = _turn_about_y(yaw) @ _turn_about_x(-pitch) @ _turn_about_z(roll)
    shift = np.array([x, -y, z], np.float32) * np.float32(unit)
    return Pose(rotation.astype(np.float32), shift, yaw, pitch, roll)


def _turn_about_y(angle: float) -> Rotation:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)


def _turn_about_x(angle: float) -> Rotation:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]], np.float32)


def _turn_about_z(angle: float) -> Rotation:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)


def build_head(landmarks: Landmarks, size: int, plate: Float32[np.ndarray, "h w"] | None) -> Head:
    """The head of a portrait; `plate` is its depth in inter-ocular distances, NaN where empty."""
    x, y = grid_positions(size)
    unit = landmarks.eye_distance
    jaw = landmarks["jaw"]
    centre_x, chin = (jaw[0, 0] + jaw[-1, 0]) / 2, jaw[5, 1]
    pivot = np.array([centre_x, chin - 0.15 * unit, -0.35 * unit], np.float32)
    depth = _measured_depth(plate, unit) if plate is not None else _likely_depth(landmarks, x, y)
    down = 1 - smoothstep((y - (chin - 0.25 * unit)) / (1.05 * unit))
    aside = smoothstep((np.abs(x - centre_x) / unit - 0.95) / 0.6)
    below_jaw = smoothstep((y - (chin - 0.55 * unit)) / (0.5 * unit))
    weight = cv2.GaussianBlur((down * (1 - aside * below_jaw)).astype(np.float32), (0, 0), 2)
    shoulders = (1 - weight) * np.clip((y - chin) / (0.3 * unit), 0, 1)
    return Head(x, y, depth, weight, shoulders.astype(np.float32), pivot, unit)


def _measured_depth(plate: Float32[np.ndarray, "h w"], unit: float) -> GridMap:
    nose = float(np.nanpercentile(plate, 99.5))
    floor = nose - 2.2
    filled = np.maximum(np.nan_to_num(plate, nan=floor), floor).astype(np.float32)
    small = cv2.resize(filled, (GRID, GRID), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur((small - nose + 1.35) * np.float32(unit), (0, 0), DEPTH_BLUR)


def _likely_depth(landmarks: Landmarks, x: GridMap, y: GridMap) -> GridMap:
    """A paraboloid with a nose, lips, a chin and eye sockets, for a portrait without depth."""
    unit = landmarks.eye_distance
    jaw, head, nose = landmarks["jaw"], landmarks["head"], landmarks["nose"][2]
    lips = landmarks["lip_seam"][2]
    chin, top = jaw[5, 1], head[:, 1].min()
    centre = ((jaw[0, 0] + jaw[-1, 0]) / 2, (chin + top) / 2)
    half = ((head[8, 0] - head[7, 0]) / 2 * 1.02, (chin - top) / 2 * 1.05)
    radius = ((x - centre[0]) / half[0]) ** 2 + ((y - centre[1]) / half[1]) ** 2

    def bump(at: Float32[np.ndarray, "2"], wide: float, high: float, shift: float = 0.0) -> GridMap:
        dx, dy = (x - at[0]) / (wide * unit), (y - at[1] + shift * unit) / (high * unit)
        return np.exp(-(dx**2) - dy**2)

    ridge = np.where(y < nose[1], bump(nose, 0.15, 0.36), bump(nose, 0.15, 0.14))
    depth = 0.95 * np.clip(1 - radius, 0, 1) ** 0.8 + 0.30 * ridge
    depth += 0.10 * bump(lips, 0.3, 0.2) + 0.14 * bump(jaw[5], 0.3, 0.2, 0.12)
    for side in ("right", "left"):
        depth -= 0.08 * bump(landmarks[f"iris_{side}"][0], 0.22, 0.15)
    return cv2.GaussianBlur((depth * unit).astype(np.float32), (0, 0), 1.2)


def posed(
    head: Head, field: Float32[np.ndarray, "2 128 128"], pose: Pose
) -> Float32[np.ndarray, "128 128 2"]:
    """Displacement of every grid point by an expression field and then by the pose."""
    r, (px, py, pz) = pose.rotation, head.pivot
    x, y, z = head.x + field[0] - px, head.y + field[1] - py, head.depth - pz
    focal = FOCAL_LENGTH * head.unit
    turned_z = r[2, 0] * x + r[2, 1] * y + r[2, 2] * z
    scale = (focal - z) / (focal - turned_z - pose.shift[2])
    moved = np.empty((GRID, GRID, 2), np.float32)
    for axis, (start, plane) in enumerate(((x, field[0]), (y, field[1]))):
        turned = r[axis, 0] * x + r[axis, 1] * y + r[axis, 2] * z
        moved[..., axis] = plane + head.weight * (turned * scale - start + pose.shift[axis])
        moved[..., axis] += head.shoulders * _lean(head, pose, axis)
    return moved


def _lean(head: Head, pose: Pose, axis: int) -> GridMap | float:
    """How the shoulders follow: a little of the shift, a little yaw sideways, a little roll."""
    if axis == 0:
        return float(SHOULDER_SHARE * pose.shift[0] + 0.06 * pose.yaw * head.unit)
    return float(SHOULDER_SHARE * pose.shift[1]) + (0.08 * pose.roll) * (head.x - head.pivot[0])


def carried(head: Head, point: Float32[np.ndarray, "2"], pose: Pose) -> Float32[np.ndarray, "2"]:
    """Where the pose takes one portrait point: its displacement in pixels."""
    step = float(head.x[0, 1] - head.x[0, 0])
    column, row = (int(np.clip((value + 0.5) / step, 0, GRID - 1)) for value in point)
    start = np.array([*point, head.depth[row, column]], np.float32) - head.pivot
    turned = pose.rotation @ start
    focal = FOCAL_LENGTH * head.unit
    scale = (focal - start[2]) / (focal - turned[2] - pose.shift[2])
    return head.weight[row, column] * (turned[:2] * scale - start[:2] + pose.shift[:2])
