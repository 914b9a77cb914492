"""Cameras that are slow, quick, mirrored, upside down or crowded."""

from collections.abc import Callable
from math import pi, sin
from typing import Any

import numpy as np
import pytest

from avatar.behaviour.events import MotionEventDetector
from avatar.clock import FPS
from avatar.motion import ARKIT58, FaceObservation
from avatar.rendering.base import Picture
from avatar.tracking.tracker import FaceTracker, TrackerState


def watch(
    tracker: FaceTracker, picture: Callable[[float], Picture], seconds: float, rate: float
) -> tuple[list[FaceObservation | None], TrackerState]:
    state, seen = tracker.start(), list[FaceObservation | None]()
    for index in range(round(seconds * rate)):
        face, state = tracker.step(picture(index / rate), index / rate, state)
        seen.append(face)
    return seen, state


def known(face: FaceObservation | None, *channels: str) -> list[float]:
    assert face is not None
    return [float(face.motion[ARKIT58.index(name)]) for name in channels]


def shown(camera: Any, motion: Callable[[float], dict[str, float]]) -> Callable[[float], Picture]:
    return lambda t: camera.picture(camera.person(200, motion(t)))


def nodding(t: float) -> dict[str, float]:
    return {"headPitch": 0.12 * sin(2 * pi * 1.5 * t)} if t > 2 else {}


def turning(t: float) -> dict[str, float]:
    return {"headYaw": 0.2 * sin(2 * pi * 0.25 * t)} if t > 2 else {}


@pytest.mark.parametrize("rate", [25, 60])
def test_nods_are_the_same_nods_at_60_pictures_a_second(
    tracker: FaceTracker, camera: Any, rate: int
) -> None:
    seen, _ = watch(tracker, shown(camera, nodding), 5, rate)
    ticks = [seen[min(round(i * rate / FPS), len(seen) - 1)] for i in range(5 * FPS)]
    detector = MotionEventDetector()
    events = [
        event.kind
        for index, face in enumerate(ticks)
        for event in detector.step(index, ARKIT58.rest if face is None else face.motion)
    ]
    assert events.count("nod") >= 3
    assert not set(events) & {"shake", "tilt", "smile", "laugh"}


def test_three_pictures_a_second_show_how_a_head_turns(tracker: FaceTracker, camera: Any) -> None:
    seen, state = watch(tracker, shown(camera, turning), 14, 3)
    yaws = np.array([face.value("headYaw") for face in seen[7:] if face is not None])
    true = np.array([turning(i / 3).get("headYaw", 0.0) for i in range(7, 42)])
    assert len(yaws) == len(true)
    assert np.corrcoef(yaws, true)[0, 1] > 0.9
    assert state.rest is not None
    assert len(state.rest.first) <= 6


def test_a_mirror_swaps_the_sides_and_nothing_else(tracker: FaceTracker, camera: Any) -> None:
    def winking(t: float) -> dict[str, float]:
        return {"eyeBlinkLeft": 1.0, "headYaw": 0.2} if t > 2 else {}

    seen, _ = watch(tracker, shown(camera, winking), 3, FPS)
    turned, _ = watch(
        tracker, lambda t: np.ascontiguousarray(shown(camera, winking)(t)[:, ::-1]), 3, FPS
    )
    left, right, yaw = known(seen[-1], "eyeBlinkLeft", "eyeBlinkRight", "headYaw")
    assert left > 0.6 > 0.3 > right
    other_left, other_right, other_yaw = known(
        turned[-1], "eyeBlinkLeft", "eyeBlinkRight", "headYaw"
    )
    assert other_right > 0.6 > 0.3 > other_left
    assert other_yaw == pytest.approx(-yaw, abs=0.04)


def test_who_hangs_upside_down_is_nobody(tracker: FaceTracker, camera: Any) -> None:
    upright = shown(camera, nodding)
    seen, state = watch(tracker, lambda t: np.ascontiguousarray(upright(t)[::-1, ::-1]), 3, FPS)
    assert all(face is None for face in seen)
    assert state.presence is None


def test_of_ten_people_the_nearest_is_the_user(tracker: FaceTracker, camera: Any) -> None:
    def room(t: float) -> Picture:
        one = camera.picture(camera.person(110))[:, 106:213]
        nearest = camera.picture(camera.person(220, turning(t + 3)))[:, 53:267]
        upper, lower = [one] * 6, [one, one, one, nearest, one]
        return np.vstack([np.hstack(upper), np.hstack(lower)])

    seen, state = watch(tracker, room, 3, FPS)
    yaws = np.array([face.value("headYaw") for face in seen[10:] if face is not None])
    true = np.array([turning(i / FPS + 3)["headYaw"] for i in range(10, 3 * FPS)])
    assert len(yaws) == len(true)
    assert np.corrcoef(yaws, true)[0, 1] > 0.95
    assert state.presence is not None
    assert state.presence.x == pytest.approx(2 * 4 / 6 - 1, abs=0.1)
