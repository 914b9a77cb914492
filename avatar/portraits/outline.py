"""What no network is asked for: the outline of the head with its hair, and the neck."""

import numpy as np
from jaxtyping import Float32, UInt8

from avatar.rendering.landmarks import HEAD_ANGLES

HEAD_ABOVE = 0.25
"""The middle of the head above the eyes, in inter-ocular distances."""
LIKELY_REACH = (1.30, 1.42, 1.46, 1.50, 1.46, 1.42, 1.30, 1.22, 1.22)
"""Of a head that nobody has measured, in inter-ocular distances."""
MOST_REACH, LEAST_REACH = 2.4, 0.9
LIKELY_CHIN = 1.57
"""Inter-ocular distances from the eyes to the chin of such a head."""
NECK = ((-0.46, 1.75), (0.0, 1.72), (0.46, 1.75), (-0.50, 2.1), (0.50, 2.1), (-1.7, 2.45),
        (1.7, 2.45), (0.0, 2.55))  # fmt: skip
"""Under the chin, base of the neck, shoulders, collar bones: right and down from the eyes."""

Points = Float32[np.ndarray, "_ 2"]


def likely_head(eyes: np.ndarray, unit: float) -> Points:
    """Where the outline of a head usually is; `eyes` is the point between them."""
    middle = eyes - np.array([0, HEAD_ABOVE * unit])
    return (middle + _directions() * (np.array(LIKELY_REACH) * unit)[:, None]).astype(np.float32)


def head_of(matte: UInt8[np.ndarray, "size size"], eyes: np.ndarray, unit: float) -> Points:
    """The outline of the head where the matte ends, near where it usually is."""
    middle = eyes - np.array([0, HEAD_ABOVE * unit])
    reach = np.linspace(LEAST_REACH * unit, MOST_REACH * unit, 120)
    points = list[np.ndarray]()
    for way, likely in zip(_directions(), LIKELY_REACH, strict=True):
        line = middle + reach[:, None] * way
        at = np.clip(np.round(line).astype(int), 0, matte.shape[0] - 1)
        covered = matte[at[:, 1], at[:, 0]] > 127
        outside = np.flatnonzero(~covered)
        last = reach[outside[0]] if outside.size else reach[-1]
        points.append(middle + way * min(float(last), 1.35 * likely * unit))
    return np.array(points, np.float32)


def likely_neck(eyes: np.ndarray, unit: float, chin: float) -> Points:
    """Neck and shoulders of a person who faces the camera; `chin` is how far it is below."""
    longer = chin / (LIKELY_CHIN * unit)
    return (eyes + np.array(NECK) * unit * np.array([1.0, longer])).astype(np.float32)


def _directions() -> np.ndarray:
    angles = np.radians(HEAD_ANGLES)
    return np.stack([np.cos(angles), -np.sin(angles)], axis=1)
