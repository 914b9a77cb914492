import numpy as np

from avatar.motion import ARKIT58
from avatar.synthetic.actors.acting import MOST_RAD, act


def acted(count: int = 600) -> np.ndarray:
    return np.stack([act(np.random.default_rng(seed)) for seed in range(count)])


def test_faces_are_inside_the_space_and_the_same_for_a_seed() -> None:
    motions = acted(200)
    assert (motions >= ARKIT58.low).all()
    assert (motions <= ARKIT58.high).all()
    assert np.array_equal(motions, acted(200))


def test_everything_that_a_tracker_must_see_happens_often_enough() -> None:
    motions = acted()
    for channel, share in (
        ("jawOpen", 0.15),
        ("mouthSmileLeft", 0.12),
        ("eyeBlinkRight", 0.15),
        ("browInnerUp", 0.2),
        ("browDownLeft", 0.1),
        ("eyeLookInLeft", 0.15),
        ("mouthPucker", 0.08),
    ):
        seen = (motions[:, ARKIT58.index(channel)] > 0.2).mean()
        assert share < seen < 0.7, (channel, seen)


def test_heads_turn_both_ways_and_less_when_calm() -> None:
    motions = acted()
    for name, most in zip(("headYaw", "headPitch", "headRoll"), MOST_RAD, strict=True):
        angles = motions[:, ARKIT58.index(name)]
        assert abs(angles.mean()) < 0.04
        assert 0.3 * most < angles.std() < 0.6 * most
    calm = [act(np.random.default_rng(seed), calm=1.0) for seed in range(200)]
    assert np.std([face[ARKIT58.index("headYaw")] for face in calm]) < 0.12


def test_both_eyes_look_at_one_point() -> None:
    motions = acted()
    index = ARKIT58.index
    left = motions[:, index("eyeLookInLeft")] - motions[:, index("eyeLookOutLeft")]
    right = motions[:, index("eyeLookInRight")] - motions[:, index("eyeLookOutRight")]
    assert np.allclose(left, -right)
    assert np.allclose(motions[:, index("eyeLookUpLeft")], motions[:, index("eyeLookUpRight")])
