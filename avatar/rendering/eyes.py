"""The eyes: exact blinks, gaze, and what a narrowed or widened eye shows.

A lid closes by stretching the strip of skin between brow and lash line, column by column, so that
it always meets the lower lid. Under the lids lies a plate of the whole eyeball, which gaze moves.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32

from avatar.rendering.base import Picture
from avatar.rendering.bundle import Bundle
from avatar.rendering.curves import smoothstep
from avatar.rendering.fields import Cut
from avatar.rendering.head import Head, carried
from avatar.rendering.landmarks import Landmarks
from avatar.rendering.sampling import lips_and_lids
from avatar.rendering.view import Box, SourceMap, View, coverage

GAZE_ACROSS, GAZE_UP = 0.11, 0.07
"""How far a full look moves the iris, in inter-ocular distances."""
LID_FOLLOWS_DOWN, LID_FOLLOWS_UP = 0.42, 0.35
"""The upper lid follows the gaze: share of a blink looking down, of a wide eye looking up."""
WIDE = 0.05
"""How far a fully wide eye lifts the upper lid, in inter-ocular distances."""
BLEND_IN = 0.12
"""Activity at which the drawn eye has fully replaced the portrait's own."""

Mask = Float[np.ndarray, "_ _"]
Layer = Float[np.ndarray, "_ _ 3"]


@dataclass(frozen=True)
class _Look:
    """What one eye does: how far the lid is down and up, squint, and gaze in the picture."""

    closed: float
    wide: float
    squint: float
    right: float
    down: float

    @property
    def activity(self) -> float:
        return max(self.closed, self.wide, self.squint, abs(self.right), abs(self.down))


class Eye:
    """Draws one eye of one portrait."""

    def __init__(self, bundle: Bundle, cut: Cut, head: Head, side: str) -> None:
        landmarks = bundle.landmarks
        self._portrait, self._cut, self._head = bundle.portrait, cut, head
        self._suffix = side.capitalize()
        self._strip = _strip_height(landmarks, side)
        self._half = cut.half_width
        self._plate_box = _plate_box(cut, landmarks.eye_distance, bundle.size)
        self._plate = _eyeball(bundle, cut, self._plate_box)
        self._shadow = _lid_shadow(
            bundle, cut, self._plate, self._plate_box, landmarks.eye_distance
        )
        self._glint = self._catch_light(landmarks.eye_distance)
        self._lash = _lash_colour(bundle.portrait, cut)

    def draw(self, picture: Picture, view: View) -> None:
        """Composite lid and eyeball into the picture when the eye does anything."""
        look = self._look(view)
        if look.activity < 1e-3:
            return
        offset = carried(self._head, self._cut.centre, view.pose)
        x, y = self._cut.centre + offset
        up = (0.40 if look.closed > 0 or look.wide > 0 else 0.22) * view.unit
        box = Box(
            int(x - 1.30 * self._half),
            int(y - up),
            int(x + 1.30 * self._half),
            int(y + 0.20 * view.unit),
        ).clipped(view.size)
        if box.empty:
            return
        above, below = view.zoom(view.above, box), view.zoom(view.below, box)
        from_middle = np.abs(above[..., 0] - self._cut.centre[0]) / self._half
        above, relief = self._close(above, from_middle, look, view.unit)
        past_upper, past_lower = coverage(self._cut, above, below)
        upper, lower = np.clip(0.5 - past_upper, 0, 1), np.clip(0.5 - past_lower, 0, 1)
        covered = np.clip(upper + lower, 0, 1)
        share = upper / np.maximum(upper + lower, 1e-3)
        skin = lips_and_lids(self._portrait, above, below, share, relief)
        skin = self._lashes(skin, past_upper, from_middle, look, view.unit)
        gap = np.maximum(past_upper, 0) + np.maximum(past_lower, 0)
        ball = self._eyeball(box, view, offset, look)
        ball = ball * self._shade(np.maximum(past_upper, 0), gap, look, view.unit)[..., None]
        drawn = ball + (skin - ball) * covered[..., None]
        target = picture[box.slices]
        known = np.float32(min(1.0, look.activity / BLEND_IN))
        if known < 1:
            drawn = target + (drawn - target) * known
        target[:] = cv2.convertScaleAbs(drawn)

    def _look(self, view: View) -> _Look:
        face, s = view.face, self._suffix
        toward_left = face["eyeLookOut" + s] - face["eyeLookIn" + s]
        right = toward_left if s == "Left" else -toward_left
        down, up = face["eyeLookDown" + s], face["eyeLookUp" + s]
        blink = face["eyeBlink" + s]
        squint = face["eyeSquint" + s] + face["cheekSquint" + s] + 0.7 * face["mouthSmile" + s]
        follow = LID_FOLLOWS_DOWN * max(0.0, 1 - 0.5 * squint)
        return _Look(
            closed=min(1.0, blink + follow * down * (1 - blink)),
            wide=face["eyeWide" + s] + LID_FOLLOWS_UP * up,
            squint=squint,
            right=right,
            down=down - up,
        )

    def _close(
        self, above: SourceMap, from_middle: Mask, look: _Look, unit: float
    ) -> tuple[SourceMap, Mask | None]:
        """Stretch the skin above the lid; also how the lid's relief changes its light."""
        if look.closed <= 0 and look.wide <= 0:
            return above, None
        column = np.clip(above[..., 0], 0, len(self._cut.upper) - 1).astype(np.int32)
        lid = self._cut.upper[column]
        opening = np.maximum(self._cut.lower[column] - lid, 0)
        place = np.minimum(from_middle, 1.2)
        corner = smoothstep((1.04 - place) / 0.16)
        closing = look.closed ** (1 + 0.45 * place * place)
        travel = (closing * (0.97 * opening + 0.4) - look.wide * WIDE * unit) * corner
        y, strip = above[..., 1], self._strip
        band = min(0.052 * unit, 0.45 * strip)
        top = lid - strip
        stretched = top + (strip - band) * (y - top) / np.maximum(strip - band + travel, 1)
        moved = np.where(y < top, y, np.where(y < lid - band + travel, stretched, y - travel))
        crease = np.exp(-(((y - lid + 0.05 * unit) / (0.02 * unit)) ** 2))
        belly_at = lid - 0.05 * unit + 0.55 * (travel + 0.03 * unit)
        belly = np.exp(-(((y - belly_at) / (0.35 * np.abs(travel) + 0.03 * unit)) ** 2))
        relief = 1 + corner * look.closed * (0.05 * belly - 0.06 * crease)
        return np.dstack([above[..., 0], moved]).astype(np.float32), relief.astype(np.float32)

    def _lashes(
        self, skin: Layer, past_upper: Mask, from_middle: Mask, look: _Look, unit: float
    ) -> Layer:
        """Keep the lash line as dark as it rests while the lid comes down."""
        weight = 0.75 * min(1.0, 1.2 * look.closed + 0.25 * look.squint)
        line = np.exp(-(((past_upper + 0.004 * unit) / (0.011 * unit)) ** 2))
        line *= weight * smoothstep((1.02 - from_middle) / 0.18)
        return skin + (self._lash - skin) * line[..., None].astype(np.float32)

    def _eyeball(
        self, box: Box, view: View, offset: Float32[np.ndarray, "2"], look: _Look
    ) -> Layer:
        pose, (left, top) = view.pose, (self._plate_box.left, self._plate_box.top)
        cos, sin, narrow = np.cos(pose.roll), np.sin(pose.roll), np.cos(pose.yaw)
        turn = np.array([[cos * narrow, -sin], [sin * narrow, cos]])
        size = (box.right - box.left, box.bottom - box.top)

        def placed(layer: Layer, share: float, border: int) -> Layer:
            gaze = share * np.array([look.right * GAZE_ACROSS, look.down * GAZE_UP]) * view.unit
            centre = self._cut.centre
            shift = centre + offset + turn @ (gaze + np.array([left, top]) - centre)
            matrix = np.hstack([turn, (shift - (box.left, box.top))[:, None]]).astype(np.float32)
            return cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)

        ball = placed(self._plate, 1.0, cv2.BORDER_REPLICATE)
        return (
            ball if self._glint is None else ball + placed(self._glint, 0.45, cv2.BORDER_CONSTANT)
        )

    def _shade(self, past_upper: Mask, gap: Mask, look: _Look, unit: float) -> Mask:
        """The upper lid's shadow, and the dark of a narrow slit."""
        depth = np.clip(past_upper / unit * _SHADOW_BINS_PER_UNIT, 0, len(self._shadow) - 1)
        shade = np.interp(depth, np.arange(len(self._shadow)), self._shadow)
        slit = 0.62 * min(1.0, 0.45 * max(0.0, look.squint - 0.8) + 0.5 * look.closed)
        return (shade * (1 - slit * (1 - smoothstep(gap / (0.13 * unit))))).astype(np.float32)

    def _catch_light(self, unit: float) -> Layer | None:
        """What the portrait's eye has beyond the shaded eyeball: it moves less than the iris."""
        rows, columns = self._plate_box.slices
        own = self._portrait[rows, columns].astype(np.float32)
        x, y = np.meshgrid(np.arange(columns.start, columns.stop), np.arange(rows.start, rows.stop))
        here = np.dstack([x, y]).astype(np.float32)
        past_upper, past_lower = coverage(self._cut, here, here)
        inside = np.clip(np.minimum(past_upper, past_lower) - 1.0, 0, 1)
        still = _Look(0.0, 0.0, 0.0, 0.0, 0.0)
        shade = self._shade(np.maximum(past_upper, 0), np.full_like(past_upper, unit), still, unit)
        extra = np.clip(own - self._plate * shade[..., None] - 24, 0, 255) * inside[..., None]
        return extra.astype(np.float32) if extra.max() > 40 else None


_SHADOW_BINS_PER_UNIT = 60
_SHADOW_BINS = 16


def _plate_box(cut: Cut, unit: float, size: int) -> Box:
    margin = 0.24 * unit
    columns = slice(int(cut.left), int(cut.right) + 1)
    top, bottom = cut.upper[columns].min(), cut.lower[columns].max()
    return Box(
        int(cut.left - margin), int(top - margin), int(cut.right + margin), int(bottom + margin)
    ).clipped(size)


def _eyeball(bundle: Bundle, cut: Cut, box: Box) -> Layer:
    """The whole eyeball: the bundle's plate, or the visible part continued beyond the lids."""
    rows, columns = box.slices
    if bundle.eyes is not None:
        plate, alpha = bundle.eyes[rows, columns, :3], bundle.eyes[rows, columns, 3]
        hidden = (alpha < 200).astype(np.uint8)
    else:
        plate = bundle.portrait[rows, columns]
        x, y = np.meshgrid(np.arange(columns.start, columns.stop), np.arange(rows.start, rows.stop))
        open_part = (x > cut.left) & (x < cut.right)
        open_part &= (y > cut.upper[x] + 1) & (y < cut.lower[x] - 1)
        hidden = (~open_part).astype(np.uint8)
    filled = cv2.inpaint(plate, hidden, 7, cv2.INPAINT_TELEA)
    smooth = cv2.GaussianBlur(filled, (0, 0), 2)
    return np.where(hidden[..., None] > 0, smooth, filled).astype(np.float32)


def _lid_shadow(
    bundle: Bundle, cut: Cut, plate: Layer, box: Box, unit: float
) -> Float32[np.ndarray, " bins"]:
    """Brightness of the portrait's eye relative to the plate by depth under the upper lid."""
    rows, columns = box.slices
    x, y = np.meshgrid(np.arange(columns.start, columns.stop), np.arange(rows.start, rows.stop))
    depth, room = y - cut.upper[x], cut.lower[x] - y
    inside = (depth > 0.5) & (room > 1) & (x > cut.left + 2) & (x < cut.right - 2)
    own, ball = (
        image.astype(np.float32).sum(axis=2) for image in (bundle.portrait[rows, columns], plate)
    )
    ratio = np.clip(own / np.maximum(ball, 1), 0.25, 1.15)
    bins = np.clip(depth / unit * _SHADOW_BINS_PER_UNIT, 0, _SHADOW_BINS - 1).astype(int)
    shadow = np.ones(_SHADOW_BINS, np.float32)
    known = [
        (k, float(np.median(ratio[inside & (bins == k)])))
        for k in range(_SHADOW_BINS)
        if (inside & (bins == k)).sum() > 8
    ]
    if known:
        k, value = np.array(known).T
        shadow = np.interp(np.arange(_SHADOW_BINS), k, value).astype(np.float32)
    return shadow


def _strip_height(landmarks: Landmarks, side: str) -> float:
    """Height of the skin above the lid that stretches when it closes."""
    upper, _ = landmarks.lid_curves(side)
    brow = landmarks[f"brow_{side}"]
    above = np.interp(brow[:, 0], upper[:, 0], upper[:, 1]) - brow[:, 1]
    return max(0.70 * float(np.median(above)), 0.08 * landmarks.eye_distance)


def _lash_colour(portrait: Picture, cut: Cut) -> Float32[np.ndarray, "3"]:
    """The darkest fifth of the upper lid's edge."""
    columns = np.arange(int(cut.left) + 3, int(cut.right) - 2)
    edge = np.concatenate(
        [portrait[(cut.upper[columns] + d).astype(int), columns] for d in (-2, -1, 0, 1)]
    )
    level = edge.sum(axis=1)
    return edge[level <= np.percentile(level, 20)].mean(axis=0).astype(np.float32)
