"""A square that is held still around the user, and what an encoder says of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from avatar.motion import ARKIT58, FaceObservation, Vector, latent_space
from avatar.tracking.base import TwofoldTracker, UserTracker
from avatar.tracking.latent import LatentState, LatentTracker
from avatar.tracking.presence import Presence
from avatar.tracking.squares import Cut, Square

WIDTH, HEIGHT, FPS = 640, 480, 5
SPACE = latent_space(2)
SMILE = FaceObservation(ARKIT58, ARKIT58.vector({"mouthSmile": 0.5}), np.ones(58, bool))
HOLDS = 3
"""Pictures for which the tracker below still speaks of a face that it lost."""


def picture(x: float | None, y: float = 240, size: float = 100) -> np.ndarray:
    """A picture that says where the face is, and is as dark as it is far to the right."""
    ramp = np.linspace(0, 255, WIDTH).astype(np.uint8)
    pixels = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (HEIGHT, WIDTH, 3)))
    pixels[0, :4, 0] = (0 if x is None else 1, round((x or 0) / 4), round(y / 4), round(size / 4))
    return pixels


class Reader:
    """A tracker that reads what is written into the picture."""

    def start(self) -> tuple[Presence | None, int]:
        return None, HOLDS

    def step(
        self, image: np.ndarray, at_s: float, state: tuple[Presence | None, int]
    ) -> tuple[FaceObservation | None, tuple[Presence | None, int]]:
        seen, x, y, size = (4.0 * int(value) for value in image[0, :4, 0])
        height, width = image.shape[:2]
        if not seen:
            missed = state[1] + 1
            return (SMILE if missed <= HOLDS else None), (None, missed)
        presence = Presence(1.0, 2 * x / width - 1, 1 - 2 * y / height, size / height, 0.0)
        return SMILE, (presence, 0)

    def presence(self, state: tuple[Presence | None, int]) -> Presence | None:
        return state[0]


@dataclass
class Means:
    """An encoder that tells how bright a picture is on its left and on its right, in `costs_s`."""

    costs_s: float = 0.0
    now_s: float = 0.0
    asked: int = 0
    bad: bool = False
    space = SPACE
    side = 32
    sides: list[tuple[int, ...]] = field(default_factory=list)

    def motion(self, picture: Cut) -> Vector:
        self.now_s += self.costs_s
        self.asked += 1
        self.sides.append(picture.shape)
        told = [picture[:, 0].mean(), picture[:, -1].mean()]
        return np.array([np.nan, 0] if self.bad else told, np.float32)

    def clock(self) -> float:
        return self.now_s


Seen = list[tuple[FaceObservation | None, LatentState]]


def tracker_of(encoder: Means) -> LatentTracker:
    return LatentTracker(Reader(), encoder, share=0.5, clock=encoder.clock)


def watched(
    tracker: LatentTracker, pictures: Iterable[np.ndarray], state: LatentState | None = None
) -> Seen:
    """Five pictures a second, after those of the state."""
    state = state or tracker.start()
    at_s, seen = max(state.at_s, -1 / FPS), Seen()
    for image in pictures:
        at_s += 1 / FPS
        told, state = tracker.step(image, at_s, state)
        seen.append((told, state))
    return seen


def square(seen: Seen) -> Square:
    framing = seen[-1][1].framing
    assert framing is not None
    return framing.square


def test_it_is_a_tracker_of_both_spaces() -> None:
    encoder = Means()
    tracker = tracker_of(encoder)
    assert isinstance(tracker, UserTracker)
    assert isinstance(tracker, TwofoldTracker)
    assert not isinstance(Reader(), TwofoldTracker)
    ((told, state),) = watched(tracker, [picture(320)])
    assert told is not None
    assert told.space is SPACE
    assert told.seen.all()
    assert encoder.sides == [(32, 32, 3)]
    # The square goes from 220 to 420, and the picture from 0 to 255 over 640 pixels.
    assert told.motion == pytest.approx([220 / 640 * 255, 420 / 640 * 255], abs=2)
    assert tracker.beside(state) is SMILE
    presence = tracker.presence(state)
    assert presence is not None
    assert presence.size == pytest.approx(100 / 480)


def test_the_square_stands_after_two_seconds_where_the_face_was_on_average() -> None:
    tracker = tracker_of(Means())
    swaying = [320 + 20 * (-1) ** n for n in range(13)]
    seen = watched(tracker, [picture(x) for x in swaying])
    assert square(seen) == Square(222, 140, 200)
    still = square(watched(tracker, [picture(300)] * 5, seen[-1][1]))
    moved = watched(tracker, [picture(340, 250)] * 50, seen[-1][1])
    assert square(moved) == still, "who moves in front of the camera moves in the square"
    assert moved[-1][0] is not None


def test_motion_of_the_head_reaches_the_encoder() -> None:
    """The face goes right and the square does not: what is seen would change, were it real."""
    tracker = tracker_of(Means())
    seen = watched(tracker, [picture(320)] * 15)
    moved = watched(tracker, [picture(348)] * 15, seen[-1][1])
    assert moved[-1][0] is not None
    assert seen[-1][0] is not None
    assert (moved[-1][0].motion == seen[-1][0].motion).all()


def test_who_moves_the_chair_gets_another_square_after_a_while() -> None:
    tracker = tracker_of(Means())
    seen = watched(tracker, [picture(320)] * 15)
    away = [picture(x) for x in (360, 400, 440, 480, *[500] * 50)]
    later = watched(tracker, away, seen[-1][1])
    changes = [n for n, (_, state) in enumerate(later) if _left(state) != 220]
    assert 10 < changes[0] < 15
    assert square(later) == Square(400, 140, 200)
    assert all(told is not None for told, _ in later)


def _left(state: LatentState) -> int:
    assert state.framing is not None
    return state.framing.square.left


def test_a_short_absence_keeps_the_square_and_a_long_one_does_not() -> None:
    tracker = tracker_of(Means())
    seen = watched(tracker, [picture(320)] * 15)
    gone = watched(tracker, [picture(None)] * 10, seen[-1][1])
    back = watched(tracker, [picture(332)] * 15, gone[-1][1])
    assert square(back) == Square(220, 140, 200)
    long_gone = watched(tracker, [picture(None)] * 30, seen[-1][1])
    other = watched(tracker, [picture(332)] * 15, long_gone[-1][1])
    assert square(other) == Square(232, 140, 200)


def test_somebody_elsewhere_gets_a_square_at_once() -> None:
    tracker = tracker_of(Means())
    seen = watched(tracker, [picture(200)] * 15)
    other = watched(tracker, [picture(480)], seen[-1][1])
    assert square(other) == Square(380, 140, 200)


def test_a_lost_face_is_remembered_as_long_as_the_other_tracker_does() -> None:
    tracker = tracker_of(Means())
    seen = watched(tracker, [picture(320)] * 5)
    lost = watched(tracker, [picture(None)] * 6, seen[-1][1])
    ages = [None if told is None else told.age_ticks for told, _ in lost]
    assert ages == [5, 10, 15, None, None, None]
    back = watched(tracker, [picture(320)], lost[-1][1])
    assert back[0][0] is not None
    assert back[0][0].age_ticks == 0


def test_a_slow_encoder_takes_its_share_and_tells_the_age() -> None:
    encoder = Means(costs_s=0.15)
    seen = watched(tracker_of(encoder), [picture(320)] * 20)
    ages = [told.age_ticks for told, _ in seen if told is not None]
    assert encoder.asked == 10
    assert ages == [0, 5] * 10


def test_a_picture_of_another_size_and_an_earlier_one_begin_anew() -> None:
    tracker = tracker_of(Means())
    seen = watched(tracker, [picture(320)] * 15)
    small = np.ascontiguousarray(picture(320)[:240])
    small[0, :4, 0] = picture(320, 120)[0, :4, 0]
    assert square(watched(tracker, [small], seen[-1][1])) == Square(220, 20, 200)
    state = replace(seen[-1][1], at_s=100.0)
    told, state = tracker.step(picture(400), 3.0, state)
    assert told is not None
    assert told.age_ticks == 0
    assert _left(state) == 300


def test_numbers_that_are_not_finite_are_not_told() -> None:
    encoder = Means()
    tracker = tracker_of(encoder)
    seen = watched(tracker, [picture(320)] * 2)
    encoder.bad = True
    ((told, _),) = watched(tracker, [picture(320)], seen[-1][1])
    assert told is not None
    assert np.isfinite(told.motion).all()
    assert told.age_ticks == 5
