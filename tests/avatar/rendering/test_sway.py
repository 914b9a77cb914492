"""What hangs lags behind the head, comes to rest, and leaves the face alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.motion import ARKIT58
from avatar.rendering.bundle import Bundle
from avatar.rendering.effects import Effects
from avatar.rendering.head import pose_of
from avatar.rendering.sway import MOST, lag, swayed
from avatar.rendering.warp import WarpRenderer

UNIT = 97.0


def pose(**values: float):
    return pose_of(ARKIT58.vector(values), UNIT)


def test_hair_stays_behind_swings_over_and_comes_to_rest() -> None:
    still, turned = pose(), pose(headYaw=0.2)
    state, offsets = swayed(None, still, UNIT, 1), list[float]()
    for _ in range(60):
        state = swayed(state, turned, UNIT, 1)
        offsets.append(lag(state, turned, UNIT)[0])
    assert offsets[0] < -2
    assert max(offsets[3:15]) > 0.5
    assert np.abs(offsets[40:]).max() < 0.05


@given(st.integers(1, 6))
def test_ticks_at_once_are_ticks_one_by_one(ticks: int) -> None:
    turned = pose(headRoll=0.1, headPitch=-0.1, headX=0.2)
    start = swayed(None, pose(), UNIT, 1)
    at_once = swayed(start, turned, UNIT, ticks)
    one_by_one = start
    for _ in range(ticks):
        one_by_one = swayed(one_by_one, turned, UNIT, 1)
    assert at_once == pytest.approx(one_by_one, abs=1e-9)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_nothing_lags_by_more_than_its_most(yaw: float, pitch: float, roll: float) -> None:
    state = swayed(None, pose(), UNIT, 1)
    right, down = lag(state, pose(headYaw=yaw, headPitch=pitch, headRoll=roll), UNIT)
    assert np.hypot(right, down) <= MOST * UNIT * 1.0001


def test_hair_moves_and_the_face_does_not(ana: Bundle, cache: Path) -> None:
    renderer, stiff = (
        WarpRenderer.of(ana, cache, effects=Effects(sway=sway)) for sway in (True, False)
    )
    turned = ARKIT58.vector({"headYaw": 0.15})
    _, state = renderer.render(ARKIT58.rest, renderer.start())
    lagging, state = renderer.render(turned, state)
    plain, _ = stiff.render(turned, stiff.start())
    change = np.abs(lagging.astype(int) - plain).sum(axis=2)
    eyes, chin = ana.landmarks["iris_right"][0], ana.landmarks["jaw"][5]
    face = change[int(eyes[1]) : int(chin[1]), int(eyes[0]) : int(ana.landmarks["iris_left"][0, 0])]
    assert np.percentile(face, 99) < 12
    assert (change > 60).mean() > 0.01
    for _ in range(60):
        lagging, state = renderer.render(turned, state)
    assert np.abs(lagging.astype(int) - plain).max() <= 3
