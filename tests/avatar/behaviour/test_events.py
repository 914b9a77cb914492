from math import radians

import numpy as np
import pytest

from avatar.behaviour.chance import Chance
from avatar.behaviour.events import Kind, MotionEvent, MotionEventDetector
from avatar.behaviour.face import Face
from avatar.behaviour.gestures import BrowFlash, Gesture, Laugh, Nod, Shake, Smile, Tilt, play
from avatar.clock import FPS
from avatar.motion import ARKIT58


def detect(*gestures: Gesture, seconds: float = 8.0, sway: float = 0.0) -> list[MotionEvent]:
    detector, found, chance = MotionEventDetector(), list[MotionEvent](), Chance(1)
    for index in range(round(seconds * FPS)):
        face = Face(ARKIT58.rest)
        play(gestures, face, index / FPS)
        for channel, period in (("headPitch", 4.7), ("headYaw", 5.5), ("headRoll", 6.3)):
            face.add(channel, sway * chance.drift(channel, index / FPS, period))
        found += detector.step(index, face.motion())
    return found


@pytest.mark.parametrize(
    ("gesture", "kind"),
    [
        (Nod(3.0, 1, 1.4, radians(5)), "nod"),
        (Nod(3.0, 3, 2.2, radians(6)), "nod"),
        (Nod(3.0, 3, 3.8, radians(2.5)), "nod"),
        (Shake(3.0, 2, 1.6, radians(7)), "shake"),
        (Tilt(3.0, 1.0, radians(6)), "tilt"),
        (Smile(3.0, 1.0, 0.6), "smile"),
        (Laugh(3.0, 1.4, 4.6, 0.9, 1), "laugh"),
        (BrowFlash(3.0, 0.4, 0.7), "brow"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("sway", [0.0, radians(0.9)])
def test_a_gesture_is_recognised_near_its_onset(gesture: Gesture, kind: Kind, sway: float) -> None:
    found = [event for event in detect(gesture, sway=sway) if event.kind == kind]
    assert found
    assert abs(found[0].onset - 75) <= 12
    assert 0 < found[0].strength <= 1


def test_a_still_head_does_nothing() -> None:
    assert detect(seconds=20) == []


def test_sway_is_no_gesture() -> None:
    found = detect(seconds=60, sway=radians(1.0))
    assert len([event for event in found if event.kind in ("nod", "shake")]) <= 1


def test_a_nod_is_no_shake_and_a_shake_no_nod() -> None:
    assert {event.kind for event in detect(Nod(3.0, 2, 1.8, radians(6)))} == {"nod"}
    assert "nod" not in {event.kind for event in detect(Shake(3.0, 2, 1.6, radians(7)))}


def test_a_held_smile_is_one_event() -> None:
    found = detect(Smile(2.0, 3.0, 0.7))
    assert [event.kind for event in found] == ["smile"]


def test_a_deeper_nod_is_stronger() -> None:
    shallow, deep = (detect(Nod(3.0, 1, 1.4, radians(d)))[0] for d in (3, 7))
    assert deep.strength > shallow.strength + 0.2


def test_a_blink_and_a_look_away() -> None:
    detector, found = MotionEventDetector(), list[MotionEvent]()
    for index in range(150):
        motion = ARKIT58.rest.copy()
        if 50 <= index < 53:
            motion[ARKIT58.index("eyeBlinkLeft")] = motion[ARKIT58.index("eyeBlinkRight")] = 1.0
        if 100 <= index < 115:
            motion[ARKIT58.index("eyeLookOutLeft")] = np.float32(0.5)
        found += detector.step(index, motion)
    assert [(event.kind, event.onset) for event in found] == [("blink", 50), ("gaze", 100)]
