import json
from collections.abc import Callable

import numpy as np
import pytest

from avatar.assets import bundle_folder
from avatar.errors import BundleError
from avatar.rendering.landmarks import GROUPS, Landmarks

Groups = dict[str, list[list[float]]]


@pytest.fixture
def groups() -> Groups:
    return json.loads((bundle_folder("ana") / "landmarks.json").read_text())["groups"]


def test_good_landmarks_measure_the_face(groups: Groups) -> None:
    landmarks = Landmarks(groups, size=512, source="ana")
    assert 60 < landmarks.eye_distance < 160
    assert 0.5 < landmarks.mouth_width / landmarks.eye_distance < 1.2
    upper, lower = landmarks.lid_curves("left")
    assert (np.diff(upper[:, 0]) > 0).all()
    assert (upper[1:-1, 1] < np.interp(upper[1:-1, 0], lower[:, 0], lower[:, 1])).all()


def swap_eyes(groups: Groups) -> None:
    groups["iris_left"], groups["iris_right"] = groups["iris_right"], groups["iris_left"]


def cross_lids(groups: Groups) -> None:
    groups["upper_lid_left"][4][1] += 40


def cross_lips(groups: Groups) -> None:
    groups["upper_lip"][2][1] = groups["lower_lip"][2][1] + 3


def tangle_jaw(groups: Groups) -> None:
    groups["jaw"][2], groups["jaw"][8] = groups["jaw"][8], groups["jaw"][2]


def double_back(groups: Groups) -> None:
    groups["lip_seam"][1], groups["lip_seam"][2] = groups["lip_seam"][2], groups["lip_seam"][1]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda g: g.pop("jaw"), r"'jaw' is missing \(11 points\)"),
        (lambda g: g["nose"].pop(), r"nose must have shape \(6, 2\), it has \(5, 2\)"),
        (lambda g: g["nose"].append("x"), "nose must be a list"),
        (lambda g: g["nose"][0].__setitem__(0, float("nan")), "not finite"),
        (lambda g: g["lip_seam"][0].__setitem__(1, 700.0), "lip_seam leaves the picture"),
        (lambda g: g.update(wings=[[1, 2]]), "unknown landmark group 'wings'"),
        (swap_eyes, "iris_right lies right of iris_left"),
        (cross_lids, "left lids cross"),
        (cross_lips, "lips cross"),
        (double_back, "lips double back"),
        (tangle_jaw, "jaw crosses itself"),
    ],
)
def test_bad_landmarks_say_what_is_wrong(
    groups: Groups, damage: Callable[[Groups], object], message: str
) -> None:
    damage(groups)
    with pytest.raises(BundleError, match=message):
        Landmarks(groups, size=512, source="test")


def test_every_group_is_needed(groups: Groups) -> None:
    assert set(groups) == set(GROUPS)
