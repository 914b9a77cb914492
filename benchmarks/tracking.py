"""What a camera picture costs: a drawn user who nods, and an empty room.

python benchmarks/tracking.py
"""

from itertools import count
from math import pi, sin
from time import process_time

import cv2
import numpy as np

from avatar.clock import FPS
from avatar.motion import ARKIT58
from avatar.rendering.base import Picture
from avatar.tracking.tracker import FaceTracker
from pipelines.benchmark.timer import machine, measure
from pipelines.build import build_avatar, use_one_core

WIDTH, HEIGHT = 320, 240
BATCHES, CALLS = 7, 4 * FPS


def room() -> Picture:
    """Nobody."""
    coarse = np.random.default_rng(3).integers(60, 180, (60, 80, 3), dtype=np.uint8)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def nodding(side: int) -> list[Picture]:
    """A second of a nodding user who is `side` pixels wide, with a camera's noise."""
    renderer, chance = build_avatar("ana").renderer, np.random.default_rng(1)
    pictures: list[Picture] = []
    for index in range(FPS):
        motion = ARKIT58.vector({"headPitch": 0.12 * sin(2 * pi * 2 * index / FPS)})
        drawn, _ = renderer.render(motion, renderer.start())
        scene = room().astype(np.float32)
        left = (WIDTH - side) // 2
        scene[HEIGHT - side :, left : left + side] = cv2.resize(drawn, (side, side))
        scene += chance.normal(0, 4, scene.shape)
        pictures.append(np.clip(scene, 0, 255).astype(np.uint8))
    return pictures


class Watching:
    """A tracker that sees the same second over and over."""

    def __init__(self, pictures: list[Picture]) -> None:
        self._tracker, self._pictures, self._index = FaceTracker(), pictures, count()
        self._state = self._tracker.start()

    def picture(self) -> None:
        """One picture."""
        index = next(self._index)
        image = self._pictures[index % len(self._pictures)]
        _, self._state = self._tracker.step(image, index / FPS, self._state)

    def mean_ms(self) -> float:
        """Mean time of the processor over four seconds, the looks for faces included."""
        start = process_time()
        for _ in range(CALLS):
            self.picture()
        return 1e3 * (process_time() - start) / CALLS


def main() -> None:
    """Print the figures."""
    use_one_core()
    for name, pictures in (
        ("near user", nodding(230)),
        ("far user", nodding(100)),
        ("empty room", [room()]),
    ):
        watching = Watching(pictures)
        timing = measure(watching.picture, batches=BATCHES, calls=CALLS)
        means = sorted(watching.mean_ms() for _ in range(BATCHES))
        print(
            f"{name}: median picture {timing.median:.2f} ms; mean CPU time with the cascade, least "
            f"{means[0]:.2f} ms, median {means[BATCHES // 2]:.2f} ms"
        )
    print(f"{machine()}, OpenCV {cv2.__version__}")


if __name__ == "__main__":
    main()
