"""Where a user is, as a camera sees them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Presence:
    """Where the user is.

    `distance_m` assumes an adult and `FOCAL_LENGTH`. `x` (+ to the user's left, right in the
    picture) and `y` (+ up) are the middle of the face, 1 at the edge of the picture. `size` is the
    side of the face in heights of the picture. `facing` is how far, in radians, the head is turned
    away from the camera.
    """

    distance_m: float
    x: float
    y: float
    size: float
    facing: float
