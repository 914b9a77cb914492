"""Separating a person from the background when the bundle brings no plates.

GrabCut, seeded from the landmarks, gives the matte; the background under the person is inpainted.
"""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Int32, UInt8

from avatar.rendering.base import Picture
from avatar.rendering.bundle import Coverage
from avatar.rendering.landmarks import Landmarks

ITERATIONS = 4
SMALLEST_HOLE = 400
"""Pixels; smaller islands of background inside the person belong to the person."""
SOFTNESS = 1.6


class Layers(NamedTuple):
    """Coverage of the person and the background without the person."""

    matte: Coverage
    background: Picture


def separate(portrait: Picture, landmarks: Landmarks) -> Layers:
    """Find the person in a portrait. Takes about a second at 512 x 512."""
    mask = _seed(portrait.shape[0], landmarks)
    models = np.zeros((2, 1, 65))
    whole = (0, 0, portrait.shape[1], portrait.shape[0])
    cv2.grabCut(portrait, mask, whole, models[0], models[1], ITERATIONS, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    person = cv2.morphologyEx(_largest_part(person), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    soft = cv2.GaussianBlur(_fill_holes(person) * np.float32(255), (0, 0), SOFTNESS)
    matte = np.clip((soft - 20) * 255 / 215, 0, 255).astype(np.uint8)
    return Layers(matte, _background(portrait, matte))


def _seed(size: int, landmarks: Landmarks) -> UInt8[np.ndarray, "size size"]:
    head, neck, jaw = landmarks["head"], landmarks["neck"], landmarks["jaw"]
    unit = landmarks.eye_distance
    hull = cv2.convexHull(np.vstack([head, jaw]))[:, 0]
    centre = hull.mean(axis=0)
    floor, shoulders = float(size), float(neck[5:7, 1].min())
    body = np.array([neck[3], neck[5], [neck[5, 0], floor], [neck[6, 0], floor], neck[6], neck[4]])
    core = body.mean(axis=0) + 0.8 * (body - body.mean(axis=0))
    core[2:4, 1] = floor
    mask = np.full((size, size), cv2.GC_PR_BGD, np.uint8)
    for outline, label in (
        (centre + 1.15 * (hull - centre), cv2.GC_PR_FGD),
        (body, cv2.GC_PR_FGD),
        (centre + 0.86 * (hull - centre), cv2.GC_FGD),
        (core, cv2.GC_FGD),
        (jaw, cv2.GC_FGD),
    ):
        cv2.fillPoly(mask, [_pixels(outline)], int(label))
    above = np.arange(size)[:, None] < shoulders
    reach = int(1.5 * unit) | 1
    near = cv2.dilate((mask != cv2.GC_PR_BGD).astype(np.uint8), np.ones((reach, reach), np.uint8))
    mask[(near == 0) & above] = cv2.GC_BGD
    edge = round(0.03 * size)
    mask[: round(shoulders), :edge] = mask[: round(shoulders), -edge:] = cv2.GC_BGD
    return mask


def _pixels(outline: np.ndarray) -> Int32[np.ndarray, "n 2"]:
    return np.round(outline).astype(np.int32)


def _largest_part(person: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(person)
    if len(stats) < 2:
        return person
    return (labels == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])).astype(np.uint8)


def _fill_holes(person: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - person)
    filled = person.copy()
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < SMALLEST_HOLE:
            filled[labels == label] = 1
    return filled


def _background(portrait: Picture, matte: Coverage) -> Picture:
    """Inpainted at quarter size and blurred under the person, the portrait itself elsewhere."""
    size = portrait.shape[0]
    quarter = cv2.resize(portrait, (size // 4, size // 4), interpolation=cv2.INTER_AREA)
    covered = (cv2.resize(matte, (size // 4, size // 4), interpolation=cv2.INTER_AREA) > 8).astype(
        np.uint8
    )
    covered = cv2.dilate(covered, np.ones((5, 5), np.uint8))
    filled = cv2.inpaint(quarter, covered, 5, cv2.INPAINT_TELEA)
    filled = np.where(covered[..., None] > 0, cv2.GaussianBlur(filled, (0, 0), 4), filled)
    whole = cv2.resize(filled, (size, size), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    under = cv2.dilate((matte >= 4).astype(np.float32), np.ones((7, 7), np.uint8))
    share = cv2.GaussianBlur(under, (0, 0), 1)[..., None] * under[..., None]
    return np.clip(portrait * (1 - share) + whole * share, 0, 255).round().astype(np.uint8)
