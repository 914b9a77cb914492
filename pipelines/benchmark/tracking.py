"""How long it takes to see a camera's picture: a drawn user who nods and smiles, and nobody."""

from itertools import count
from math import pi, sin
from typing import Any

import cv2
import numpy as np

from avatar.clock import FPS
from avatar.motion import ARKIT58
from avatar.rendering.base import Picture, Renderer
from avatar.tracking.base import UserTracker
from pipelines.benchmark.timer import Timing, measure

WIDTH, HEIGHT = 640, 480
NOISE = 4.0


def time_tracking(
    tracker: UserTracker[Any], renderer: Renderer[Any], *, batches: int = 7
) -> dict[str, Timing]:
    """Time pictures of 640 x 480, looks for new faces included, by who is before the camera."""
    scenes = {
        "near user": moving(renderer, 460),
        "far user": moving(renderer, 200),
        "nobody": [room()],
    }
    return {name: _timed(tracker, pictures, batches) for name, pictures in scenes.items()}


def _timed(tracker: UserTracker[Any], pictures: list[Picture], batches: int) -> Timing:
    index, state = count(), [tracker.start()]

    def see() -> None:
        at = next(index)
        _, state[0] = tracker.step(pictures[at % len(pictures)], at / FPS, state[0])

    return measure(see, batches=batches, calls=4 * FPS)


def room() -> Picture:
    """Nobody."""
    coarse = np.random.default_rng(3).integers(60, 180, (60, 80, 3), dtype=np.uint8)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def moving(renderer: Renderer[Any], side: int) -> list[Picture]:
    """A second of a user who nods and smiles, `side` pixels wide, with a camera's noise."""
    chance, state = np.random.default_rng(1), renderer.start()
    pictures: list[Picture] = []
    for index in range(FPS):
        t = index / FPS
        face = {"headPitch": 0.12 * sin(4 * pi * t), "mouthSmile": 0.5 + 0.5 * sin(2 * pi * t)}
        drawn, state = renderer.render(ARKIT58.vector(face), state)
        scene = room().astype(np.float32)
        left = (WIDTH - side) // 2
        small = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)
        scene[HEIGHT - side :, left : left + side] = small
        scene += chance.normal(0, NOISE, scene.shape)
        pictures.append(np.clip(scene, 0, 255).astype(np.uint8))
    return pictures
