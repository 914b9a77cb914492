"""What stands behind people: blurred rooms of blocks and gradients."""

import cv2
import numpy as np
from jaxtyping import UInt8

Wall = UInt8[np.ndarray, "side side 3"]


def wall(rng: np.random.Generator, side: int = 96) -> Wall:
    """A background nobody has seen."""
    base = rng.integers(20, 235, (3, 3, 3)).astype(np.uint8)
    picture = cv2.resize(base, (side, side), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(0, 7))):
        corners = rng.integers(0, side, 4).tolist()
        colour = [int(value) for value in rng.integers(15, 245, 3)]
        cv2.rectangle(picture, corners[:2], corners[2:], colour, -1)
    for _ in range(int(rng.integers(0, 4))):
        ends = rng.integers(0, side, 4).tolist()
        colour = [int(value) for value in rng.integers(15, 245, 3)]
        cv2.line(picture, ends[:2], ends[2:], colour, int(rng.integers(1, 5)))
    grey = picture.mean(axis=2, keepdims=True)
    picture = (grey + rng.uniform(0.1, 0.8) * (picture - grey)).astype(np.uint8)
    return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 6.0)))
