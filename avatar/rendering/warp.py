"""The portrait warp renderer: one still portrait, moved by 52 coefficients and a pose.

Expression fields displace a grid over the portrait, the pose turns it as a solid, the inverse of
both tells for each pixel of the picture where in the portrait it comes from. Mouth and eyes are
drawn where they open, wrinkles and the turn of the head change the light, and the background stays
a layer of its own. Hair and ears lag a little. At rest the picture equals the portrait.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from avatar.errors import MediaError
from avatar.motion import ARKIT58, COEFFICIENTS, MotionSpace, Vector
from avatar.rendering.base import Picture
from avatar.rendering.bundle import Bundle
from avatar.rendering.effects import WHOLE, Effects
from avatar.rendering.eyes import Eye
from avatar.rendering.fields import GRID
from avatar.rendering.framing import (
    Framing,
    canvas_of,
    continued_background,
    continued_person,
)
from avatar.rendering.head import Pose, pose_of, posed
from avatar.rendering.landmarks import SIDES
from avatar.rendering.mouth import Mouth
from avatar.rendering.rig import Rig, build_rig
from avatar.rendering.sampling import combine, sample
from avatar.rendering.shading import Shader
from avatar.rendering.sway import Sway, build_hanging, lag, swayed
from avatar.rendering.teeth import draw_teeth
from avatar.rendering.view import SourceMap, View

LEAST_AREA = 0.08
"""Smallest share of its area to which any drawn cell may be pressed: above 0, no fold."""

Field: TypeAlias = Float32[np.ndarray, "2 128 128"]
Displacement: TypeAlias = Float32[np.ndarray, "128 128 2"]
"""Pixels to the right and down."""


class WarpRenderer:
    """Draws one avatar bundle. Between pictures only what hangs has a state."""

    def __init__(self, rig: Rig, *, framing: Framing = "square", effects: Effects = WHOLE) -> None:
        bundle = rig.bundle
        self.space: MotionSpace = ARKIT58
        self._canvas = canvas_of(framing, bundle.size)
        self.size = (self._canvas.width, self._canvas.height)
        self._side = bundle.size
        self._effects = effects
        self.name, self.licence = bundle.manifest.name, bundle.manifest.licence
        self._rig = rig
        self._low, self._high = _limits(bundle)
        self._rest = {name: bundle.manifest.rest.get(name, 0.0) for name in COEFFICIENTS}
        self._grid = np.dstack([rig.head.x, rig.head.y])
        beside = max(self._canvas.beside, 0)
        rows = np.arange(bundle.size, dtype=np.float32)
        columns = np.arange(bundle.size + 2 * beside, dtype=np.float32)
        self._pixels = np.dstack(np.meshgrid(columns, rows))
        self._person = continued_person(_premultiplied(bundle.portrait, rig), beside)
        self._background = continued_background(rig.layers.background, beside)
        self._hanging = build_hanging(
            bundle.landmarks, rig.head, rig.layers.matte / np.float32(255)
        )
        self._mouth = Mouth(
            bundle.portrait,
            bundle.landmarks,
            rig.cuts[0],
            rig.head,
            draw_teeth(bundle.landmarks.mouth_width, rig.skin),
            own_teeth=bundle.manifest.style.teeth_visible,
        )
        self._eyes = [
            Eye(bundle, cut, rig.head, side) for cut, side in zip(rig.cuts[1:], SIDES, strict=True)
        ]
        self._shader = Shader.build(rig.relief, bundle.manifest.style.shading, self._effects)

    @classmethod
    def of(
        cls,
        bundle: Bundle,
        cache: Path | None = None,
        *,
        framing: Framing = "square",
        effects: Effects = WHOLE,
    ) -> "WarpRenderer":
        """The renderer of a bundle; the rig is built or read from the cache."""
        return cls(build_rig(bundle, cache), framing=framing, effects=effects)

    def start(self) -> Sway | None:
        """What hangs begins at rest under the first pose."""
        return None

    def render(
        self, motion: Vector, state: Sway | None, *, ticks: int = 1
    ) -> tuple[Picture, Sway | None]:
        """Draw one `arkit58` motion.

        Raises MediaError for a motion that is not finite; values out of range are clamped, and the
        pose to the bundle's limits.
        """
        if not np.isfinite(motion).all():
            bad = ARKIT58.channels[int(np.argmin(np.isfinite(motion)))]
            raise MediaError(f"the motion's {bad} is not a finite number; nothing is drawn")
        face = self.face(motion)
        pose = pose_of(np.clip(motion, self._low, self._high), self._rig.head.unit)
        above, below = self._moved(face, pose)
        if self._effects.sway:
            state = swayed(state, pose, self._rig.head.unit, ticks)
            lagging = self._lagging(state, pose)
            above, below = above + lagging, below + lagging
        view = View(
            face=face,
            pose=pose,
            above=self._inverse(above),
            below=self._inverse(below),
            size=self._side,
            unit=self._rig.head.unit,
        )
        source = self._merge(view)
        drawn = self._draw(source)
        portrait = drawn[self._canvas.square]
        for eye in self._eyes:
            eye.draw(portrait, view)
        self._mouth.draw(portrait, view)
        self._shader.apply(portrait, self._shader.weights(face, pose), source)
        return self._canvas.cut(drawn), state

    def _lagging(self, sway: Sway, pose: Pose) -> Displacement:
        right, down = lag(sway, pose, self._rig.head.unit)
        return np.dstack([self._hanging * np.float32(right), self._hanging * np.float32(down)])

    def face(self, motion: Vector) -> dict[str, float]:
        """Coefficients relative to the portrait's own expression, with the correctives added."""
        values = np.clip(motion[: len(COEFFICIENTS)], 0, 1).tolist()
        face = dict(zip(COEFFICIENTS, values, strict=True))
        for name, rest in self._rest.items():
            if rest > 0:
                face[name] = (
                    max(0.0, face[name] - rest) / max(1 - rest, 0.2) * min(1.0, 1.25 - rest)
                )
        return face | _correctives(face, own_teeth=self._rig.bundle.manifest.style.teeth_visible)

    def expression_gain(self, motion: Vector) -> float:
        """The share of an expression that is drawn: below 1 where all of it would fold."""
        return self._gain(*self._fields(self.face(motion)))

    def displaced(self, motion: Vector) -> tuple[Displacement, Displacement]:
        """How far each grid point of the portrait is moved, above the cuts and below them."""
        pose = pose_of(np.clip(motion, self._low, self._high), self._rig.head.unit)
        return self._moved(self.face(motion), pose)

    def _moved(self, face: Mapping[str, float], pose: Pose) -> tuple[Displacement, Displacement]:
        above, below = self._expression(face)
        return posed(self._rig.head, above, pose), posed(self._rig.head, below, pose)

    def _expression(self, face: Mapping[str, float]) -> tuple[Field, Field]:
        """The fields above and below the cuts, scaled down together where they would fold."""
        above, below = self._fields(face)
        gain = np.float32(self._gain(above, below))
        return (above, below) if gain == 1 else (above * gain, below * gain)

    def _fields(self, face: Mapping[str, float]) -> tuple[Field, Field]:
        amounts = np.array([face[name] for name in self._rig.names], np.float32)
        above, below = (
            combine(amounts, fields).reshape(2, GRID, GRID)
            for fields in (self._rig.above, self._rig.below)
        )
        return above, below

    def _gain(self, above: Field, below: Field) -> float:
        step = self._side / GRID
        upper = fold_gain(above, step, self._rig.upper_cells)
        return min(upper, fold_gain(below, step, self._rig.lower_cells))

    def _inverse(self, displacement: Displacement) -> SourceMap:
        """Where each grid point of the picture comes from, by a damped fixed point."""
        step = self._side / GRID
        source = self._grid - displacement
        for damped in (False, False, True):
            cells = (source + 0.5) / step - 0.5
            moved = self._grid - sample(displacement, cells)
            source = 0.5 * (source + moved) if damped else moved
        return source

    def _merge(self, view: View) -> SourceMap:
        """One map: the one from below where it lands below a cut, else the one from above."""
        mouth, *eyes = self._rig.cuts
        x, y = view.below[..., 0], view.below[..., 1]
        column = np.clip(x, 0, self._side - 1).astype(np.int32)
        lower = y > mouth.lower[column]
        for cut in eyes:
            edge = cut.lower[column]
            lower |= (x > cut.left) & (x < cut.right) & (y > edge) & (y < edge + cut.below)
        return np.where(lower[..., None], view.below, view.above)

    def _draw(self, source: SourceMap) -> Picture:
        """The person from the portrait, over the background."""
        shift = cv2.resize(
            source - self._grid, (self._side, self._side), interpolation=cv2.INTER_LINEAR
        )
        if self._canvas.beside > 0:
            beside = self._canvas.beside
            shift = cv2.copyMakeBorder(shift, 0, 0, beside, beside, cv2.BORDER_REPLICATE)
        person = sample(self._person, self._pixels + shift)
        colour = cv2.cvtColor(person, cv2.COLOR_RGBA2RGB)
        away = cv2.cvtColor(255 - person[..., 3], cv2.COLOR_GRAY2RGB)
        return cv2.add(colour, cv2.multiply(self._background, away, scale=1 / 255))


def fold_gain(field: Field, step: float, drawn: Bool[np.ndarray, "128 128"]) -> float:
    """The largest gain up to 1 at which no drawn cell of the displaced grid shrinks to nothing.

    The area of a cell is det(I + g grad(u)) = 1 + g tr + g^2 det, which falls to `LEAST_AREA` at
    the smaller positive root.
    """
    dx = (field[:, :-1, 1:] - field[:, :-1, :-1]) / np.float32(step)
    dy = (field[:, 1:, :-1] - field[:, :-1, :-1]) / np.float32(step)
    trace = dx[0] + dy[1]
    determinant = dx[0] * dy[1] - dx[1] * dy[0]
    folding = (1 + trace + determinant < LEAST_AREA) & drawn[:-1, :-1] & drawn[1:, 1:]
    if not folding.any():
        return 1.0
    b, a = trace[folding].astype(float), determinant[folding].astype(float)
    c = 1 - LEAST_AREA
    root = 2 * c / (-b + np.sqrt(np.maximum(b * b - 4 * a * c, 0)))
    return float(np.clip(root.min(), 0, 1))


def _correctives(face: Mapping[str, float], *, own_teeth: bool) -> dict[str, float]:
    """Shapes of combinations: a smile on an open jaw, a broad smile that parts the lips."""
    jaw, added = face["jawOpen"], dict[str, float]()
    for side in ("Left", "Right"):
        smile = face["mouthSmile" + side]
        broad = min(1.0, max(0.0, (smile - 0.6) / 0.3))
        closed = (1 - min(1.0, 2.5 * jaw)) * (1 - min(1.0, 1.5 * face["mouthPress" + side]))
        added["laugh" + side] = smile * min(1.0, 1.6 * jaw)
        added["teeth" + side] = 0.0 if own_teeth else broad * broad * (3 - 2 * broad) * closed
    return added


def _limits(bundle: Bundle) -> tuple[Vector, Vector]:
    limits = bundle.manifest.pose_limits_deg
    high = ARKIT58.high.copy()
    for channel, degrees in (
        ("headYaw", limits.yaw),
        ("headPitch", limits.pitch),
        ("headRoll", limits.roll),
    ):
        high[ARKIT58.index(channel)] = np.radians(degrees)
    for channel in ("headX", "headY", "headZ"):
        high[ARKIT58.index(channel)] = 0.5
    low = np.where(np.arange(ARKIT58.dim) < len(COEFFICIENTS), 0, -high).astype(np.float32)
    return low, high


def _premultiplied(portrait: Picture, rig: Rig) -> np.ndarray:
    """The person alone, RGBA premultiplied, so that over the background it gives the portrait."""
    alpha = rig.layers.matte.astype(np.float32)[..., None] / 255
    behind = rig.layers.background.astype(np.float32)
    person = np.clip(portrait - behind * (1 - alpha), 0, 255) * (rig.layers.matte >= 4)[..., None]
    return np.dstack([person.round().astype(np.uint8), rig.layers.matte])
