from itertools import pairwise

import numpy as np
import pytest

from avatar.errors import MediaError
from avatar.motion import ARKIT58, COEFFICIENTS, Vector
from avatar.rendering.base import Picture
from avatar.rendering.bundle import Bundle
from avatar.rendering.fields import GRID
from avatar.rendering.head import carried, pose_of
from avatar.rendering.sheet import EXPRESSIONS, LAUGH, Expression
from avatar.rendering.warp import LEAST_AREA, WarpRenderer, fold_gain


def drawn(renderer: WarpRenderer, **values: float) -> Picture:
    picture, _ = renderer.render(ARKIT58.vector(values), renderer.start())
    return picture


def part(picture: Picture, points: np.ndarray, margin: float) -> np.ndarray:
    (left, top), (right, bottom) = points.min(axis=0) - margin, points.max(axis=0) + margin
    return picture[int(top) : int(bottom), int(left) : int(right)].astype(float)


def centre_of_change(before: Picture, after: Picture) -> np.ndarray:
    change = np.abs(after.astype(float) - before).sum(axis=2)
    y, x = np.nonzero(change > 30)
    return np.array([x.mean(), y.mean()])


def test_at_rest_the_picture_is_the_portrait(renderer: WarpRenderer, ana: Bundle) -> None:
    difference = np.abs(drawn(renderer).astype(int) - ana.portrait)
    assert difference.mean() < 0.05
    assert np.percentile(difference, 99.9) <= 1


def random_motion(chance: np.random.Generator, renderer: WarpRenderer) -> Vector:
    motion = ARKIT58.rest.copy()
    count = len(COEFFICIENTS)
    motion[:count] = chance.uniform(0, 1, count) * (chance.uniform(0, 1, count) < 0.2)
    motion[count:] = chance.uniform(-0.3, 0.3, 6)
    return motion


def test_no_random_face_folds(renderer: WarpRenderer) -> None:
    chance, rig = np.random.default_rng(0), renderer._rig

    for _ in range(200):
        face = renderer.face(random_motion(chance, renderer))
        for field, cells in zip(
            renderer._expression(face), (rig.upper_cells, rig.lower_cells), strict=True
        ):
            dx = (field[:, :-1, 1:] - field[:, :-1, :-1]) / (512 / GRID)
            dy = (field[:, 1:, :-1] - field[:, :-1, :-1]) / (512 / GRID)
            area = (1 + dx[0]) * (1 + dy[1]) - dx[1] * dy[0]
            assert area[cells[:-1, :-1] & cells[1:, 1:]].min() > LEAST_AREA - 0.02


def test_fold_gain_stops_just_before_a_fold() -> None:
    field = np.zeros((2, GRID, GRID), np.float32)
    field[0] = -1.5 * 4 * np.arange(GRID)[None]
    everywhere = np.ones((GRID, GRID), bool)
    assert fold_gain(field, 4.0, everywhere) == pytest.approx((1 - LEAST_AREA) / 1.5, rel=1e-3)
    assert fold_gain(0.5 * field, 4.0, everywhere) == 1.0
    assert fold_gain(field, 4.0, ~everywhere) == 1.0


def test_any_motion_gives_a_picture(renderer: WarpRenderer) -> None:
    chance = np.random.default_rng(1)
    for _ in range(40):
        picture, _ = renderer.render(random_motion(chance, renderer), None)
        assert picture.shape == (512, 512, 3)
        assert picture.dtype == np.uint8


def test_extreme_values_are_clamped(renderer: WarpRenderer) -> None:
    wild = drawn(renderer, jawOpen=50.0, headYaw=9.0, headX=-100.0)
    mild = drawn(renderer, jawOpen=1.0, headYaw=np.radians(15), headX=-0.5)
    assert (wild == mild).all()


def test_a_motion_that_is_not_finite_is_refused(renderer: WarpRenderer) -> None:
    motion = ARKIT58.vector({"jawOpen": float("nan")})
    with pytest.raises(MediaError, match="jawOpen is not a finite number"):
        renderer.render(motion, None)


def test_the_jaw_opens_a_dark_mouth_steadily(renderer: WarpRenderer, ana: Bundle) -> None:
    mouth = np.vstack([ana.landmarks["lip_seam"], ana.landmarks["lower_lip"]])
    dark: list[float] = []
    for jaw in (0.25, 0.5, 0.75, 1.0):
        box = part(drawn(renderer, jawOpen=jaw), mouth + np.array([0, 6]), 8)
        dark.append(float((box.mean(axis=2) < 60).mean()))
    assert all(later > earlier + 0.01 for earlier, later in pairwise(dark))


@pytest.mark.parametrize("yaw", [-0.24, 0.0, 0.24])
def test_nothing_opens_beyond_the_corners_of_the_mouth(
    renderer: WarpRenderer, ana: Bundle, yaw: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = {"mouthPucker": 0.8, "mouthFunnel": 0.3, "jawOpen": 0.3, "headYaw": yaw}
    with_mouth = drawn(renderer, **face).astype(int)
    monkeypatch.setattr(renderer._mouth, "draw", lambda *_: None)
    without = drawn(renderer, **face)
    rows, columns = np.nonzero(np.abs(with_mouth - without).sum(axis=2) > 30)
    width = ana.landmarks.mouth_width
    assert np.ptp(columns) < 0.9 * width
    assert np.ptp(rows) < width


def test_a_blink_covers_the_iris(renderer: WarpRenderer, ana: Bundle) -> None:
    for side in ("right", "left"):
        iris = ana.landmarks[f"iris_{side}"][:1]
        open_eye = part(drawn(renderer), iris, 5)
        shut = part(drawn(renderer, eyeBlink=1.0), iris, 5)
        assert open_eye.mean() < 100
        assert shut.mean() > open_eye.mean() + 50


def test_closing_lids_cover_more_and_more(renderer: WarpRenderer, ana: Bundle) -> None:
    eye = np.vstack([ana.landmarks["upper_lid_left"], ana.landmarks["lower_lid_left"]])
    shut = part(drawn(renderer, eyeBlink=1.0), eye, 2)
    still_open = [
        (np.abs(part(drawn(renderer, eyeBlink=blink), eye, 2) - shut).sum(axis=2) > 60).sum()
        for blink in (0.0, 0.3, 0.6, 0.8, 0.95)
    ]
    assert still_open == sorted(still_open, reverse=True)
    assert still_open[-1] < 0.35 * still_open[0]


def test_gaze_moves_the_iris_to_the_named_side(renderer: WarpRenderer, ana: Bundle) -> None:
    def pupil_x(**look: float) -> float:
        box = part(drawn(renderer, **look), ana.landmarks["iris_left"][:1], 16).sum(axis=2)
        return float(np.nonzero(box < np.percentile(box, 12))[1].mean())

    to_left = pupil_x(eyeLookOutLeft=1.0, eyeLookInRight=1.0)
    to_right = pupil_x(eyeLookInLeft=1.0, eyeLookOutRight=1.0)
    assert to_left > pupil_x() + 3
    assert to_right < pupil_x() - 3


@pytest.mark.parametrize(
    ("channel", "axis", "sign"),
    [("headYaw", 0, 1), ("headPitch", 1, -1), ("headX", 0, 1), ("headY", 1, -1)],
)
def test_the_nose_follows_the_head(
    renderer: WarpRenderer, ana: Bundle, channel: str, axis: int, sign: int
) -> None:
    motion = ARKIT58.vector({channel: 0.15})
    moved = carried(
        renderer._rig.head, ana.landmarks["nose"][2], pose_of(motion, renderer._rig.head.unit)
    )
    assert moved[axis] * sign > 3
    assert abs(moved[1 - axis]) < abs(moved[axis])
    assert (drawn(renderer, **{channel: 0.15}) != drawn(renderer)).any()


def test_roll_leans_the_head_to_its_own_left(renderer: WarpRenderer, ana: Bundle) -> None:
    pose = pose_of(ARKIT58.vector({"headRoll": 0.15}), renderer._rig.head.unit)
    assert carried(renderer._rig.head, ana.landmarks["head"][3], pose)[0] > 10


def test_the_background_stands_still(renderer: WarpRenderer, ana: Bundle) -> None:
    assert ana.matte is not None
    turned = drawn(renderer, headYaw=0.2, headRoll=0.1)
    far = ana.matte[:, :40] == 0
    assert (turned[:, :40][far] == ana.portrait[:, :40][far]).mean() > 0.999


def test_a_smile_lifts_corners_and_lower_lids(renderer: WarpRenderer, ana: Bundle) -> None:
    still, smiling = drawn(renderer), drawn(renderer, mouthSmile=0.6, cheekSquint=0.5)
    for group, margin in (("mouth_corners", 4), ("lower_lid_left", 2), ("cheek", 4)):
        points = ana.landmarks[group]
        change = np.abs(part(smiling, points, margin) - part(still, points, margin)).mean()
        assert change > 4, group


def test_a_laugh_shows_bright_upper_teeth(renderer: WarpRenderer, ana: Bundle) -> None:
    picture = drawn(renderer, **LAUGH)
    mouth = part(picture, ana.landmarks["lip_seam"], 6)
    white = (mouth.min(axis=2) > 150) & (np.ptp(mouth, axis=2) < 45)
    assert white.sum() > 120


@pytest.mark.parametrize("name", [n for n in COEFFICIENTS if "Look" not in n])
def test_every_coefficient_changes_the_picture(renderer: WarpRenderer, name: str) -> None:
    with_jaw = {"jawOpen": 0.3} if name in ("mouthClose", "tongueOut") else {}
    before = drawn(renderer, **with_jaw).astype(int)
    after = drawn(renderer, **{**with_jaw, name: 1.0})
    assert (np.abs(after - before).sum(axis=2) > 20).sum() > 40


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda e: e.title)
def test_the_shipped_face_reaches_every_expression(
    renderer: WarpRenderer, expression: Expression
) -> None:
    assert renderer.expression_gain(ARKIT58.vector(expression.face)) == 1.0
