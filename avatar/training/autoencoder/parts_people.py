"""Eyes and mouths of portraits that the portrait renderer moves, without a turn of the head."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float32, UInt8

from avatar.errors import MediaError
from avatar.files import beside
from avatar.motion import ARKIT58, Vector
from avatar.rendering.close_up import CloseUp
from avatar.rendering.moving import mirrored_flow
from avatar.rendering.part_painter import mirror_image, without_kept
from avatar.rendering.parts import CELLS, EYE, MOUTH, PartSquare, part_squares
from avatar.rendering.rig import Rig
from avatar.synthetic.actors.acting import act
from avatar.synthetic.actors.stage import Stage
from avatar.training.autoencoder.portraits import (
    ALONE_SHARE,
    TracedRenderer,
    drawn_rig,
    move_alone,
    shipped_rig,
    still_rig,
)

MARGIN = 4
"""Pixels around a square, so that a crop of it can be moved."""
CELL = 2
"""Pixels of a square for each place at which it is told where its colours come from."""
SHAPED_SHARE, SHAPED = 0.35, (0.3, 1.0)
"""Share of pictures in which a mouth takes one or two shapes and no other, and how much of them."""
SHAPES = ("Smile", "Smile", "Funnel", "Pucker", "Frown", "Stretch", "Press", "UpperUp", "LowerDown")
GAZE_SHARE, GAZE = 0.3, 0.9
"""Share of pictures in which both eyes look somewhere and do little else, and how far at most."""
OPEN_SHARE, OPEN = 0.35, (0.1, 0.8)
"""Share of pictures in which the jaw is opened further, and how far."""
SHUT_SHARE, SHUT = 0.2, (0.2, 1.0)
"""Share of pictures in which both lids are closed further, and how far."""


@dataclass(frozen=True, eq=False)
class PartAlbum:
    """One part of somebody in known motions, the first at rest; two eyes are two albums.

    `sources` tell how far away in the first picture the colours of a cell are, in sides of the
    square without margins; NaN beside the person.
    """

    pictures: UInt8[np.ndarray, "pictures side side 3"]
    motion: Float32[np.ndarray, "pictures 58"]
    sources: Float16[np.ndarray, "pictures cells cells 2"]


def part_motion(rng: np.random.Generator) -> Vector:
    """What the face of a portrait is made to do; head and brows rest."""
    motion = act(rng)
    if rng.random() < ALONE_SHARE:
        move_alone(motion, rng)
    if rng.random() < SHAPED_SHARE:
        _shape(motion, rng)
    if rng.random() < GAZE_SHARE:
        _look(motion, rng)
    for share, (low, high), names in (
        (OPEN_SHARE, OPEN, ("jawOpen",)),
        (SHUT_SHARE, SHUT, ("eyeBlinkLeft", "eyeBlinkRight")),
    ):
        if rng.random() < share:
            least = float(rng.uniform(low, high))
            for index in map(ARKIT58.index, names):
                motion[index] = max(float(motion[index]), least)
    return ARKIT58.clamp(without_kept(motion).astype(np.float32))


def _shape(motion: Vector, rng: np.random.Generator) -> None:
    """Change the mouth alone."""
    motion[[name.startswith(("jaw", "mouth")) for name in ARKIT58.channels]] = 0
    for shape in rng.choice(SHAPES, int(rng.integers(1, 3))):
        amount = float(rng.uniform(*SHAPED))
        for index, name in enumerate(ARKIT58.channels):
            if name.removesuffix("Left").removesuffix("Right") == f"mouth{shape}":
                motion[index] = amount


def _look(motion: Vector, rng: np.random.Generator) -> None:
    """Turn both eyes the same way."""
    motion[[name.startswith("eye") for name in ARKIT58.channels]] = 0
    aside, up = rng.uniform(-GAZE, GAZE, 2)
    ways = ("OutLeft", "InRight") if aside > 0 else ("InLeft", "OutRight")
    height = "Up" if up > 0 else "Down"
    for name, amount in (
        *((way, abs(aside)) for way in ways),
        *((f"{height}{side}", abs(up)) for side in ("Left", "Right")),
    ):
        motion[ARKIT58.index(f"eyeLook{name}")] = amount


def shipped_parts(number: int, pictures: int, rng: np.random.Generator) -> dict[str, PartAlbum]:
    """Parts of an avatar that ships."""
    return parts_in_motion(shipped_rig(number), pictures, rng)


def still_parts(stage: Stage, pictures: int, rng: np.random.Generator) -> dict[str, PartAlbum]:
    """Parts of a parametric person who sat for a portrait."""
    return parts_in_motion(still_rig(stage, rng), pictures, rng)


def character_parts(pictures: int, rng: np.random.Generator) -> dict[str, PartAlbum]:
    """Parts of a character of random shape and colours."""
    return parts_in_motion(drawn_rig(rng), pictures, rng)


def parts_in_motion(rig: Rig, pictures: int, rng: np.random.Generator) -> dict[str, PartAlbum]:
    """A portrait's parts, by `right eye`, `left eye` and `mouth`."""
    renderer, squares = TracedRenderer(rig), part_squares(rig.bundle.landmarks)
    motions = [ARKIT58.rest, *(part_motion(rng) for _ in range(pictures - 1))]
    shown = [renderer.render(motion, None)[0] for motion in motions]
    traced = [renderer.sources(motion) for motion in motions]
    names = (f"right {EYE}", f"left {EYE}", MOUTH)
    return {
        name: PartAlbum(
            np.stack([_cut(picture, square) for picture in shown]),
            np.stack([mirror_image(one) if square.mirrored else one for one in motions]),
            np.stack([_told(renderer, sources, square) for sources in traced]),
        )
        for name, square in zip(names, squares, strict=True)
    }


def write_parts(parts: dict[str, PartAlbum], path: Path) -> None:
    """Write, whole or not at all. Raises MediaError when it cannot be."""
    arrays = {
        f"{name}/{kind}": getattr(album, kind)
        for name, album in parts.items()
        for kind in ("pictures", "motion", "sources")
    }
    with beside(path) as part, part.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def read_parts(path: Path) -> dict[str, PartAlbum]:
    """Raises MediaError for a file that holds no parts."""
    try:
        with path.open("rb") as stream, np.load(stream) as stored:
            names = sorted({key.partition("/")[0] for key in stored.files})
            return {
                name: PartAlbum(
                    *(stored[f"{name}/{kind}"] for kind in ("pictures", "motion", "sources"))
                )
                for name in names
            }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MediaError(f"{path}: no parts of a person ({error}): make it again") from error


def _shown(square: PartSquare) -> CloseUp:
    return square.box.grown(MARGIN / CELLS[square.part]).whole()


def _cut(picture: np.ndarray, square: PartSquare) -> np.ndarray:
    cut = _shown(square).cut(picture, CELLS[square.part] + 2 * MARGIN)
    return cut[:, ::-1] if square.mirrored else cut


def _told(renderer: TracedRenderer, sources: np.ndarray, square: PartSquare) -> np.ndarray:
    """Where the colours of a square's cells come from."""
    whole = CELLS[square.part] + 2 * MARGIN
    shown = _shown(square)
    told = renderer.told(sources, shown, whole // CELL, shown.side * CELLS[square.part] / whole)
    return (mirrored_flow(told) if square.mirrored else told).astype(np.float16)
