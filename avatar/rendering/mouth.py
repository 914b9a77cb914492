"""The inside of the mouth: what shows between parted lips, and the soft edge of the lips."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, Int

from avatar.rendering.base import Picture
from avatar.rendering.curves import smoothstep
from avatar.rendering.fields import Cut
from avatar.rendering.head import Head, carried
from avatar.rendering.landmarks import Landmarks
from avatar.rendering.sampling import lips_and_lids
from avatar.rendering.teeth import OVERSAMPLING, Sprite, Teeth
from avatar.rendering.view import Box, SourceMap, View, coverage

CAVITY = np.array([66.0, 24.0, 32.0], np.float32)
"""Colour of a wide open mouth behind everything else."""
LIP_SHADE = np.array([0.36, 0.24, 0.26], np.float32)
"""Share of the lips' own colour that a narrow gap shows: a dark red line, never a black one."""
TONGUE = np.array([182.0, 88.0, 98.0], np.float32)
TONGUE_LIGHT = np.array([34.0, 26.0, 28.0], np.float32)
TEETH_HIDDEN = 0.13
"""How far rounded lips leave the teeth behind them, in mouth widths."""
JAW_DROP = 0.26
"""How far the lower teeth go down at a fully open jaw, in inter-ocular distances."""

Layer = Float[np.ndarray, "_ _ 3"]
Mask = Float[np.ndarray, "_ _"]


@dataclass(frozen=True, eq=False)
class _Frame:
    """The mouth's own axes over a box of the picture.

    `across` and `down` are pixels from the middle of the seam along and across the line between the
    corners; `past_upper` and `past_lower` how far each pixel lies inside the lips.
    """

    box: Box
    across: Mask
    down: Mask
    past_upper: Mask
    past_lower: Mask
    centre: Float32[np.ndarray, "2"]
    angle: float
    narrowing: float
    parallax: float
    gap: float


class Mouth:
    """Draws the mouth opening of one portrait."""

    def __init__(
        self,
        portrait: Picture,
        landmarks: Landmarks,
        cut: Cut,
        head: Head,
        teeth: Teeth,
        *,
        own_teeth: bool,
    ) -> None:
        self._portrait, self._cut, self._head, self._teeth = portrait, cut, head, teeth
        self._own_teeth = own_teeth
        self._width = landmarks.mouth_width
        self._middle = landmarks["lip_seam"][2]
        corners = landmarks["mouth_corners"]
        self._tilt = float(np.arctan2(*(corners[1] - corners[0])[::-1]))
        self._lips = _lip_colour(portrait, landmarks)

    def draw(self, picture: Picture, view: View) -> None:
        """Composite lips and interior into the picture where the lips part."""
        offset = carried(self._head, self._cut.centre, view.pose)
        box = self._reach(view, offset)
        if box.empty:
            return
        above, below = view.zoom(view.above, box), view.zoom(view.below, box)
        past_upper, past_lower = coverage(self._cut, above, below)
        past_upper, past_lower = self._retreat(past_upper, past_lower, above, view.unit)
        upper, lower = np.clip(0.5 - past_upper, 0, 1), np.clip(0.5 - past_lower, 0, 1)
        covered = np.maximum(np.clip(upper + lower, 0, 1), self._beyond_corners(above))
        if covered.min() > 0.98:
            return
        crop = _open_part(covered)
        reach, box = box, box.part(crop)
        upper, lower, covered = upper[crop], lower[crop], covered[crop]
        share = upper / np.maximum(upper + lower, 1e-3)
        lips = lips_and_lids(self._portrait, above[crop], below[crop], share)
        frame = self._axes(box, view, offset, past_upper[crop], past_lower[crop])
        inside = self._interior(frame, view.face)
        mixed = inside + (lips - inside) * covered[..., None]
        picture[box.slices] = cv2.convertScaleAbs(mixed)
        if view.face["tongueOut"] > 0.02:
            whole = self._axes(reach, view, offset, past_upper, past_lower)
            self._tongue_out(picture, whole, view.face["tongueOut"])

    def _reach(self, view: View, offset: Float32[np.ndarray, "2"]) -> Box:
        x, y = self._cut.centre + offset
        aside, up = 1.5 * self._cut.half_width, 0.28 * view.unit
        down = view.unit * (0.24 + 0.40 * view.face["jawOpen"] + 0.15 * view.face["tongueOut"])
        return Box(int(x - aside), int(y - up), int(x + aside), int(y + down)).clipped(view.size)

    def _retreat(
        self, past_upper: Mask, past_lower: Mask, above: SourceMap, unit: float
    ) -> tuple[Mask, Mask]:
        """Cut the portrait's own dark lip line away while the lips part."""
        gap = np.maximum(past_upper, 0) + np.maximum(past_lower, 0)
        from_centre = np.abs(above[..., 0] - self._cut.centre[0])
        fade = np.clip((self._cut.half_width - from_centre) / (0.12 * self._cut.half_width), 0, 1)
        retreat = 0.013 * unit * np.clip(gap / (0.05 * unit), 0, 1) * fade
        return past_upper + retreat, past_lower + retreat

    def _beyond_corners(self, above: SourceMap) -> Mask:
        """1 outside the corners of the mouth, where nothing opens, with a soft edge."""
        from_centre = np.abs(above[..., 0] - self._cut.centre[0])
        return np.clip((from_centre - self._cut.half_width + 1.5) / 1.5, 0, 1)

    def _axes(
        self,
        box: Box,
        view: View,
        offset: Float32[np.ndarray, "2"],
        past_upper: Mask,
        past_lower: Mask,
    ) -> _Frame:
        centre = self._middle + offset
        angle = view.pose.roll + self._tilt
        parallax = -float(np.sin(view.pose.yaw)) * 0.10 * self._width
        x = np.arange(box.left, box.right, dtype=np.float32)[None] - centre[0] - parallax
        y = np.arange(box.top, box.bottom, dtype=np.float32)[:, None] - centre[1]
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        gap = float((np.maximum(past_upper, 0) + np.maximum(past_lower, 0)).max())
        return _Frame(
            box=box,
            across=x * cos + y * sin,
            down=-x * sin + y * cos,
            past_upper=np.maximum(past_upper, 0),
            past_lower=np.maximum(past_lower, 0),
            centre=centre,
            angle=angle,
            narrowing=float(np.cos(view.pose.yaw)),
            parallax=parallax,
            gap=gap,
        )

    def _interior(self, frame: _Frame, face: Mapping[str, float]) -> Layer:
        width = self._width
        pucker, funnel = face["mouthPucker"], face["mouthFunnel"]
        drop = max(0.0, face["jawOpen"] - face["mouthClose"]) * JAW_DROP * self._head.unit
        depth = np.clip((frame.gap - 0.03 * width) / (0.20 * width), 0, 1)
        base = self._lips * LIP_SHADE * (1 - depth) + CAVITY * depth
        layer = np.broadcast_to(base.astype(np.float32), (*frame.across.shape, 3)).copy()
        self._tongue(layer, frame, drop, pucker)
        rounding = min(1.0, pucker + 0.7 * funnel)
        hidden = TEETH_HIDDEN * rounding * width
        lower = self._placed(
            self._teeth.lower, frame, drop + 0.035 * width + hidden, 0.78, 0.25, 1.0
        )
        shade = (0.97 if drop < 0.05 * width else 0.86) * (1 - 0.5 * rounding)
        layer += (shade * lower[..., :3] - layer) * (0.95 * lower[..., 3:])
        if not self._own_teeth:
            upper = self._placed(self._teeth.upper, frame, 0.030 * width - hidden, 1.0, 0.93, 0.90)
            alpha = upper[..., 3:]
            shadow = cv2.GaussianBlur(alpha[..., 0], (0, 0), 1 + 0.025 * width)[..., None]
            layer *= 1 - 0.35 * shadow * (1 - alpha)
            layer += ((1 - 0.4 * rounding) * np.clip(upper[..., :3], 0, 255) - layer) * alpha
        return layer * self._occlusion(frame, pucker + funnel)[..., None]

    def _occlusion(self, frame: _Frame, rounding: float) -> Mask:
        """Shadow of the lips, and darkness toward the corners where the gap is narrow."""
        width = self._width
        strength = np.clip(frame.gap / (0.14 * width), 0.25, 1)
        lips = 1 - 0.30 * strength * (1 - smoothstep(frame.past_upper / (0.05 * width)))
        lips *= 1 - 0.26 * strength * (1 - smoothstep(frame.past_lower / (0.05 * width)))
        reference = 0.085 * width if frame.gap > 0.10 * width else 0.75 * max(frame.gap, 1.0)
        local = smoothstep((frame.past_upper + frame.past_lower) / np.float32(reference))
        return lips * (1 - 0.58 * strength * (1 - local)) * (1 - 0.28 * min(1.0, rounding))

    def _tongue(self, layer: Layer, frame: _Frame, drop: float, pucker: float) -> None:
        width = self._width
        wide, high = 0.36 * width * (1 - 0.25 * pucker), 0.22 * width + 0.18 * drop
        below = frame.down - 0.92 * drop - 0.01 * width
        radius = (frame.across / wide) ** 2 + ((below - 0.05 * width) / high) ** 2
        shown = np.clip((1 - radius) * 3, 0, 1) * np.clip(drop / (0.08 * width) - 0.3, 0, 1)
        groove = 1 - 0.12 * np.exp(-((frame.across / (0.035 * width)) ** 2))
        colour = np.clip(1 - radius, 0, 1)[..., None] * TONGUE_LIGHT + np.float32(TONGUE)
        shine = 22 * np.exp(
            -((frame.across / (0.2 * width)) ** 2) - ((below + 0.07 * width) / (0.05 * width)) ** 2
        )
        layer += (colour * groove[..., None] + shine[..., None] - layer) * (0.96 * shown)[..., None]

    def _tongue_out(self, picture: Picture, frame: _Frame, amount: float) -> None:
        """The tongue over the lower lip, held back by the upper one."""
        width = self._width
        tip = (0.10 + 0.42 * amount) * width
        radius = (frame.across / (0.26 * width)) ** 2
        radius += (np.maximum(frame.down - 0.5 * tip, 0) / (0.5 * tip)) ** 2
        shown = np.clip((1 - radius) * 4, 0, 1) * np.clip(frame.past_upper, 0, 1)
        shown *= np.clip(frame.gap / (0.04 * width), 0, 1) * min(1.0, 3 * amount)
        groove = 1 - 0.14 * np.exp(-((frame.across / (0.03 * width)) ** 2))
        colour = np.clip(1 - radius, 0, 1)[..., None] * TONGUE_LIGHT + TONGUE
        target = picture[frame.box.slices]
        mixed = target + (colour * groove[..., None] - target) * shown[..., None]
        target[:] = cv2.convertScaleAbs(mixed)

    def _placed(
        self,
        sprite: Sprite,
        frame: _Frame,
        down: float,
        scale: float,
        anchor: float,
        stretch: float,
    ) -> Sprite:
        """A sprite in the box, its row `anchor` (0 to 1) lying `down` pixels below the seam."""
        rows, columns = sprite.shape[:2]
        k = scale / OVERSAMPLING
        cos, sin = np.cos(frame.angle), np.sin(frame.angle)
        turn = np.array(
            [
                [cos * frame.narrowing * k, -sin * k * stretch],
                [sin * frame.narrowing * k, cos * k * stretch],
            ]
        )
        at = frame.centre + np.array([frame.parallax - sin * down, cos * down])
        shift = at - (frame.box.left, frame.box.top) - turn @ np.array([columns / 2, anchor * rows])
        matrix = np.hstack([turn, shift[:, None]]).astype(np.float32)
        size = (frame.box.right - frame.box.left, frame.box.bottom - frame.box.top)
        return cv2.warpAffine(sprite, matrix, size, flags=cv2.INTER_LINEAR)


def _open_part(covered: Mask) -> tuple[slice, slice]:
    """Rows and columns in which something is not fully covered, with a margin of two pixels."""
    open_pixels = covered < 0.999
    rows, columns = np.nonzero(open_pixels)
    return _reach(rows, covered.shape[0]), _reach(columns, covered.shape[1])


def _reach(touched: Int[np.ndarray, " _"], length: int) -> slice:
    return slice(max(0, int(touched.min()) - 2), min(length, int(touched.max()) + 3))


def _lip_colour(portrait: Picture, landmarks: Landmarks) -> Float32[np.ndarray, "3"]:
    colours: list[np.ndarray] = []
    for outline in ("upper_lip", "lower_lip"):
        points = (0.6 * landmarks[outline] + 0.4 * landmarks["lip_seam"]).astype(int)[1:4]
        colours.append(portrait[points[:, 1], points[:, 0]].mean(axis=0))
    return np.mean(colours, axis=0).astype(np.float32)
