"""How the tracker sees a real face: a photograph moved by the renderer, before a webcam.

The photograph is NASA's portrait of Eileen Collins (public domain), which scikit-image brings, or
one of your own. Its coefficients are exact because the renderer moves it; the face is real.

    python benchmarks/real_portrait.py [PHOTO] [--minutes 2]
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from avatar.clock import FPS
from avatar.metrics.events import detect, match
from avatar.motion import ARKIT58, Motions
from avatar.portraits.creating import Origin, create, write_portrait
from avatar.portraits.photo import read_photo
from avatar.rendering.base import Picture
from avatar.rendering.bundle import load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.actors.moving import KNOWN
from avatar.synthetic.dialogues.conversation import converse
from avatar.training.tracker.evaluation import SUMMARY, correlation, mean_of
from avatar.training.tracker.events import BEFORE_S, KINDS, TOLERANCE, watched
from pipelines.build import build_finder, build_tracker, use_one_core

WIDTH, HEIGHT, SIDE = 640, 480, 420
CAMERAS = {
    "a webcam": (3.0, 1.0, 0),
    "in the dark, noisy": (10.0, 0.35, 0),
    "compressed hard": (3.0, 1.0, 25),
}
"""Noise in grey levels, light, JPEG quality (0 is none)."""


def main() -> None:
    """Print what is seen of a conversation, by camera."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", nargs="?", type=Path)
    parser.add_argument("--minutes", type=float, default=2.0)
    wanted = parser.parse_args()
    use_one_core()
    with tempfile.TemporaryDirectory() as folder:
        renderer = _avatar(wanted.photo, Path(folder))
        true = _conversation(60 * wanted.minutes)
        table = Table("", *CAMERAS)
        columns = [_seen(renderer, true, *camera) for camera in CAMERAS.values()]
    for name in columns[0]:
        table.add_row(name, *(str(column[name]) for column in columns))
    Console().print(table)


def _avatar(photo: Path | None, folder: Path) -> WarpRenderer:
    if photo is None:
        from skimage.data import astronaut

        pixels = np.ascontiguousarray(astronaut())
    else:
        pixels = read_photo(photo).pixels
    bundle = folder / "person.avatar"
    origin = Origin(source="a photograph", consent="measured only")
    write_portrait(create(build_finder().find(pixels)), bundle, title="Somebody", origin=origin)
    return WarpRenderer.of(load_bundle(bundle), folder)


def _conversation(length_s: float) -> Motions:
    motion = converse(4, length_s=length_s, split="held out voice").parties[0].motion.copy()
    motion[:, ~KNOWN] = 0
    still = np.tile(ARKIT58.rest, (round(BEFORE_S * FPS), 1))
    return np.concatenate([still, motion]).astype(np.float32)


def _seen(
    renderer: WarpRenderer, true: Motions, noise: float, light: float, quality: int
) -> dict[str, object]:
    found = np.stack(list(watched(build_tracker(), _filmed(renderer, true, noise, light, quality))))
    rows: dict[str, object] = {"seen": f"{np.abs(found).sum(axis=1).astype(bool).mean():.0%}"}
    for name, channels in SUMMARY.items():
        indices = [ARKIT58.index(channel) for channel in channels]
        rows[name] = mean_of([correlation(found[:, i], true[:, i]) for i in indices])
    made, wanted = detect(found), detect(true)
    for kind in KINDS:
        same = match(made, wanted, kind, tolerance=TOLERANCE)
        rows[f"{kind}s (F1)"] = mean_of([same.f1])
    return rows


def _filmed(
    renderer: WarpRenderer, motion: Motions, noise: float, light: float, quality: int
) -> Iterator[Picture]:
    chance, state = np.random.default_rng(0), renderer.start()
    left = (WIDTH - SIDE) // 2
    for face in motion:
        picture, state = renderer.render(face, state)
        small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        scene = cv2.copyMakeBorder(
            small, HEIGHT - SIDE, 0, left, left, cv2.BORDER_REPLICATE
        ).astype(np.float32)
        scene = (scene * light + chance.normal(0, noise, scene.shape)).clip(0, 255).astype(np.uint8)
        if quality:
            packed = cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            scene = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
        yield scene.astype(np.uint8, copy=False)


if __name__ == "__main__":
    main()
