"""Albums of portraits: the portrait renderer moves them, and tells where each pixel comes from."""

import tempfile
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32

from avatar.assets import bundle_folder, shipped_avatars
from avatar.motion import ARKIT58, COEFFICIENTS, POSE, Vector
from avatar.portraits.creating import Origin, assembled, write_portrait
from avatar.rendering.bundle import load_bundle
from avatar.rendering.close_up import CloseUp
from avatar.rendering.head import pose_of
from avatar.rendering.part_painter import without_painted
from avatar.rendering.rig import Rig, build_rig
from avatar.rendering.view import View
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.actors.acting import act
from avatar.synthetic.actors.drawn import varied
from avatar.synthetic.actors.moving import moved_places
from avatar.synthetic.actors.stage import Stage
from avatar.synthetic.actors.stills import sitting
from avatar.synthetic.characters.bundle import write_bundle
from avatar.synthetic.characters.cast import CAST
from avatar.training.autoencoder.albums import Album, AlbumSize

SIZE = 384
"""Pixels of a portrait that is drawn for an album."""
LIMITS = np.radians([15.0, 12.0, 12.0])
"""How far a portrait is turned: yaw, pitch and roll."""
PLACE_SPREAD = 0.05
"""Standard deviation of the head's place in inter-ocular distances."""
POSED_SHARE = 0.5
"""Share of pictures in which head and brows move and nothing else: all that a flow is asked for
where eyes and mouth are painted."""
ALONE_SHARE, MOST_ALONE, LEAST_ALONE = 0.3, 3, 0.3
"""Share of pictures in which only a few coefficients move, of any kind; how many, how much."""
SOLID = 0.9
"""Coverage from which a pixel is the person's."""
ORIGIN = Origin(source="a parametric person", consent="nobody is shown")

_TURN = slice(ARKIT58.index(POSE[0]), ARKIT58.index(POSE[2]) + 1)
_PLACE = slice(ARKIT58.index(POSE[3]), ARKIT58.index(POSE[5]) + 1)


class TracedRenderer(WarpRenderer):
    """A portrait renderer that tells where each cell of a picture comes from."""

    def sources(self, motion: Vector) -> Float32[np.ndarray, "128 128 2"]:
        """How far away a cell's colours are, in pixels of the portrait; NaN beside the person."""
        above, below = (self._inverse(field) for field in self.displaced(motion))
        unit = self._rig.head.unit
        view = View(self.face(motion), pose_of(motion, unit), above, below, self._side, unit)
        places = self._merge(view)
        matte = self._rig.layers.matte.astype(np.float32) / 255
        solid = cv2.remap(matte, places[..., 0], places[..., 1], cv2.INTER_LINEAR) > SOLID
        return np.where(solid[..., None], places - self._grid, np.nan).astype(np.float32)

    def told(
        self, sources: Float32[np.ndarray, "128 128 2"], shown: CloseUp, cells: int, unit: float
    ) -> Float32[np.ndarray, "cells cells 2"]:
        """What `sources` say of the cells of a square, in units of so many pixels."""
        step = self._side / len(sources)
        line = (np.arange(cells) + 0.5) * shown.side / cells
        columns, rows = np.meshgrid(
            *(((line + edge) / step - 0.5).astype(np.float32) for edge in (shown.left, shown.top))
        )
        nothing = (float("nan"), float("nan"))
        return cv2.remap(
            sources / np.float32(unit),
            columns,
            rows,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=nothing,
        )


def shipped_album(number: int, size: AlbumSize, rng: np.random.Generator) -> Album:
    """An avatar that ships."""
    return portrayed(shipped_rig(number), size, rng)


def shipped_rig(number: int) -> Rig:
    """What moves an avatar that ships."""
    with tempfile.TemporaryDirectory() as cache:
        return build_rig(load_bundle(bundle_folder(shipped_avatars()[number])), Path(cache))


def drawn_album(size: AlbumSize, rng: np.random.Generator) -> Album:
    """A character of random shape and colours."""
    return portrayed(drawn_rig(rng), size, rng)


def drawn_rig(rng: np.random.Generator) -> Rig:
    """What moves a character of random shape and colours."""
    person = varied(CAST[str(rng.choice(sorted(CAST)))], rng)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "person.avatar"
        write_bundle(person, bundle, size=SIZE, supersampling=1)
        return build_rig(load_bundle(bundle), Path(folder))


def still_album(stage: Stage, size: AlbumSize, rng: np.random.Generator) -> Album:
    """A parametric person who sat for a portrait; the stage is of `SIZE`."""
    return portrayed(still_rig(stage, rng), size, rng)


def still_rig(stage: Stage, rng: np.random.Generator) -> Rig:
    """What moves a parametric person who sat for a portrait; the stage is of `SIZE`."""
    portrait = assembled(*sitting(stage, rng))
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "person.avatar"
        write_portrait(portrait, bundle, title="Somebody", origin=ORIGIN)
        return build_rig(load_bundle(bundle), Path(folder))


def portrayed(rig: Rig, size: AlbumSize, rng: np.random.Generator) -> Album:
    """A portrait in motion."""
    renderer, landmarks = TracedRenderer(rig), rig.bundle.landmarks
    close_up = CloseUp.of_eyes(landmarks["iris_right"][0], landmarks["iris_left"][0])
    motions = [ARKIT58.rest, *(portrait_motion(rng) for _ in range(size.pictures - 1))]
    places, shown = moved_places(renderer, landmarks, ARKIT58.rest), size.with_margins(close_up)
    told = [
        renderer.told(renderer.sources(motion), shown, size.cells, close_up.side)
        for motion in motions
    ]
    return Album(
        tuple(size.cut(renderer.render(motion, None)[0], close_up) for motion in motions),
        np.stack(motions),
        np.stack(told).astype(np.float16),
        size.seen(places, close_up),
    )


def portrait_motion(rng: np.random.Generator) -> Vector:
    """What a portrait is made to do: a turn, an expression, or a few coefficients alone."""
    motion = act(rng, calm=0.5)
    motion[_TURN] = np.clip(motion[_TURN], -LIMITS, LIMITS)
    if rng.random() < POSED_SHARE:
        motion = without_painted(motion)
    elif rng.random() < ALONE_SHARE:
        move_alone(motion, rng)
    motion[_PLACE] = rng.normal(0, PLACE_SPREAD, 3)
    return ARKIT58.clamp(motion.astype(np.float32))


def move_alone(motion: Vector, rng: np.random.Generator) -> None:
    """Let a few coefficients move, of any kind, and no other; the pose stays."""
    motion[: len(COEFFICIENTS)] = 0
    count = int(rng.integers(1, MOST_ALONE + 1))
    chosen = rng.choice(len(COEFFICIENTS), count, replace=False)
    motion[chosen] = rng.uniform(LEAST_ALONE, 1.0, count)
