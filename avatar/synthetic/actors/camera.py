"""The camera before the stage."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

NEAR, FAR = 1.0, 60.0
"""Decimetres between which something is seen."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera: distance in decimetres, part of the picture for one inter-ocular distance, offset.

    `offset` moves the face in the picture, in inter-ocular distances (right, up).
    """

    distance: float
    eyes: float
    offset: tuple[float, float] = (0.0, 0.0)


def camera_of(
    face: np.ndarray, view: View, apart: float
) -> tuple[Float32[np.ndarray, "4 4"], Float32[np.ndarray, "3"]]:
    """The matrix that puts the world into the picture, and where the camera stands."""
    middle = face - np.array([*view.offset, 0.0]) * apart
    eye = middle + np.array([0.0, 0.0, view.distance])
    zoom = 2 * view.eyes * view.distance / apart
    matrix = np.array(
        [
            [zoom, 0, 0, -zoom * eye[0]],
            [0, zoom, 0, -zoom * eye[1]],
            [0, 0, -(FAR + NEAR) / (FAR - NEAR), 0],
            [0, 0, -1, eye[2]],
        ]
    )
    matrix[2, 3] = (FAR + NEAR) / (FAR - NEAR) * eye[2] - 2 * FAR * NEAR / (FAR - NEAR)
    return matrix.astype(np.float32), eye.astype(np.float32)


def projected(
    points: Float32[np.ndarray, "_ 3"], camera: Float32[np.ndarray, "4 4"], size: int
) -> Float32[np.ndarray, "_ 2"]:
    """Where points are in a picture of `size`, pixel centres at whole numbers."""
    seen = np.c_[points, np.ones(len(points))] @ camera.T
    flat = seen[:, :2] / seen[:, 3:]
    pixels = np.stack([flat[:, 0] + 1, 1 - flat[:, 1]], axis=1) * (size / 2) - 0.5
    return pixels.astype(np.float32)
