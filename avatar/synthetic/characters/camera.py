"""The camera: where each sample of the picture looks, and where a point in space lands in it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from avatar.synthetic.characters.distance import Column, Points, unit

DISTANCE = 15.0
"""From the camera to the origin, in inter-iris distances: about a metre, a portrait lens."""
IRIS_PLANE = 1.2
"""The z at which one inter-iris distance spans `SCALE` of the picture."""
SCALE = 0.190
"""Inter-iris distance as a part of the picture's width."""
EYE_ROW = 0.43
"""Height of the eyes in the picture, from the top."""
PIVOT = (0.0, -0.4, 0.0)
"""The head turns about this point."""


@dataclass(frozen=True)
class Camera:
    """A square picture of `size` pixels with `supersampling`^2 samples each.

    `view` is the yaw and pitch of the head in radians: yaw + turns to the subject's left, pitch +
    lifts the chin.
    """

    size: int
    supersampling: int
    view: tuple[float, float] = (0.0, 0.0)

    @property
    def samples(self) -> int:
        """Samples along one side of the picture."""
        return self.size * self.supersampling

    @property
    def scale(self) -> float:
        """Samples to one unit at the plane of the irises."""
        return SCALE * self.samples

    @property
    def turn(self) -> Float32[np.ndarray, "3 3"]:
        """Rotation from the head's space to the camera's."""
        yaw, pitch = self.view
        cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
        around_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        around_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
        return (around_y @ around_x).astype(np.float32)

    @property
    def height(self) -> float:
        """World y of the centre of the picture."""
        return (EYE_ROW - 0.5) / SCALE

    def to_head(self, directions: Points) -> Points:
        """Directions of the camera's space in the head's."""
        return (self.turn.T @ directions).astype(np.float32)

    def to_camera(self, points: Points) -> Points:
        """Points of the head's space in the camera's."""
        pivot = np.array(PIVOT, np.float32)[:, None]
        return (self.turn @ (points - pivot) + pivot).astype(np.float32)

    def origin(self) -> Column:
        """Where the camera stands, in the head's space."""
        pivot = np.array(PIVOT, np.float32)[:, None]
        stand = np.array([[0.0], [self.height], [DISTANCE]], np.float32)
        return (self.turn.T @ (stand - pivot) + pivot).astype(np.float32)

    def rays(self) -> Points:
        """Unit directions of all samples in the head's space, row by row."""
        count = self.samples
        offset = (np.arange(count, dtype=np.float32) + 0.5) / count - 0.5
        x, y = np.meshgrid(offset, -offset)
        depth = np.full(count * count, -SCALE * (DISTANCE - IRIS_PLANE), np.float32)
        return self.to_head(unit(np.stack([x.reshape(-1), y.reshape(-1), depth])))

    def project(self, points: Points) -> Float32[np.ndarray, "2 n"]:
        """Samples (x right, y down, centres at integers) where points of the head's space land."""
        seen = self.to_camera(points)
        spread = self.scale * (DISTANCE - IRIS_PLANE) / (DISTANCE - seen[2])
        centre = (self.samples - 1) / 2
        return np.stack([centre + seen[0] * spread, centre - (seen[1] - self.height) * spread])

    def pixels(self, points: Points) -> Float32[np.ndarray, "2 n"]:
        """The same in pixels of the finished picture."""
        return ((self.project(points) + 0.5) / self.supersampling - 0.5).astype(np.float32)
