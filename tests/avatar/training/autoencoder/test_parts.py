"""Painters of eyes and mouth: what they are shown, what they learn, and what they draw."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.assets.autoencoders import autoencoder_folder
from avatar.autoencoder.flow import Flow, moved
from avatar.errors import DataError
from avatar.motion import ARKIT58, COEFFICIENTS
from avatar.rendering.bundle import Bundle
from avatar.rendering.close_up import CloseUp
from avatar.rendering.flow import FlowNetworks, FlowPortrait, FlowRenderer
from avatar.rendering.part_painter import (
    PartNetworks,
    PartPainter,
    mirror_image,
    without_kept,
    without_painted,
)
from avatar.rendering.parts import CELLS, EYE, MOUTH, part_squares
from avatar.rendering.rig import build_rig
from avatar.training.autoencoder import recipes
from avatar.training.autoencoder.parts_export import remove_painters, write_painters
from avatar.training.autoencoder.parts_learning import (
    PartsLearner,
    drawn_parts,
    painters_of,
    part_losses,
    train_parts,
)
from avatar.training.autoencoder.parts_people import (
    MARGIN,
    PartAlbum,
    part_motion,
    parts_in_motion,
    read_parts,
    write_parts,
)
from avatar.training.autoencoder.training import Data
from avatar.training.run import Run

assert recipes.TINY.parts is not None
TINY = recipes.TINY.parts


@pytest.fixture(scope="module")
def parts(ana: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PartAlbum]:
    rig = build_rig(ana, tmp_path_factory.mktemp("cache"))
    return parts_in_motion(rig, 6, np.random.default_rng(1))


def test_squares_hold_what_moves(ana: Bundle) -> None:
    right, left, mouth = (square.box for square in part_squares(ana.landmarks))
    for box, names in (
        (right, ("upper_lid_right", "lower_lid_right", "iris_right")),
        (left, ("upper_lid_left", "lower_lid_left", "iris_left")),
        (mouth, ("lip_seam", "upper_lip", "lower_lip", "mouth_corners")),
    ):
        for name in names:
            inside = (ana.landmarks[name] - (box.left, box.top)) / box.side
            assert ((inside > 0.1) & (inside < 0.9)).all(), name


def test_motions_of_parts_leave_head_and_brows_alone() -> None:
    rng = np.random.default_rng(3)
    motions = np.stack([part_motion(rng) for _ in range(200)])
    brows = [name.startswith("brow") for name in ARKIT58.channels]
    assert not motions[:, len(COEFFICIENTS) :].any()
    assert not motions[:, brows].any()
    assert (motions[:, ARKIT58.index("jawOpen")] > 0.1).mean() > 0.35
    assert (motions[:, ARKIT58.index("eyeBlinkLeft")] > 0.2).mean() > 0.3


def test_what_painters_own_is_not_moved_twice() -> None:
    motion = np.random.default_rng(0).uniform(0, 0.2, ARKIT58.dim).astype(np.float32)
    assert np.array_equal(without_kept(motion) + without_painted(motion), motion)
    assert np.array_equal(mirror_image(mirror_image(motion)), motion)


def test_parts_come_back_from_disk(parts: dict[str, PartAlbum], tmp_path: Path) -> None:
    write_parts(parts, tmp_path / "parts.npz")
    again = read_parts(tmp_path / "parts.npz")
    assert sorted(again) == ["left eye", "mouth", "right eye"]
    assert np.array_equal(again[MOUTH].pictures, parts[MOUTH].pictures)


def test_sources_tell_where_a_mouth_comes_from(parts: dict[str, PartAlbum]) -> None:
    """Taken from where they are said to come from, colours are right, but in the mouth."""
    album, cells = parts[MOUTH], CELLS[MOUTH]
    inside = slice(MARGIN, MARGIN + cells)
    pictures = torch.from_numpy(album.pictures[:, inside, inside].copy()).permute(0, 3, 1, 2)
    colours = pictures.float() / 127.5 - 1
    edge = MARGIN // 2
    sources = torch.from_numpy(album.sources[:, edge:-edge, edge:-edge].astype(np.float32))
    away = torch.nn.functional.interpolate(
        sources.permute(0, 3, 1, 2).nan_to_num(), size=(cells, cells), mode="bilinear"
    )
    rest = colours[:1].expand_as(colours)
    told = moved(rest, 2 * away)
    most = int((colours - rest).abs().mean((1, 2, 3)).argmax())
    off, still = ((one - colours)[most].abs().mean() for one in (told, rest))
    assert off < 0.8 * still


def test_a_right_answer_costs_less(parts: dict[str, PartAlbum]) -> None:
    rng = np.random.default_rng(0)
    batch = drawn_parts([parts[MOUTH]], np.ones(1), TINY, rng, mirrors=True)
    cells, count = CELLS[MOUTH], len(batch.target)
    rest = batch.rest.repeat_interleave(TINY.drivers, dim=0)
    nothing = torch.zeros(count, 2, cells, cells)
    half = torch.full((count, 1, cells, cells), 0.5)
    window = torch.ones(1, 1, cells, cells)
    right, wrong = (
        part_losses(Flow(nothing, 0.002 * half, paint), rest, batch, window, 20.0)
        for paint in (batch.target, -batch.target)
    )
    assert right["pixels"] < 0.1 * wrong["pixels"]
    assert right["paint"] == 0 < wrong["paint"]


def test_painters_learn(parts: dict[str, PartAlbum]) -> None:
    torch.manual_seed(0)
    learner, rng = PartsLearner(TINY), np.random.default_rng(0)
    eye = parts["right eye"]
    most = [int((eye.pictures != eye.pictures[0]).sum((1, 2, 3)).argmax())] * 3
    moving = PartAlbum(*(one[[0, *most]] for one in (eye.pictures, eye.motion, eye.sources)))
    batch = {EYE: drawn_parts([moving], np.ones(1), TINY, rng, mirrors=False)}
    optimiser = torch.optim.Adam(learner.parameters(), 0.02)
    history = list[float]()
    for _ in range(30):
        losses = learner.losses(batch)
        optimiser.zero_grad()
        losses["loss"].backward()
        optimiser.step()
        history.append(float(losses["loss"].detach()))
    assert history[-1] < 0.8 * history[0]


def test_exported_painters_draw_without_torch_what_torch_draws(ana: Bundle, tmp_path: Path) -> None:
    torch.manual_seed(1)
    painters = painters_of(TINY)
    write_painters(painters, tmp_path)
    networks = PartNetworks.of(tmp_path)
    assert networks is not None
    square = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    motion = ARKIT58.vector({"jawOpen": 0.7})
    flow = networks.paint(MOUTH, networks.see(MOUTH, square), motion)
    given = torch.from_numpy(square).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        told = torch.from_numpy(motion[None, : len(COEFFICIENTS)])
        made = painters[MOUTH](told, painters[MOUTH].see(given))
    assert np.allclose(flow.moved, made.moved[0].permute(1, 2, 0).numpy(), atol=5e-3)
    painter = PartPainter(networks, ana.portrait, ana.landmarks)
    picture = painter.painted(motion)
    changed = (picture != ana.portrait).any(axis=2)
    boxes = [square.box.whole() for square in part_squares(ana.landmarks)]
    inside = np.zeros_like(changed)
    for box in boxes:
        top, left, side = int(box.top), int(box.left), int(box.side)
        inside[top : top + side, left : left + side] = True
    assert changed.any()
    assert not (changed & ~inside).any()


def test_a_folder_without_painters_has_none(tmp_path: Path) -> None:
    assert PartNetworks.of(tmp_path) is None
    write_painters(painters_of(TINY), tmp_path)
    assert PartNetworks.of(tmp_path) is not None
    remove_painters(tmp_path)
    assert PartNetworks.of(tmp_path) is None


def test_painters_without_anybody_to_learn_from_are_refused(tmp_path: Path) -> None:
    run = Run.begun(tmp_path / "run", recipes.TINY)
    with pytest.raises(DataError, match="nobody whose eyes and mouth"):
        train_parts(run, TINY, Data({"drawn": []}, {}), lambda *_: None)


def test_the_flow_renderer_moves_what_painters_painted(ana: Bundle, tmp_path: Path) -> None:
    """It asks the large network for the pose alone, and shows all of the painted portrait."""
    for file in autoencoder_folder("small").iterdir():
        shutil.copy(file, tmp_path)
    write_painters(painters_of(TINY), tmp_path)
    flowing, motion = FlowRenderer.of(tmp_path, ana), ARKIT58.vector({"jawOpen": 0.7})
    painter = PartPainter(PartNetworks(tmp_path), ana.portrait, ana.landmarks)
    picture, _ = flowing.render(motion, None)
    networks = FlowNetworks(tmp_path)
    eyes = ana.landmarks["iris_right"][0], ana.landmarks["iris_left"][0]
    moved = FlowPortrait(networks, ana.portrait, CloseUp.of_eyes(*eyes).whole(), None)
    still = moved.draw(networks.along(ARKIT58.rest), painter.painted(motion))
    assert np.array_equal(picture, still)
    assert not np.array_equal(picture, flowing.render(ARKIT58.rest, None)[0])
