from collections.abc import Callable
from dataclasses import replace
from math import inf, nan, pi, radians, sin
from typing import Any

import numpy as np
import pytest

from avatar.behaviour.events import MotionEventDetector
from avatar.behaviour.seeing import NOTHING, SeeingState, see
from avatar.clock import FPS, NO_TURN
from avatar.errors import MediaError
from avatar.motion import ARKIT58, POSE, FaceObservation
from avatar.rendering.base import Picture
from avatar.tick import AvatarState, Style, Tick
from avatar.tracking.places import TOLD
from avatar.tracking.tracker import FaceTracker, TrackerState

Seen = list[tuple[FaceObservation | None, TrackerState]]


def watch(
    tracker: FaceTracker,
    picture: Callable[[float], Picture],
    seconds: float,
    *,
    rate: int = FPS,
    state: TrackerState | None = None,
) -> Seen:
    """See pictures of the seconds after the state's last one."""
    state, start = state or tracker.start(), state.at_s + 1 / rate if state else 0.0
    seen: Seen = []
    for index in range(round(seconds * rate)):
        observation, state = tracker.step(picture(index / rate), start + index / rate, state)
        seen.append((observation, state))
    return seen


def values(seen: Seen, channel: str) -> np.ndarray:
    return np.array([nan if face is None else face.value(channel) for face, _ in seen], float)


def swing(channel: str, degrees: float, hertz: float) -> Callable[[float], dict[str, float]]:
    """Rest for a second, then to and fro."""
    return lambda t: {channel: radians(degrees) * sin(2 * pi * hertz * (t - 1))} if t >= 1 else {}


def agreement(found: np.ndarray, truth: np.ndarray, lag: int) -> float:
    start = 2 * FPS
    return float(np.corrcoef(found[start + lag :], truth[start : len(truth) - lag])[0, 1])


@pytest.mark.parametrize("side", [100, 150, 230])
@pytest.mark.parametrize(
    ("channel", "degrees", "hertz"), [("headPitch", 8, 2), ("headYaw", 8, 2), ("headRoll", 8, 1)]
)
def test_a_swing_is_seen_with_its_sign_and_in_time(
    tracker: FaceTracker, camera: Any, channel: str, degrees: float, hertz: float, side: int
) -> None:
    moves = swing(channel, degrees, hertz)
    seen = watch(tracker, lambda t: camera.picture(camera.person(side, moves(t))), 4)
    truth = np.array([moves(i / FPS).get(channel, 0.0) for i in range(4 * FPS)])
    found = values(seen, channel)
    best = max(agreement(found, truth, lag) for lag in (0, 1, 2))
    assert best > 0.9
    assert 0.5 < found[2 * FPS :].std() / truth[2 * FPS :].std() < 2.2
    for other in {"headPitch", "headYaw", "headRoll"} - {channel}:
        assert values(seen, other)[2 * FPS :].std() < 0.65 * found[2 * FPS :].std()


@pytest.mark.parametrize(("noise", "light"), [(12.0, 1.0), (4.0, 0.3), (2.0, 0.15)])
def test_a_nod_is_seen_through_noise_and_in_the_dark(
    tracker: FaceTracker, camera_with: Any, noise: float, light: float
) -> None:
    camera, moves = camera_with(noise=noise, light=light), swing("headPitch", 8, 2)
    seen = watch(tracker, lambda t: camera.picture(camera.person(180, moves(t))), 4)
    truth = np.array([moves(i / FPS).get("headPitch", 0.0) for i in range(4 * FPS)])
    assert max(agreement(values(seen, "headPitch"), truth, lag) for lag in (0, 1, 2)) > 0.8


def test_a_face_is_found_at_once_with_all_that_the_networks_tell(
    tracker: FaceTracker, camera: Any
) -> None:
    seen = watch(tracker, lambda _: camera.picture(camera.person(200)), 0.12)
    assert [face is not None for face, _ in seen] == [False, True, True]
    face, state = seen[-1]
    assert face is not None
    assert {name for name, is_seen in zip(ARKIT58.channels, face.seen, strict=True) if is_seen} == (
        {*POSE, *TOLD}
    )
    assert np.abs(face.motion).max() < 0.1
    assert state.presence is not None
    assert state.presence.x == pytest.approx(0, abs=0.1)
    assert state.presence.size == pytest.approx(0.45 * 200 / 240, rel=0.2)


def test_a_step_to_the_left_and_a_talking_mouth_are_no_nod(
    tracker: FaceTracker, camera: Any
) -> None:
    def talking(t: float) -> dict[str, float]:
        return {"jawOpen": 0.4 * abs(sin(2 * pi * 2 * t)), "mouthSmile": 0.7 * (t % 2 < 1)}

    def picture(t: float) -> Picture:
        return camera.picture(camera.person(180, talking(t)), at=(160 + 20 * min(1, t / 2),))

    seen = watch(tracker, picture, 4)
    assert np.nanmax(np.abs(values(seen, "headPitch"))) < radians(3)
    assert values(seen, "headX")[-1] > 0.3


def test_who_comes_nearer_has_a_growing_z_and_who_goes_is_gone(
    tracker: FaceTracker, camera: Any
) -> None:
    seen = watch(tracker, lambda t: camera.picture(camera.person(150 + 15 * max(0, t - 2))), 5)
    z = values(seen, "headZ")
    assert np.nanmax(np.abs(z[: 2 * FPS])) < 0.3
    assert z[-1] > 1.5
    first, last = (seen[at][1].presence for at in (FPS, -1))
    assert first is not None
    assert last is not None
    assert last.distance_m == pytest.approx(first.distance_m * 150 / 195, rel=0.08)

    gone = watch(tracker, lambda _: camera.picture(at=()), 0.6, state=seen[-1][1])
    ages = [None if face is None else face.age_ticks for face, _ in gone]
    assert ages[:3] == [1, 2, 3]
    assert ages[-3:] == [None] * 3
    assert gone[-1][1].presence is None


def test_who_walks_out_of_the_picture_is_gone_half_a_second_later(
    tracker: FaceTracker, camera: Any
) -> None:
    def picture(t: float) -> Picture:
        return camera.picture(camera.person(160), at=(160 + 200 * max(0.0, t - 1),))

    seen = watch(tracker, picture, 3)
    outside = 1 + (160 + 0.3 * 160) / 200
    assert all(face is None for face, _ in seen[round((outside + 0.5) * FPS) :])
    assert seen[FPS][0] is not None


@pytest.mark.parametrize(("away_s", "x"), [(0.6, 0.44), (2.4, 0.0)])
def test_who_is_back_in_a_moment_keeps_the_rest(
    tracker: FaceTracker, camera: Any, away_s: float, x: float
) -> None:
    seen = watch(tracker, lambda _: camera.picture(camera.person(180)), 2)
    seen = watch(tracker, lambda _: camera.picture(at=()), away_s, state=seen[-1][1])
    assert seen[-1][0] is None
    back = camera.picture(camera.person(180), at=(175,))
    seen = watch(tracker, lambda _: back, 0.8, state=seen[-1][1])
    assert values(seen, "headX")[-1] == pytest.approx(x, abs=0.1)


@pytest.mark.parametrize("blank", [0, 128, 255])
def test_a_blank_picture_shows_nobody(tracker: FaceTracker, blank: int) -> None:
    seen = watch(tracker, lambda _: np.full((240, 320, 3), blank, np.uint8), 1)
    assert all(face is None for face, _ in seen)


@pytest.mark.parametrize("grain", [1, 4, 10])
def test_there_is_no_face_in_200_pictures_of_noise(tracker: FaceTracker, grain: int) -> None:
    chance = np.random.default_rng(grain)

    def picture(_: float) -> Picture:
        coarse = chance.integers(0, 256, (240 // grain, 320 // grain, 3), dtype=np.uint8)
        return np.kron(coarse, np.ones((grain, grain, 1), np.uint8))

    assert all(face is None for face, _ in watch(tracker, picture, 40, rate=5))


def test_the_user_is_the_nearer_face_and_stays_so_until_another_is_much_nearer(
    tracker: FaceTracker, camera: Any
) -> None:
    def pair(other: float) -> Callable[[float], Picture]:
        return lambda _: camera.picture(camera.person(other), camera.person(120), at=(75, 240))

    seen = watch(tracker, pair(100), 1.5)
    seen += watch(tracker, pair(135), 2.5, state=seen[-1][1])
    assert all(state.presence.x > 0.3 for _, state in seen[1:] if state.presence)
    assert seen[-1][1].presence is not None
    nearer = watch(tracker, pair(180), 3.0, state=seen[-1][1])
    assert nearer[-1][1].presence is not None
    assert nearer[-1][1].presence.x < -0.3


def test_a_nod_of_the_user_is_recognised_by_what_answers_it(
    tracker: FaceTracker, camera: Any
) -> None:
    def nods(t: float) -> dict[str, float]:
        down = max(0.0, sin(2 * pi * 1.5 * (t - 2))) if 2 <= t < 2 + 2 / 1.5 else 0.0
        return {"headPitch": -radians(8) * down}

    seen = watch(tracker, lambda t: camera.picture(camera.person(180, nods(t))), 4.5)
    sights, kinds = list[int](), list[str]()
    state, detector = SeeingState(), MotionEventDetector()
    for index, (face, _) in enumerate(seen):
        sight, state = see(_tick(index, face), state)
        if sight != NOTHING:
            assert sight.nod > 0.3
            sights.append(index)
        motion = ARKIT58.rest if face is None else face.motion
        kinds += [event.kind for event in detector.step(index, motion)]
    assert 1 <= len(sights) <= 2
    assert 2 * FPS < sights[0] < 3 * FPS
    assert "nod" in kinds
    assert "shake" not in kinds


def _tick(index: int, face: FaceObservation | None) -> Tick:
    nothing = np.zeros(0, np.float32)
    return Tick(
        index, NO_TURN, AvatarState.LISTENING, Style(), None, face, None, nothing, 0, 0.0, (), (),
        revised=False,
    )  # fmt: skip


def test_pictures_may_come_late_twice_and_turned_about_in_memory(
    tracker: FaceTracker, camera: Any
) -> None:
    moves, chance = swing("headPitch", 8, 1), np.random.default_rng(5)
    times = np.cumsum(chance.uniform(0.03, 0.15, 60))
    state, found, truth = tracker.start(), list[float](), list[float]()
    for at_s in map(float, times):
        picture = camera.picture(camera.person(180, moves(at_s)))
        face, state = tracker.step(np.asfortranarray(picture), at_s, state)
        for repeated_s in (at_s, at_s - 0.02):
            assert tracker.step(picture, repeated_s, state) == (face, state)
        if at_s > 1.5:
            assert face is not None
            found.append(face.value("headPitch") or 0.0)
            truth.append(moves(at_s).get("headPitch", 0.0))
    assert np.corrcoef(found, truth)[0, 1] > 0.85


def test_a_clock_or_a_size_that_jumps_starts_anew(tracker: FaceTracker, camera: Any) -> None:
    picture = camera.picture(camera.person(200))
    ((_, state), *_) = reversed(watch(tracker, lambda _: picture, 0.5))
    face, _ = tracker.step(picture, -100.0, state)
    assert face is None
    upright = np.ascontiguousarray(np.pad(picture, ((40, 120), (0, 0), (0, 0))))
    later = watch(tracker, lambda _: upright, 1, state=state)
    assert later[-1][0] is not None


def test_the_state_that_was_given_is_not_changed(tracker: FaceTracker, camera: Any) -> None:
    seen = watch(tracker, lambda _: camera.picture(camera.person(200)), 0.4)
    state, picture = seen[-1][1], camera.picture(camera.person(190))
    copy = replace(state)
    first, _ = tracker.step(picture, 1.0, state)
    again, _ = tracker.step(picture, 1.0, copy)
    assert first is not None
    assert again is not None
    assert np.array_equal(first.motion, again.motion)


@pytest.mark.parametrize("at_s", [nan, inf])
def test_a_time_that_is_no_number_is_refused(tracker: FaceTracker, at_s: float) -> None:
    with pytest.raises(MediaError, match="finite number of seconds"):
        tracker.step(np.zeros((240, 320, 3), np.uint8), at_s, tracker.start())
