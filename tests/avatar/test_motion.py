import numpy as np
import pytest

from avatar.errors import SpaceMismatch
from avatar.motion import ARKIT58, COEFFICIENTS, LATENT512, FaceObservation


def test_the_wire_order_of_arkit58() -> None:
    assert ARKIT58.dim == 58
    assert COEFFICIENTS[0] == "eyeBlinkLeft"
    assert COEFFICIENTS[17] == "jawOpen"
    assert COEFFICIENTS[51] == "tongueOut"
    assert ARKIT58.channels[52:] == (
        "headYaw", "headPitch", "headRoll", "headX", "headY", "headZ",
    )  # fmt: skip


def test_a_name_without_a_side_sets_both() -> None:
    motion = ARKIT58.vector({"mouthSmile": 0.4, "headYaw": -0.1})
    assert motion[ARKIT58.index("mouthSmileLeft")] == np.float32(0.4)
    assert motion[ARKIT58.index("mouthSmileRight")] == np.float32(0.4)
    assert np.count_nonzero(motion) == 3


def test_clamp_keeps_coefficients_in_range() -> None:
    clamped = ARKIT58.clamp(np.full((3, 58), 9.0, np.float32))
    assert clamped[:, :52].max() == 1.0
    assert clamped[:, 52].max() == pytest.approx(np.radians(60))


def test_spaces_that_differ_are_refused_by_name() -> None:
    ARKIT58.require(ARKIT58, "the renderer")
    with pytest.raises(SpaceMismatch, match=r"the tracker.*latent512.*arkit58"):
        ARKIT58.require(LATENT512, "the tracker")


def test_an_unseen_channel_has_no_value() -> None:
    seen = np.zeros(58, bool)
    seen[ARKIT58.index("jawOpen")] = True
    face = FaceObservation(ARKIT58, ARKIT58.vector({"jawOpen": 0.5, "headYaw": 0.2}), seen)
    assert face.value("jawOpen") == pytest.approx(0.5)
    assert face.value("headYaw") is None
