"""MediaPipe's numbers become observations; its own model is not at hand here."""

from pathlib import Path

import numpy as np
import pytest

from avatar.errors import MediaError, PartUnavailable
from avatar.tracking.base import UserTracker
from avatar.tracking.landmarker import LandmarkerFace, MediaPipeTracker, open_landmarker
from avatar.tracking.rotation import rotation_of

PICTURE = np.zeros((48, 64, 3), np.uint8)


def face(yaw: float = 0.0, z_cm: float = -50.0, **coefficients: float) -> LandmarkerFace:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_of(yaw, 0.1, 0.0)
    matrix[2, 3] = z_cm
    return LandmarkerFace(coefficients, matrix)


def test_coefficients_and_pose_are_relative_to_the_rest() -> None:
    shown = [face(jawOpen=0.05)]
    tracker = MediaPipeTracker(lambda _: shown)
    assert isinstance(tracker, UserTracker)
    seen, state = None, tracker.start()
    for index in range(60):
        seen, state = tracker.step(PICTURE, index / 25, state)
    shown[:] = [face(yaw=0.3, jawOpen=0.8, mouthSmileLeft=0.6), face(yaw=-1.0, z_cm=-90.0)]
    for index in range(60, 70):
        seen, state = tracker.step(PICTURE, index / 25, state)
    assert seen is not None
    assert seen.value("headYaw") == pytest.approx(0.3, abs=0.02)
    assert seen.value("headPitch") == pytest.approx(0.0, abs=0.02)
    assert seen.value("jawOpen") == pytest.approx(0.79, abs=0.04)
    assert seen.value("mouthSmileLeft") == pytest.approx(0.6, abs=0.03)
    assert seen.value("tongueOut") is None


def test_who_goes_is_held_for_a_moment() -> None:
    shown = [face()]
    tracker = MediaPipeTracker(lambda _: shown)
    state = tracker.start()
    for index in range(10):
        _, state = tracker.step(PICTURE, index / 25, state)
    shown.clear()
    ages = list[int | None]()
    for index in range(10, 22):
        seen, state = tracker.step(PICTURE, index / 25, state)
        ages.append(None if seen is None else seen.age_ticks)
    assert ages[:3] == [1, 2, 3]
    assert ages[-2:] == [None, None]


def test_times_that_are_none_and_those_that_repeat() -> None:
    tracker = MediaPipeTracker(lambda _: [face()])
    first, state = tracker.step(PICTURE, 1.0, tracker.start())
    assert tracker.step(PICTURE, 1.0, state) == (first, state)
    with pytest.raises(MediaError, match="finite"):
        tracker.step(PICTURE, float("nan"), state)


def test_without_mediapipe_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(PartUnavailable, match=r"MediaPipe|FaceLandmarker"):
        open_landmarker(tmp_path / "face_landmarker.task")
