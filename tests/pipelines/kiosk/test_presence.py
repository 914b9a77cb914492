"""Whether somebody stands there: what a camera and a sensor see, second by second."""

from math import radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.tracking.presence import Presence
from pipelines.kiosk.config import PresenceConfig
from pipelines.kiosk.presence import BLIND_AFTER_S, NEARER, Sight, Watch, watched
from pipelines.kiosk.visit_events import Seen

CONFIG = PresenceConfig()
EVERY_S = 0.1


def face(size: float = 0.3, degrees: float = 0.0) -> Presence:
    return Presence(distance_m=1.0, x=0.0, y=0.0, size=size, facing=radians(degrees))


def told(pictures: list[Presence | None], sight: Sight | None = None) -> list[tuple[float, bool]]:
    """When a camera of ten pictures a second changes its word."""
    sight = sight or Sight(CONFIG)
    words: list[tuple[float, bool]] = []
    for index, picture in enumerate(pictures):
        seen = sight.saw(picture, index * EVERY_S)
        if seen is not None:
            assert seen.present is not None
            words.append((round(index * EVERY_S, 3), seen.present))
    return words


def test_a_face_is_confirmed_before_it_is_believed_and_so_is_its_absence() -> None:
    pictures = [None] * 5 + [face()] * 20 + [None] * 20
    (_, absent), (came, present), (went, gone) = told(pictures)
    assert (absent, present, gone) == (False, True, False)
    assert came == pytest.approx(0.5 + CONFIG.confirm_s, abs=EVERY_S)
    assert went == pytest.approx(2.4 + CONFIG.confirm_s, abs=EVERY_S)


def test_who_walks_by_is_nobody() -> None:
    assert told([None] + [face()] * 7 + [None] * 20) == [(0.0, False)]


def test_a_face_that_is_lost_for_a_moment_is_still_there() -> None:
    flicker = [face(), face(), None, None, face(), None] * 10
    assert told([None, *flicker]) == [(0.0, False), (pytest.approx(0.9, abs=0.21), True)]


@pytest.mark.parametrize(
    ("size", "degrees", "counts"),
    [
        (CONFIG.least_face, CONFIG.facing_degrees, True),
        (CONFIG.least_face - 0.01, 0.0, False),
        (0.9, CONFIG.facing_degrees + 1, False),
        (1.0, 0.0, True),
    ],
)
def test_who_is_far_away_or_looks_elsewhere_is_not_noticed(
    size: float, degrees: float, *, counts: bool
) -> None:
    words = told([None] + [face(size, degrees)] * 20)
    assert ((0.9, True) in words) is counts


def test_who_was_noticed_may_step_back_and_look_at_a_companion() -> None:
    near, back = [face()] * 10, [face(CONFIG.least_face * (NEARER + 0.01), 90)] * 50
    assert told([*near, *back]) == [(0.0, False), (0.8, True)]
    gone = [face(CONFIG.least_face * (NEARER - 0.01))] * 20
    assert told([*near, *gone])[-1] == (1.7, False)


def test_a_camera_that_has_stopped_is_not_believed_for_long() -> None:
    sight = Sight(CONFIG)
    for index in range(10):
        sight.saw(face(), index * EVERY_S)
    assert sight.passed(0.9 + BLIND_AFTER_S) is None
    assert sight.passed(1.0 + BLIND_AFTER_S) == Seen(None)
    assert sight.passed(60.0) is None, "told once"
    assert sight.saw(face(), 61.0) == Seen(False)
    assert sight.saw(face(), 61.9) == Seen(True), "confirmed anew"


def test_a_kiosk_without_a_camera_is_not_blind() -> None:
    assert Sight(CONFIG).passed(1000.0) is None
    assert Sight(CONFIG).blind() is None


def test_a_sensor_counts_at_once_and_beside_the_camera() -> None:
    sight = Sight(CONFIG)
    assert sight.sensed(present=True) == Seen(True)
    assert sight.saw(None, 0.0) is None, "the sensor still says so"
    assert sight.sensed(present=False) == Seen(False)
    assert sight.sensed(present=False) is None
    told([face()] * 10, sight)
    assert sight.sensed(present=True) is None, "the camera said so already"
    assert sight.blind() is None
    assert sight.sensed(present=False) == Seen(False)


def test_a_camera_that_fails_tells_nothing_rather_than_nobody() -> None:
    sight = Sight(CONFIG)
    told([face()] * 10, sight)
    assert sight.blind() == Seen(None)


@given(st.lists(st.booleans(), max_size=200))
def test_the_word_changes_no_faster_than_it_is_confirmed(pictures: list[bool]) -> None:
    words = told([face() if seen else None for seen in pictures])
    assert [present for _, present in words] == [bool(i % 2) for i in range(len(words))]
    comings = [at for at, present in words if present]
    goings = [at for at, present in words[1:] if not present]
    for came, went in zip(comings, goings, strict=False):
        assert went - came >= CONFIG.confirm_s - EVERY_S - 1e-6


def test_a_watch_forgets_a_face_that_was_not_confirmed() -> None:
    watch = watched(Watch(), face(), 0.0, CONFIG)
    watch = watched(watch, None, CONFIG.confirm_s, CONFIG)
    assert watch.since_s is None
    assert not watched(watch, face(), CONFIG.confirm_s + 0.1, CONFIG).present
