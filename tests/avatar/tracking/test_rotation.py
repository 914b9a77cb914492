from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.motion import ARKIT58
from avatar.rendering.head import pose_of
from avatar.tracking.rotation import angles_of, rotation_of, tilted

ANGLES = st.floats(-1.2, 1.2)


@given(yaw=ANGLES, pitch=ANGLES, roll=ANGLES)
def test_angles_come_back(yaw: float, pitch: float, roll: float) -> None:
    assert angles_of(rotation_of(yaw, pitch, roll)) == pytest.approx([yaw, pitch, roll], abs=1e-5)


@given(yaw=ANGLES, pitch=ANGLES, roll=ANGLES)
def test_heads_turn_as_the_renderer_turns_them(yaw: float, pitch: float, roll: float) -> None:
    motion = ARKIT58.vector({"headYaw": yaw, "headPitch": pitch, "headRoll": roll})
    down = np.diag([1.0, -1.0, 1.0])
    ours = (
        down
        @ rotation_of(
            *(float(motion[ARKIT58.index(n)]) for n in ("headYaw", "headPitch", "headRoll"))
        )
        @ down
    )
    assert ours == pytest.approx(pose_of(motion, 1.0).rotation, abs=1e-5)


def test_a_tilt_of_the_picture_is_roll_and_can_be_taken_back() -> None:
    assert tilted(np.zeros(3), 0.3) == pytest.approx([0, 0, 0.3], abs=1e-6)
    there = tilted(np.array([0.4, -0.2, 0.1]), 0.5)
    assert tilted(there, -0.5) == pytest.approx([0.4, -0.2, 0.1], abs=1e-5)
    assert abs(there[0] - 0.4) > 0.05
    assert abs(float(there[2])) < pi
