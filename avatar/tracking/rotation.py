"""Rotations of the head with the signs of `arkit58`; x to the own left, y up, z to the front."""

from math import asin, atan2, cos, sin

import numpy as np
from jaxtyping import Float32, Float64

Rotation = Float64[np.ndarray, "3 3"]


def rotation_of(yaw: float, pitch: float, roll: float) -> Rotation:
    """Yaw * pitch * roll."""
    cy, sy, cp, sp, cr, sr = cos(yaw), sin(yaw), cos(pitch), sin(pitch), cos(roll), sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def angles_of(rotation: Rotation) -> Float32[np.ndarray, "3"]:
    """Yaw, pitch and roll of a rotation whose pitch is less than a quarter turn."""
    pitch = asin(max(-1.0, min(1.0, rotation[1, 2])))
    yaw = atan2(rotation[0, 2], rotation[2, 2])
    roll = atan2(-rotation[1, 0], rotation[1, 1])
    return np.array([yaw, pitch, roll], np.float32)


def tilted(angles: np.ndarray, tilt: float) -> Float32[np.ndarray, "3"]:
    """The angles of a head after the picture was turned: `tilt` is roll that the camera adds."""
    return angles_of(rotation_of(0.0, 0.0, tilt) @ rotation_of(*(float(a) for a in angles)))
