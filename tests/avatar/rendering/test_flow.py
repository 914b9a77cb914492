"""The flow renderer with the weights that ship."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from avatar.assets.autoencoders import autoencoder_folder, shipped_autoencoders
from avatar.errors import DataError, MediaError, UnknownPart
from avatar.motion import ARKIT58, Vector
from avatar.rendering.base import Picture, Renderer
from avatar.rendering.bundle import Bundle
from avatar.rendering.close_up import CloseUp
from avatar.rendering.flow import CONFIG, FlowNetworks, FlowRenderer, read_autoencoder_card
from avatar.rendering.warp import WarpRenderer

SMALL = autoencoder_folder("small")


@pytest.fixture(scope="module")
def flowing(ana: Bundle) -> FlowRenderer:
    return FlowRenderer.of(SMALL, ana)


def motion_of(**values: float) -> Vector:
    motion = ARKIT58.rest.copy()
    for name, value in values.items():
        motion[ARKIT58.index(name)] = value
    return motion


def off(picture: Picture, other: Picture) -> float:
    """Mean difference in levels of 255."""
    return float(np.abs(picture.astype(np.float32) - other).mean())


def test_small_ships_and_says_how_good_it_is() -> None:
    assert "small" in shipped_autoencoders()
    card = read_autoencoder_card(SMALL)
    assert card["licence"] == "Apache-2.0"
    told, still = (card["evaluation"]["still"][way]["psnr_db"] for way in ("told", "still"))
    assert told > still + 2
    assert sum(path.stat().st_size for path in SMALL.iterdir()) < 1e7


def test_it_is_a_renderer_of_arkit58(flowing: FlowRenderer, ana: Bundle) -> None:
    assert isinstance(flowing, Renderer)
    assert flowing.space == ARKIT58
    picture, state = flowing.render(ARKIT58.rest, flowing.start())
    assert (picture.shape, state) == ((ana.size, ana.size, 3), None)


def test_at_rest_it_shows_the_portrait(flowing: FlowRenderer, ana: Bundle) -> None:
    picture, _ = flowing.render(ARKIT58.rest, None)
    assert off(picture, ana.portrait) < 3
    assert np.array_equal(picture[-1], ana.portrait[-1]), "beyond the close-up nothing moves"


@pytest.mark.parametrize(
    "values",
    [{"headYaw": 0.2}, {"headPitch": -0.15}, {"headRoll": 0.15}],
)
def test_it_moves_as_the_portrait_renderer_does(
    flowing: FlowRenderer, renderer: WarpRenderer, ana: Bundle, values: dict[str, float]
) -> None:
    motion = motion_of(**values)
    true, _ = renderer.render(motion, None)
    made, _ = flowing.render(motion, None)
    assert off(made, true) < 0.8 * off(ana.portrait, true)


def test_an_opening_jaw_moves_the_lower_face_most(flowing: FlowRenderer, ana: Bundle) -> None:
    shut, _ = flowing.render(ARKIT58.rest, None)
    opened, _ = flowing.render(motion_of(jawOpen=0.8), None)
    middle, chin = (round(float(ana.landmarks[name][2, 1])) for name in ("nose", "lower_lip"))
    eyes = round(float(ana.landmarks["iris_left"][0, 1]))
    below, above = np.s_[middle : chin + 40], np.s_[eyes - 60 : middle]
    assert off(opened[below], shut[below]) > 1.5 * off(opened[above], shut[above])


def test_what_cannot_be_drawn_is_told_and_what_is_too_far_is_clamped(
    flowing: FlowRenderer,
) -> None:
    with pytest.raises(MediaError, match="jawOpen is not a finite"):
        flowing.render(motion_of(jawOpen=np.nan), None)
    far, _ = flowing.render(motion_of(headYaw=3.0), None)
    limit, _ = flowing.render(motion_of(headYaw=np.radians(15)), None)
    assert np.array_equal(far, limit)


def test_a_picture_of_somebody_gives_a_motion(flowing: FlowRenderer, ana: Bundle) -> None:
    """Their turned head turns this one."""
    marks = ana.landmarks
    box = CloseUp.of_eyes(marks["iris_right"][0], marks["iris_left"][0])
    turned, _ = flowing.render(motion_of(headYaw=0.25), None)
    again = flowing.draw(flowing.motion_in(turned, box))
    assert off(again, turned) < 0.8 * off(ana.portrait, turned)


def test_a_close_up_lays_the_eyes_where_they_belong() -> None:
    box = CloseUp.of_eyes(np.array([99.5, 199.5]), np.array([199.5, 199.5]))
    assert (box.left, box.top, box.side) == (-50, 20, 400)
    view = box.view(200)
    assert view @ [99.5, 199.5, 1] == pytest.approx([74.5, 89.5])
    picture = np.full((300, 300, 3), 7, np.uint8)
    assert (box.cut(picture, 64) == 7).all()


def test_folders_without_networks_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownPart, match="small"):
        autoencoder_folder("large")
    with pytest.raises(DataError, match="cannot be read"):
        FlowNetworks(tmp_path)
    (tmp_path / CONFIG).write_text(json.dumps({"format": 2}))
    with pytest.raises(DataError, match="another version"):
        FlowNetworks(tmp_path)


def test_it_needs_no_torch() -> None:
    code = "import sys, avatar.rendering.flow; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
