import numpy as np
import pytest

from avatar.synthetic.characters import features
from avatar.synthetic.characters.cast import ANA


def test_lids_meet_in_the_corners_and_the_upper_one_is_above_between():
    s = np.linspace(-1, 1, 33, dtype=np.float32)
    gap = features.upper_lid(ANA.eyes, s) - features.lower_lid(ANA.eyes, s)
    assert gap[[0, -1]] == pytest.approx([0, 0], abs=1e-6)
    assert (gap[1:-1] > 0).all()
    assert gap.max() == pytest.approx(ANA.eyes.upper_rise + ANA.eyes.lower_rise, abs=0.02)


def test_lip_outlines_enclose_the_seam_and_meet_it_in_the_corners():
    x = np.linspace(-1, 1, 41, dtype=np.float32) * np.float32(ANA.mouth.half_width)
    seam = features.seam(ANA.mouth, x)
    above, below = features.upper_lip(ANA.mouth, x) - seam, seam - features.lower_lip(ANA.mouth, x)
    assert (above[2:-2] > 0).all()
    assert (below[2:-2] > 0).all()
    assert np.abs(above[[0, -1]]).max() < 0.01
    assert np.abs(below[[0, -1]]).max() < 0.01


def test_a_smile_lifts_the_corners():
    ends = np.array([-1, 0, 1], np.float32) * np.float32(ANA.mouth.half_width)
    right, middle, left = features.seam(ANA.mouth, ends)
    assert min(right, left) > middle + 0.04


def test_brows_run_outward_and_thin_out():
    for side in (-1, 1):
        path = features.brow_path(ANA.brows, side)
        assert (np.diff(path[0] * side) > 0).all()
    width = features.brow_half_width(ANA.brows, np.array([0.3, 0.6, 0.95], np.float32))
    assert (np.diff(width) < 0).all()


def test_irises_are_one_unit_apart():
    assert features.iris_distance(ANA.eyes) == pytest.approx(1, abs=0.02)
