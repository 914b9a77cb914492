"""A drawn user in front of a drawn camera."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import cv2
import numpy as np
import pytest

from avatar.assets import TRACKER
from avatar.motion import ARKIT58
from avatar.rendering.base import Picture
from avatar.rendering.warp import WarpRenderer
from avatar.tracking.networks import FaceNetworks
from avatar.tracking.tracker import FaceTracker

WIDTH, HEIGHT = 320, 240


def _noises() -> np.ndarray:
    return np.random.default_rng(7).normal(0, 1, (5, HEIGHT, WIDTH, 3)).astype(np.float32)


def _room() -> np.ndarray:
    coarse = np.random.default_rng(3).normal(120, 25, (60, 80, 3)).clip(0, 255).astype(np.float32)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


@dataclass(eq=False)
class Camera:
    """Takes pictures of persons who stand in a room; `noise` and `light` are the camera's."""

    renderer: WarpRenderer
    noise: float = 4.0
    light: float = 1.0
    room: np.ndarray = field(default_factory=_room)
    _noises: np.ndarray = field(default_factory=_noises)
    _drawn: dict[tuple[float, ...], Picture] = field(default_factory=dict)
    _taken: int = 0

    def picture(self, *persons: np.ndarray, at: tuple[float, ...] = (160,)) -> Picture:
        """Square pictures of persons before the room, standing on its lower edge."""
        scene = self.room.copy()
        for person, middle in zip(persons, at, strict=True):
            side = person.shape[0]
            left = round(middle - side / 2)
            first, last = max(0, left), min(WIDTH, left + side)
            if first < last:
                top = max(0, HEIGHT - side)
                scene[top:, first:last] = person[: HEIGHT - top, first - left : last - left]
        self._taken += 1
        noise = self.noise * self._noises[self._taken % len(self._noises)]
        return np.clip(scene * self.light + noise, 0, 255).astype(np.uint8)

    def person(self, side: float = 200, motion: Mapping[str, float] | None = None) -> np.ndarray:
        """The drawn character with a motion, `side` pixels wide."""
        vector = ARKIT58.vector({name: round(v, 3) for name, v in (motion or {}).items()})
        key = tuple(vector.tolist())
        if key not in self._drawn:
            picture, _ = self.renderer.render(vector, None)
            self._drawn[key] = picture
        size = (round(side), round(side))
        return cv2.resize(self._drawn[key], size, interpolation=cv2.INTER_AREA)


@pytest.fixture
def camera(renderer: WarpRenderer) -> Camera:
    return Camera(renderer)


@pytest.fixture
def camera_with(renderer: WarpRenderer) -> Callable[..., Camera]:
    return partial(Camera, renderer)


@pytest.fixture(scope="session")
def tracker() -> FaceTracker:
    return FaceTracker(FaceNetworks(TRACKER))
