"""What cameras and life do to a picture of a face: hands, masks, fringes, blur, noise."""

from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, UInt8

from avatar.tracking.places import Places, group_slice

Grey = UInt8[np.ndarray, "rows columns"]

HIDDEN_SHARE, COARSE_SHARE, COMPRESSED_SHARE = 0.25, 0.45, 0.35
FEWEST_EYES = 18.0


def hide(
    grey: Grey, places: Places, unit: float, rng: np.random.Generator
) -> tuple[Grey, Bool[np.ndarray, "96"]]:
    """Put something before the face now and then; which landmarks it hides."""
    if rng.random() > HIDDEN_SHARE:
        return grey, np.zeros(len(places), bool)
    known = np.nan_to_num(places, nan=-1e3)
    mask = np.zeros(grey.shape, np.uint8)
    outline = _thing(known, unit, rng)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
    colour = int(rng.integers(10, 245))
    texture = cv2.resize(
        rng.normal(colour, 12, (12, 12)).clip(0, 255).astype(np.uint8), grey.shape[::-1]
    )
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.6, 2.0))).astype(np.float32) / 255
    hidden = (grey * (1 - soft) + texture * soft).astype(np.uint8)
    at = np.clip(np.round(known).astype(int), 0, np.array(grey.shape[::-1]) - 1)
    behind = mask[at[:, 1], at[:, 0]] > 0
    return hidden, behind


def _thing(places: Places, unit: float, rng: np.random.Generator) -> np.ndarray:
    """The outline of a mask, a fringe, a hand or an object."""
    kind = rng.random()
    jaw, brows = places[group_slice("jaw")], places[group_slice("forehead")]
    if kind < 0.3:
        nose = places[group_slice("nose")][1 if rng.random() < 0.5 else 2]
        return np.vstack([jaw[1:-1], jaw[-2:-1] * 0.3 + nose * 0.7, jaw[1:2] * 0.3 + nose * 0.7])
    if kind < 0.5:
        lids = places[group_slice("upper_lid_right" if rng.random() < 0.5 else "upper_lid_left")]
        low = lids.mean(axis=0) + rng.normal(0, 0.1, 2) * unit
        return np.vstack([brows - np.array([0, 0.4 * unit]), low[None], brows[:1]])
    middle = places[int(rng.integers(len(places)))] + rng.normal(0, 0.2, 2) * unit
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    reach = unit * rng.uniform(0.25, 0.8) * rng.uniform(0.6, 1.0, 9)
    return middle + np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]


def spoil(
    grey: Grey, unit: float, rng: np.random.Generator, *, least_eyes: float = FEWEST_EYES
) -> Grey:
    """As a camera would give it, at its own exposure.

    `unit` is the face's in pixels; a coarse camera has at least `least_eyes` of them between the
    eyes.
    """
    if rng.random() < COARSE_SHARE:
        grey = _coarse(grey, unit, least_eyes, rng)
    if rng.random() < COMPRESSED_SHARE:
        quality = int(rng.integers(22, 85))
        packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        unpacked: Any = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
        grey = unpacked
    if rng.random() < 0.3:
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.5, 1.8) * unit / 60))
    if rng.random() < 0.1:
        grey = _shaken(grey, rng)
    return cv2.LUT(grey, _exposure(rng))


def _coarse(grey: Grey, unit: float, least_eyes: float, rng: np.random.Generator) -> Grey:
    """A face that was further away, with the noise of its camera."""
    scale = min(1.0, float(np.exp(rng.uniform(np.log(least_eyes), np.log(64)))) / unit)
    size = (max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small += rng.normal(0, rng.uniform(0, 9), small.shape).astype(np.float32)
    way = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC
    return cv2.resize(small, grey.shape[::-1], interpolation=way).clip(0, 255).astype(np.uint8)


def _shaken(grey: Grey, rng: np.random.Generator) -> Grey:
    length, angle = int(rng.integers(3, 8)), rng.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    ends = np.array([[-1, -1], [1, 1]]) * np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = (tuple(int(v) for v in point + length / 2) for point in ends)
    cv2.line(kernel, start, end, 1.0, 1)
    return cv2.filter2D(grey, -1, kernel / max(1.0, float(kernel.sum())))


def _exposure(rng: np.random.Generator) -> UInt8[np.ndarray, "256"]:
    levels = np.arange(256) / 255
    curve = levels ** np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.3)) + rng.normal(0, 0.05)
    return (curve * 255).clip(0, 255).astype(np.uint8)
