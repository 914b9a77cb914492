"""Relief maps: how each wrinkle and bulge of a face changes the light on it.

A feature is a height field h and a direct darkening d. Under the portrait's own light L its map is
M = -1.5 grad(h) . L + d: the relative change of brightness (as a logarithm) at full strength. Light
is fitted to the portrait: Lambert shading of the skin on the normals of the depth map.

Lengths are in inter-ocular distances. Maps are 256 x 256, cropped to the head.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from avatar.rendering.base import Picture
from avatar.rendering.curves import Map, smooth_stroke, smoothstep, stroke_distance
from avatar.rendering.head import Head
from avatar.rendering.landmarks import SIDES, Landmarks, Point

RELIEF_GRID = 256
LEAST_SKIN = 50
"""Cells of middle tones from which a direction of the light can be told."""
FLAT_LIGHT = (0.05, -0.22)
"""Assumed when the portrait's light has no direction: soft, from above."""

Stack: TypeAlias = Float32[np.ndarray, "features rows columns"]


@dataclass(frozen=True, eq=False)
class Relief:
    """The maps of one portrait and the light they were made for.

    `maps` holds `names` and then the normal's x, y and z, for the rows and columns of `box`
    (left, top, right, bottom in relief cells). `light` points from the face, in picture axes.
    """

    names: tuple[str, ...]
    maps: Stack
    box: tuple[int, int, int, int]
    light: Float32[np.ndarray, "3"]


@dataclass(frozen=True, eq=False)
class Skin:
    """Colour and brightness statistics of a portrait's skin, RGB in [0, 255]."""

    mean: Float32[np.ndarray, "3"]
    bright: float


class _Canvas:
    """Coordinates of the relief grid and the shapes drawn on it."""

    def __init__(self, landmarks: Landmarks, size: int) -> None:
        step = size / RELIEF_GRID
        centres = ((np.arange(RELIEF_GRID) + 0.5) * step - 0.5).astype(np.float32)
        self.x, self.y = np.meshgrid(centres, centres)
        self.step, self.unit, self.landmarks = step, landmarks.eye_distance, landmarks

    def blob(self, at: Point, wide: float, high: float) -> Map:
        u = self.unit
        return np.exp(
            -(((self.x - at[0]) / (wide * u)) ** 2) - ((self.y - at[1]) / (high * u)) ** 2
        )

    def stroke(self, *points: Point) -> tuple[Map, Map, Map]:
        """Distance in units, side and place along a smooth stroke."""
        knots = np.array(points, np.float32)
        line = smooth_stroke(knots) if len(points) > 2 else knots
        distance, side, along = stroke_distance(line, self.x, self.y)
        return distance / self.unit, side, along

    def away(self, at: Point, dx: float, dy: float) -> Point:
        return at + np.array([dx, dy], np.float32) * self.unit

    def slope(self, height: Map) -> tuple[Map, Map]:
        """Gradient of a height in units."""
        scaled = (height * self.unit).astype(np.float32)
        dx = cv2.Sobel(scaled, cv2.CV_32F, 1, 0, scale=1 / 8)
        dy = cv2.Sobel(scaled, cv2.CV_32F, 0, 1, scale=1 / 8)
        return dx / self.step, dy / self.step


Feature: TypeAlias = tuple[Map, Map]


def _hump(along: Map, power: float) -> Map:
    return np.maximum(np.sin(np.pi * along), 0) ** power


def build_relief(
    portrait: Picture, landmarks: Landmarks, head: Head, matte: Float32[np.ndarray, "h w"]
) -> tuple[Relief, Skin]:
    """Fit the light and draw every feature's map."""
    canvas = _Canvas(landmarks, portrait.shape[0])
    shrunk = cv2.resize(portrait, (RELIEF_GRID, RELIEF_GRID), interpolation=cv2.INTER_AREA)
    colour = shrunk.astype(np.float32)
    brightness = colour @ np.array([0.299, 0.587, 0.114], np.float32)
    normals = _normals(head, canvas)
    face = _face_mask(landmarks, canvas)
    plain = _plain_skin(face, canvas)
    light = _fit_light(brightness[plain], normals[:, plain])
    skin = Skin(colour[plain].mean(axis=0), float(np.percentile(brightness[plain], 90)))
    features = _features(canvas)
    room = np.clip((236 - cv2.GaussianBlur(brightness, (0, 0), 2)) / 90, 0.12, 1)
    soft_face = cv2.GaussianBlur(face.astype(np.float32), (0, 0), 5)
    maps: list[Map] = []
    for height, darkening in features.values():
        slope_x, slope_y = canvas.slope(height)
        change = -1.5 * (slope_x * light[0] + slope_y * light[1]) + darkening
        maps.append(np.where(change > 0, change * room, change) * soft_face)
    person = cv2.resize(matte, (RELIEF_GRID, RELIEF_GRID), interpolation=cv2.INTER_AREA)
    maps.append(_neck_shadow(canvas) * person)
    turning = cv2.resize(head.weight, (RELIEF_GRID, RELIEF_GRID)) * person
    maps += [normals[0] * turning, normals[1] * turning, (normals[2] - 1) * turning]
    left, top, right, bottom = box = _head_box(landmarks, canvas)
    stack = np.stack(maps)[:, top:bottom, left:right].astype(np.float32)
    return Relief((*features, "neck"), np.ascontiguousarray(stack), box, light), skin


def _normals(head: Head, canvas: _Canvas) -> Float32[np.ndarray, "3 rows columns"]:
    depth = cv2.resize(head.depth, (RELIEF_GRID, RELIEF_GRID), interpolation=cv2.INTER_CUBIC)
    depth = cv2.GaussianBlur(depth, (0, 0), 3)
    dx = cv2.Sobel(depth, cv2.CV_32F, 1, 0, scale=1 / 8) / canvas.step
    dy = cv2.Sobel(depth, cv2.CV_32F, 0, 1, scale=1 / 8) / canvas.step
    upright = 1 / np.sqrt(1 + dx * dx + dy * dy)
    return np.stack([-dx * upright, -dy * upright, upright]).astype(np.float32)


def _face_mask(landmarks: Landmarks, canvas: _Canvas) -> Bool[np.ndarray, "rows columns"]:
    outline = np.vstack([landmarks["jaw"], landmarks["forehead"]])
    hull = cv2.convexHull(((outline + 0.5) / canvas.step).astype(np.float32)).astype(np.int32)
    mask = np.zeros((RELIEF_GRID, RELIEF_GRID), np.uint8)
    return cv2.fillPoly(mask, [hull], 1).astype(bool)


def _plain_skin(face: Bool[np.ndarray, "r c"], canvas: _Canvas) -> Bool[np.ndarray, "r c"]:
    """Skin without eyes, brows and mouth."""
    plain = cv2.erode(face.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    spots = [(f"{part}_{side}", 0.36, 0.16) for part in ("upper_lid", "brow") for side in SIDES]
    for name, wide, high in (*spots, ("mouth_corners", 0.42, 0.25)):
        plain &= canvas.blob(canvas.landmarks[name].mean(axis=0), wide, high) < np.exp(-1)
    return plain


def _fit_light(
    brightness: Float32[np.ndarray, " n"], normals: Float32[np.ndarray, "3 n"]
) -> Float32[np.ndarray, "3"]:
    """Least squares of brightness = a + b . (nx, ny), with a little ridge, on the middle tones."""
    low, high = np.percentile(brightness, (8, 97))
    keep = (brightness > low) & (brightness < high)
    if keep.sum() < LEAST_SKIN:
        return np.array([*FLAT_LIGHT, 0.55], np.float32)
    design = np.stack([np.ones(keep.sum()), *normals[:2, keep]], axis=1)
    ridge = np.diag([0.0, 8.0, 8.0])
    target = np.concatenate([brightness[keep], np.zeros(3)])
    level, *slopes = np.linalg.lstsq(np.vstack([design, ridge]), target, rcond=None)[0]
    lateral = np.array(slopes) / level
    strength = float(np.linalg.norm(lateral))
    lateral = np.array(FLAT_LIGHT) if strength < 0.12 else lateral * min(1.0, 0.55 / strength)
    return np.array([*lateral, 0.55], np.float32)


def _head_box(landmarks: Landmarks, canvas: _Canvas) -> tuple[int, int, int, int]:
    head, unit, step = landmarks["head"], canvas.unit, canvas.step
    left = max(0, int((head[:, 0].min() - 0.1 * unit) / step))
    right = min(RELIEF_GRID, int((head[:, 0].max() + 0.1 * unit) / step))
    bottom = min(RELIEF_GRID, int((landmarks["jaw"][5, 1] + 0.55 * unit) / step))
    return left, 0, right, bottom


def _features(canvas: _Canvas) -> dict[str, Feature]:
    features: dict[str, Feature] = {}
    for index, side in enumerate(SIDES):
        for part, feature in {**_cheek(canvas, index, side), **_eye(canvas, side)}.items():
            features[part + side.capitalize()] = feature
    features.update(_middle(canvas))
    return features


def _cheek(canvas: _Canvas, index: int, side: str) -> dict[str, Feature]:
    """Nasolabial fold, apple of the cheek, dimple, mouth corner, the hollow of a dropped jaw."""
    marks, out = canvas.landmarks, 1 if side == "left" else -1
    wing, corner = marks["nose"][3 + index], marks["mouth_corners"][index]
    iris = marks[f"iris_{side}"][0]
    flat = np.zeros_like(canvas.x)
    distance, hand, along = canvas.stroke(
        canvas.away(wing, out * 0.035, -0.03),
        canvas.away((wing + corner) / 2, out * 0.095, -0.01),
        canvas.away(corner, out * 0.115, 0.0),
        canvas.away(corner, out * 0.10, 0.10),
    )
    toward_cheek = distance * np.where(hand * out > 0, -1, 1)
    taper = _hump(np.clip(0.92 * along + 0.06, 0, 1), 0.6)
    fold = 1 / (1 + np.exp(np.clip(-toward_cheek / 0.016, -40, 40)))
    fold *= np.exp(-((np.maximum(toward_cheek, 0) / 0.22) ** 2))
    fold *= np.exp(-((np.maximum(-toward_cheek, 0) / 0.03) ** 2)) * taper
    crease = -0.10 * np.exp(-(((toward_cheek + 0.006) / 0.024) ** 2)) * taper
    crease -= 0.06 * np.exp(-(((toward_cheek + 0.02) / 0.06) ** 2)) * taper
    apple = np.array([iris[0] + out * 0.05 * canvas.unit, iris[1] + 0.42 * (corner[1] - iris[1])])
    dimple, mouth_end = (
        canvas.away(corner, out * 0.085, -0.01),
        canvas.away(corner, out * 0.015, 0.012),
    )
    hollow = -0.05 * canvas.blob(canvas.away(corner, out * 0.30, 0.10), 0.12, 0.28)
    return {
        "fold": (0.036 * fold, crease),
        "apple": (
            0.070 * canvas.blob(apple, 0.25, 0.17),
            0.035 * canvas.blob(canvas.away(apple, out * 0.02, -0.03), 0.17, 0.10),
        ),
        "dimple": (
            flat,
            -0.20 * canvas.blob(dimple, 0.022, 0.05)
            + 0.05 * canvas.blob(canvas.away(dimple, out * 0.06, 0), 0.04, 0.06),
        ),
        "corner": (flat, -0.30 * canvas.blob(mouth_end, 0.030, 0.028)),
        "hollow": (hollow, 1.2 * hollow),
    }


def _eye(canvas: _Canvas, side: str) -> dict[str, Feature]:
    """The roll and crease under the eye, and crow's feet."""
    marks, out, unit = canvas.landmarks, 1 if side == "left" else -1, canvas.unit
    lower = marks[f"lower_lid_{side}"]
    lower = lower[np.argsort(lower[:, 0])]
    iris, corner = marks[f"iris_{side}"][0], marks[f"lower_lid_{side}"][0]
    under = lower + np.array([0, 0.085 * unit], np.float32)
    distance, _, along = canvas.stroke(*under[::2])
    line = np.interp(canvas.x, under[:, 0], under[:, 1])
    roll = np.exp(-((((canvas.y - line) / unit + 0.045) / 0.030) ** 2))
    roll *= np.exp(-(((canvas.x - iris[0]) / (0.25 * unit)) ** 4))
    crow = np.zeros_like(canvas.x)
    for angle, length in ((-0.25, 0.16), (0.12, 0.19), (0.5, 0.15)):
        way = np.array([out * np.cos(angle), np.sin(angle)])
        start = corner + 0.05 * unit * way
        end = corner + (0.05 + length) * unit * way + np.array([0, 0.02 * unit])
        ray, _, place = canvas.stroke(start, end)
        crow -= 0.06 * np.exp(-((ray / 0.010) ** 2)) * _hump(place, 0.8)
    return {
        "lid": (0.012 * roll, -0.10 * np.exp(-((distance / 0.016) ** 2)) * _hump(along, 0.7)),
        "crow": (np.zeros_like(canvas.x), crow),
    }


def _neck_shadow(canvas: _Canvas) -> Map:
    """The shadow of the jaw, soft, right under its outline."""
    jaw = canvas.landmarks["jaw"][2:9]
    under = (canvas.y - np.interp(canvas.x, jaw[:, 0], jaw[:, 1])) / canvas.unit
    across = (canvas.x - jaw[3, 0]) / canvas.unit
    begins = smoothstep(under / 0.05)
    return -0.30 * begins * np.exp(-((under / 0.20) ** 2)) * np.exp(-((across / 0.6) ** 4))


def _middle(canvas: _Canvas) -> dict[str, Feature]:
    """Chin, the furrow between the brows, forehead lines, the shadow under the lip."""
    marks, unit = canvas.landmarks, canvas.unit
    flat = np.zeros_like(canvas.x)
    lip, chin = marks["lower_lip"][2], marks["jaw"][5]
    pad = np.array([lip[0], 0.68 * lip[1] + 0.32 * chin[1]], np.float32)
    away = canvas.away
    distance, _, along = canvas.stroke(away(pad, -0.22, 0.035), pad, away(pad, 0.22, 0.035))
    between = (marks["brow_right"][4] + marks["brow_left"][4]) / 2
    furrow = np.zeros_like(flat)
    for out in (-1, 1):
        stroke, _, place = canvas.stroke(
            away(between, out * 0.055, -0.08), away(between, out * 0.07, 0.10)
        )
        furrow -= 0.12 * np.exp(-((stroke / 0.015) ** 2)) * _hump(place, 1.0)
    middle, brow_y = marks["forehead"][1], marks["brow_right"][:, 1].mean()
    lines = np.zeros_like(flat)
    across = (canvas.x - middle[0]) / unit
    for share in (0.30, 0.48, 0.66):
        height = brow_y + 1.3 * share * (middle[1] - brow_y)
        bend = (canvas.y - height) / unit - 0.03 * (across / 0.5) ** 2
        lines -= 0.05 * np.exp(-((bend / 0.016) ** 2)) * np.exp(-((across / 0.55) ** 4))
    return {
        "chin": (
            0.03 * canvas.blob(away(pad, 0, 0.11), 0.2, 0.09),
            -0.14 * np.exp(-((distance / 0.035) ** 2)) * _hump(along, 0.8),
        ),
        "furrow": (flat, furrow),
        "lines": (flat, lines),
        "under": (flat, -0.10 * canvas.blob(away(lip, 0, 0.05), 0.22, 0.05)),
    }
