"""Light that follows the face: which relief shows how strongly, and what it does to the skin."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from avatar.rendering.base import Picture
from avatar.rendering.effects import Effects
from avatar.rendering.head import Pose
from avatar.rendering.relief import RELIEF_GRID, Relief
from avatar.rendering.sampling import combine, sample

LEVELS_PER_UNIT, LEVEL_OF_NONE = 300.0, 180.0
"""How a relative brightness is coded in a byte: 0.33 % a step, 0 at 180."""

GAIN_SCALE = 190.0
SHADOW_TINT = (0.80, 1.12, 1.25)
"""Exponents on red, green and blue: shadows on skin turn warm."""
LIGHT_TINT = (1.0, 0.9, 0.75)
POSE_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class Shader:
    """Re-lights a warped head: `strength` scales wrinkles and bulges."""

    relief: Relief
    strength: float
    effects: Effects
    table: UInt8[np.ndarray, "256 1 3"]
    flat_maps: Float32[np.ndarray, "features cells"]

    @classmethod
    def build(cls, relief: Relief, strength: float, effects: Effects) -> "Shader":
        """Precompute the gain of every coded level."""
        change = (np.arange(256, dtype=np.float32) - LEVEL_OF_NONE) / LEVELS_PER_UNIT
        tint = np.where(change[:, None] < 0, SHADOW_TINT, LIGHT_TINT)
        gain = np.clip(GAIN_SCALE * np.exp(change[:, None] * tint), 0, 255).round()
        return cls(
            relief,
            strength,
            effects,
            gain.astype(np.uint8)[:, None],
            relief.maps.reshape(len(relief.maps), -1),
        )

    def weights(self, face: Mapping[str, float], pose: Pose) -> Float32[np.ndarray, " features"]:
        """Strength of every map for a face and a turn of the head."""
        shown = dict.fromkeys(self.relief.names, 0.0)
        if self.effects.relief:
            shown |= relief_strengths(face)
        if self.effects.contact_shadows:
            shown |= contact_strengths(face, pose)
        light = self.relief.light
        turned = (pose.rotation.T @ light - light) * POSE_SHARE * self.effects.turning_light
        weights = [shown[name] for name in self.relief.names]
        return np.array([*weights, *turned], np.float32) * np.float32(self.strength)

    def apply(
        self,
        picture: Picture,
        weights: Float32[np.ndarray, " features"],
        source: Float32[np.ndarray, "128 128 2"],
    ) -> None:
        """Multiply the gain into the head's box of `picture`; `source` maps it to the portrait."""
        if np.abs(weights).max() < 1e-4:
            return
        left, top, right, bottom = self.relief.box
        shape = (bottom - top, right - left)
        change = combine(weights, self.flat_maps).reshape(shape)
        coded = cv2.convertScaleAbs(change, alpha=LEVELS_PER_UNIT, beta=LEVEL_OF_NONE)
        scale = RELIEF_GRID / picture.shape[1]
        where = cv2.resize(source, (RELIEF_GRID, RELIEF_GRID), interpolation=cv2.INTER_LINEAR)
        offset = np.array([(0.5 * scale - 0.5) - left, (0.5 * scale - 0.5) - top], np.float32)
        where = where[top:bottom, left:right] * np.float32(scale) + offset
        coded = sample(coded, where, outside=LEVEL_OF_NONE)
        factor = picture.shape[1] / RELIEF_GRID
        x0, x1, y0, y1 = (round(edge * factor) for edge in (left, right, top, bottom))
        coded = cv2.resize(coded, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        gain = cv2.LUT(cv2.cvtColor(coded, cv2.COLOR_GRAY2RGB), self.table)
        box = picture[y0:y1, x0:x1]
        cv2.multiply(box, gain, dst=box, scale=1 / GAIN_SCALE)


def relief_strengths(face: Mapping[str, float]) -> dict[str, float]:
    """How strongly each feature shows, 0 to about 1.2, for a face's coefficients."""
    shown: dict[str, float] = {}
    for side in ("Right", "Left"):
        smile, squint = face["mouthSmile" + side], face["eyeSquint" + side]
        cheek, upper = face["cheekSquint" + side], face["mouthUpperUp" + side]
        dimple, jaw = face["mouthDimple" + side], face["jawOpen"]
        fold = 0.75 * smile + 0.25 * cheek + 0.35 * upper + 0.5 * face["noseSneer" + side]
        shown["fold" + side] = min(
            1.25, fold + 0.2 * face["mouthStretch" + side] + 0.04 * jaw * smile
        )
        shown["apple" + side] = min(1.2, 0.6 * smile + 0.6 * cheek + 0.5 * face["cheekPuff"])
        shown["lid" + side] = min(1.1, 0.35 * smile + 0.6 * cheek + 0.45 * squint)
        shown["crow" + side] = min(1.0, max(0.0, 0.5 * smile + 0.4 * cheek + 0.5 * squint - 0.35))
        shown["dimple" + side] = max(0.0, 0.75 * (smile - 0.25)) + dimple
        corner = 0.7 * smile + 0.4 * face["mouthFrown" + side] + 0.5 * dimple
        shown["corner" + side] = min(1.0, corner + 0.3 * face["mouthPress" + side])
        shown["hollow" + side] = 0.8 * max(0.0, jaw - 0.6 * smile)
    press = 0.5 * (face["mouthPressLeft"] + face["mouthPressRight"])
    corners = 0.5 * (shown["cornerLeft"] + shown["cornerRight"])
    pucker = face["mouthPucker"]
    shown["furrow"] = 0.5 * (face["browDownLeft"] + face["browDownRight"])
    outer = face["browOuterUpLeft"] + face["browOuterUpRight"]
    shown["lines"] = 0.6 * face["browInnerUp"] + 0.2 * outer
    chin = 0.4 * corners + 0.6 * face["mouthShrugLower"] + 0.4 * press + 0.35 * pucker
    shown["chin"] = min(1.0, chin)
    return shown


def contact_strengths(face: Mapping[str, float], pose: Pose) -> dict[str, float]:
    """The same for shadows: of the lower lip on the chin, and of the jaw on the neck, which grow
    when lips protrude, the jaw drops and the head bows.
    """
    protruding = 0.5 * face["mouthPucker"] + 0.4 * face["mouthFunnel"]
    jaw = face["jawOpen"]
    return {
        "under": protruding + 0.3 * jaw + 0.2 * face["mouthShrugLower"],
        "neck": float(np.clip(0.5 * jaw - 3.5 * pose.pitch, -0.8, 1.2)),
    }
