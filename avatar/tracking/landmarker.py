"""MediaPipe's FaceLandmarker as a tracker, for who has its model file.

It is used picture by picture, so that all state is ours; rest and smoothing are those of the
embedded tracker.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from math import inf, isfinite
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from avatar.clock import TICK_S
from avatar.errors import MediaError, PartUnavailable
from avatar.motion import ARKIT58, POSE, FaceObservation
from avatar.tracking.crops import BOX_UNITS
from avatar.tracking.observing import EYES_M, FOCAL_LENGTH
from avatar.tracking.places import TOLD
from avatar.tracking.presence import Presence
from avatar.tracking.rotation import angles_of
from avatar.tracking.settling import PLACE, Rest, Smooth, expressed, settle, smooth

INSTALL = "pip install --no-deps mediapipe absl-py flatbuffers"
"""With its dependencies it would bring a second OpenCV, which hides ours."""
EYES_CM = 6.3
MOST_FACES = 4
HOLD_S = 0.3
LONGEST_GAP_S = 1.0
SEEN = TOLD

_AT = np.array([ARKIT58.index(name) for name in (*POSE, *SEEN)])

Image = UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True, eq=False, slots=True)
class LandmarkerFace:
    """One face: coefficients by their ARKit names, and the matrix from the face to the camera.

    The matrix is in centimetres: x to the right of the picture, y up, z toward the camera.
    """

    coefficients: Mapping[str, float]
    matrix: Float[np.ndarray, "4 4"]


Landmarker = Callable[[Image], Sequence[LandmarkerFace]]


@dataclass(frozen=True, eq=False)
class MediaPipeState:
    """All that is known between two pictures."""

    at_s: float = -inf
    seen_s: float = -inf
    smoothed: Smooth | None = None
    rest: Rest | None = None
    observation: FaceObservation | None = None
    presence: Presence | None = None


class MediaPipeTracker:
    """Sees the nearest face that a landmarker finds."""

    def __init__(self, landmarker: Landmarker) -> None:
        self._landmarker = landmarker

    def start(self) -> MediaPipeState:
        """The state before the first picture."""
        return MediaPipeState()

    def step(
        self, image: Image, at_s: float, state: MediaPipeState
    ) -> tuple[FaceObservation | None, MediaPipeState]:
        """See one picture; see `UserTracker`."""
        if not isfinite(at_s):
            raise MediaError(f"a picture's time is a finite number of seconds, came {at_s}")
        if at_s < state.at_s - LONGEST_GAP_S:
            state = MediaPipeState()
        if at_s <= state.at_s:
            return state.observation, state
        passed_s = min(at_s - state.at_s, LONGEST_GAP_S)
        faces = self._landmarker(np.ascontiguousarray(image))
        state = replace(state, at_s=at_s)
        if not faces:
            return _nobody(state)
        nearest = max(faces, key=lambda face: float(face.matrix[2, 3]))
        smoothed = smooth(_values(nearest), state.smoothed, passed_s)
        rest = settle(smoothed.values, state.rest, passed_s)
        observation = _observation(expressed(smoothed.values, rest))
        state = replace(
            state,
            seen_s=at_s,
            smoothed=smoothed,
            rest=rest,
            observation=observation,
            presence=_presence(nearest, image.shape[:2]),
        )
        return observation, state

    def presence(self, state: MediaPipeState) -> Presence | None:
        """Where the user is in the last picture."""
        return state.presence


def _values(face: LandmarkerFace) -> np.ndarray:
    matrix = np.asarray(face.matrix, np.float64)
    place = matrix[:3, 3] / EYES_CM
    told = [float(face.coefficients.get(name, 0.0)) for name in SEEN]
    return np.concatenate([angles_of(matrix[:3, :3]), place, told])


def _presence(face: LandmarkerFace, shape: tuple[int, ...]) -> Presence:
    """Where the face is in a picture of (rows, columns)."""
    x, y, z = (float(place) / EYES_CM for place in np.asarray(face.matrix)[:3, 3])
    far = max(-z, 1.0)
    apart = FOCAL_LENGTH * max(shape) / far
    yaw, pitch, _ = angles_of(np.asarray(face.matrix, np.float64)[:3, :3])
    return Presence(
        distance_m=far * EYES_M,
        x=2 * x * apart / shape[1],
        y=2 * y * apart / shape[0],
        size=BOX_UNITS * apart / shape[0],
        facing=float(np.hypot(yaw, pitch)),
    )


def _observation(values: np.ndarray) -> FaceObservation:
    motion, seen = ARKIT58.rest.copy(), np.zeros(ARKIT58.dim, bool)
    motion[_AT], seen[_AT] = values[: PLACE + len(SEEN)], True
    return FaceObservation(ARKIT58, ARKIT58.clamp(motion), seen)


def _nobody(state: MediaPipeState) -> tuple[FaceObservation | None, MediaPipeState]:
    state = replace(state, presence=None)
    lost_s = state.at_s - state.seen_s
    if state.observation is None or lost_s > HOLD_S:
        state = replace(state, observation=None, smoothed=None)
    else:
        held = replace(state.observation, age_ticks=round(lost_s / TICK_S))
        state = replace(state, observation=held)
    return state.observation, state


def is_installed() -> bool:
    """Whether MediaPipe can be imported."""
    return find_spec("mediapipe") is not None


def open_landmarker(model: Path) -> Landmarker:
    """FaceLandmarker with a model file, `face_landmarker.task`.

    Raises PartUnavailable without MediaPipe or when the file is not such a model.
    """
    try:
        import mediapipe as mp  # pyright: ignore[reportMissingImports]
        from mediapipe.tasks.python import (  # pyright: ignore[reportMissingImports]
            BaseOptions,
            vision,
        )
    except ImportError as error:
        raise PartUnavailable(f"MediaPipe is not installed: {INSTALL}") from error
    options: Any = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        num_faces=MOST_FACES,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    try:
        landmarker: Any = vision.FaceLandmarker.create_from_options(options)
    except (RuntimeError, ValueError, OSError) as error:
        raise PartUnavailable(
            f"{model}: not a model of FaceLandmarker ({error}); get face_landmarker.task"
        ) from error

    def see(image: Image) -> list[LandmarkerFace]:
        found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=image))
        return [
            LandmarkerFace({one.category_name: one.score for one in shapes}, matrix)
            for shapes, matrix in zip(
                found.face_blendshapes, found.facial_transformation_matrixes, strict=True
            )
        ]

    return see
