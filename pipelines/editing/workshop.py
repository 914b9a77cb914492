"""A bundle whose landmarks are being moved, and what it looks like meanwhile."""

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from math import pi, sin
from pathlib import Path

import cv2
import numpy as np

from avatar.behaviour.face import Face
from avatar.behaviour.visemes import apply_mouth, mouth_shape
from avatar.files import beside
from avatar.motion import ARKIT58, Vector
from avatar.rendering.bundle import load_bundle
from avatar.rendering.bundle_files import landmarks_text, rounded
from avatar.rendering.landmarks import GROUPS, Landmarks
from avatar.rendering.warp import WarpRenderer
from avatar.tick import Phone

QUALITY = 85
SAID = "hɛloʊhaʊkænaɪhɛlpju"
"""What the avatar says over and over: hello, how can I help you."""
PHONE_S, LOOP_S = 0.095, 5.0

Groups = Mapping[str, list[list[float]]]


class Workshop:
    """One bundle. Safe to use from several threads. `close` forgets what was derived."""

    def __init__(self, folder: Path) -> None:
        """Raises BundleError for a folder that is no bundle."""
        self._folder = folder
        self._bundle = load_bundle(folder)
        self._cache = tempfile.TemporaryDirectory()
        self._lock = threading.Lock()
        self._moves = 0
        self._renderer = self._built(self._bundle.landmarks)
        self._phones = tuple(
            Phone(symbol, 0.6 + PHONE_S * i, 0.6 + PHONE_S * (i + 1))
            for i, symbol in enumerate(SAID)
        )

    @property
    def size(self) -> int:
        """Width and height of the portrait."""
        return self._bundle.size

    @property
    def name(self) -> str:
        """Of the avatar."""
        return self._bundle.manifest.name

    def groups(self) -> dict[str, list[list[float]]]:
        """The landmarks as they are now."""
        with self._lock:
            landmarks = self._bundle.landmarks
            return {name: rounded(landmarks[name]) for name in GROUPS}

    def portrait(self) -> bytes:
        """The portrait as PNG."""
        return _encoded(".png", self._bundle.portrait)

    def move(self, groups: Groups) -> None:
        """Take new landmarks. Raises BundleError that says what is wrong with them."""
        landmarks = Landmarks(groups, size=self._bundle.size, source="the landmarks")
        with self._lock:
            self._moves += 1
            self._renderer = self._built(landmarks)
            self._bundle = replace(self._bundle, landmarks=landmarks)

    def _built(self, landmarks: Landmarks) -> WarpRenderer:
        for earlier in Path(self._cache.name).glob("*.npz"):
            earlier.unlink()
        digest = f"{self._bundle.digest[:16]}{self._moves:08d}"
        changed = replace(self._bundle, landmarks=landmarks, digest=digest)
        return WarpRenderer.of(changed, Path(self._cache.name))

    def frame(self, t: float) -> bytes:
        """The avatar at a time of its performance, as JPEG: it talks, looks about and smiles."""
        with self._lock:
            renderer = self._renderer
        picture, _ = renderer.render(self._performance(t % LOOP_S), renderer.start())
        return _encoded(".jpg", picture)

    def _performance(self, t: float) -> Vector:
        face = Face(ARKIT58.rest)
        apply_mouth(face, mouth_shape(self._phones, t), 1.0)
        smile = _pulse(t, 3.0, 4.6)
        face.both("mouthSmile", 0.9 * smile)
        face.both("cheekSquint", 0.5 * smile)
        face.both("eyeBlink", max(_pulse(t, 0.3, 0.5), _pulse(t, 2.7, 2.9)))
        face.add("browInnerUp", 0.6 * _pulse(t, 0.8, 1.6))
        face.both("browOuterUp", 0.5 * _pulse(t, 0.8, 1.6))
        face.add("headYaw", 0.16 * sin(2 * pi * t / LOOP_S))
        face.add("headPitch", 0.06 * sin(4 * pi * t / LOOP_S))
        return face.motion()

    def save(self) -> Path:
        """Write the landmarks into the bundle. Raises MediaError when it cannot be written."""
        path = self._folder / "landmarks.json"
        with beside(path) as part:
            part.write_text(landmarks_text(self.groups()), encoding="utf-8")
        return path

    def close(self) -> None:
        """Remove what was derived."""
        self._cache.cleanup()


def _pulse(t: float, start: float, end: float) -> float:
    """Up and down again between two times."""
    edge = min(0.25, (end - start) / 2)
    return max(0.0, min(1.0, (t - start) / edge, (end - t) / edge))


def _encoded(ending: str, picture: np.ndarray) -> bytes:
    quality = [cv2.IMWRITE_JPEG_QUALITY, QUALITY] if ending == ".jpg" else []
    _, data = cv2.imencode(ending, picture[..., ::-1], quality)
    return data.tobytes()
