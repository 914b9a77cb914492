"""From pictures to networks that a tracker loads: everything once, tiny."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.errors import DataError
from avatar.portraits.network import PortraitNetwork
from avatar.rendering.bundle import Bundle
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.actors.making import shard_path
from avatar.synthetic.actors.moving import moved
from avatar.synthetic.actors.pictures import Shard
from avatar.tracking.crops import Crop, first_crop
from avatar.tracking.detection import Box
from avatar.tracking.networks import FaceNetworks
from avatar.tracking.places import POINTS, REGIONS, TOLD, group, regions_seen
from avatar.training import loop
from avatar.training.recipe_files import parse_recipe, recipe_text
from avatar.training.run import Run
from avatar.training.tracker import stretching
from avatar.training.tracker.evaluation import correlation, see_faces
from avatar.training.tracker.examples import Faces, example, frame_of
from avatar.training.tracker.export import export_networks, write_card
from avatar.training.tracker.learning import FaceLearner, PartsLearner, drawn_batch
from avatar.training.tracker.portraits import PortraitLearner, portrait_batch, train_portraits
from avatar.training.tracker.recipes import RECIPES, TINY, TrackerRecipe, load_recipe
from avatar.training.tracker.spoiling import hide, spoil
from avatar.training.tracker.training import shards, train_faces, train_parts


@pytest.fixture(scope="module")
def pictures(ana: Bundle, renderer: WarpRenderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shards of one person; the second is held out."""
    folder = tmp_path_factory.mktemp("pictures")
    for seed in range(2):
        made = moved(renderer, ana.landmarks, seed, np.random.default_rng(seed))
        Shard.of(list(islice(made, 12))).write(shard_path(folder, "drawn", seed))
    return folder


@pytest.fixture(scope="module")
def faces(pictures: Path) -> Faces:
    return Faces.read(shards(pictures, TINY.actors, held_out=False))


def told(stage: str, step: int, total: int, losses: dict[str, float]) -> None:
    assert step <= total
    assert losses["loss"] > 0, stage


def test_recipes_come_back_from_their_text() -> None:
    for name, recipe in RECIPES.items():
        assert parse_recipe(recipe_text(recipe), TrackerRecipe) == recipe
        assert load_recipe(name) is recipe
    with pytest.raises(DataError, match="no recipe 'trackr'"):
        load_recipe("trackr")


def test_what_is_trained_is_exported_and_seen_with(pictures: Path, tmp_path: Path) -> None:
    run = Run.begun(tmp_path / "run", TINY)
    learner = train_faces(run, pictures, told)
    parts = train_parts(run, pictures, told)
    portraits = train_portraits(run, pictures, told)
    again = train_faces(run, pictures, lambda *_: pytest.fail("trained twice"))
    for name, weight in learner.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
    export_networks(learner, parts, portraits, tmp_path / "out")
    write_card(TINY, tmp_path / "out", evaluation={"jaw": 0.5})
    assert json.loads((tmp_path / "out" / "config.json").read_text())["evaluation"] == {"jaw": 0.5}

    networks, grey = FaceNetworks(tmp_path / "out"), np.full((120, 160), 90, np.uint8)
    look = networks.look(grey, first_crop(Box(80, 60, 50)))
    with torch.no_grad():
        places, pose, presence = learner.face(torch.full((1, 1, 96, 96), 90.0))
    inside = look.crop.inside(look.places)
    assert inside == pytest.approx(places[0].numpy(), abs=2e-3)
    assert look.angles == pytest.approx(pose[0].numpy(), abs=2e-3)
    assert look.presence == pytest.approx(float(presence[0, 0].sigmoid()), abs=2e-3)
    assert networks.tell(grey, look).shape == (len(TOLD),)
    fine = PortraitNetwork(tmp_path / "out").look(grey, Crop(80, 60, 50, 0.1))
    assert fine.places.shape == (POINTS, 2)
    assert fine.seen.shape == (len(REGIONS),)


def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 4)
    monkeypatch.setattr(loop, "LOG_EVERY", 4)
    whole = train_faces(Run.begun(tmp_path / "whole", TINY), pictures, told)

    def power_cut(stage: str, step: int, total: int, losses: dict[str, float]) -> None:
        del stage, total, losses
        if step == 8:
            raise KeyboardInterrupt

    run = Run.begun(tmp_path / "cut", TINY)
    with pytest.raises(KeyboardInterrupt):
        train_faces(run, pictures, power_cut)
    state = run.load("face")
    assert state is not None
    assert state["step"] == 4
    gone_on = train_faces(run, pictures, told).state_dict()
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, gone_on[name]), name


def test_missing_pictures_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"drawn-0000\.npz is missing: make it with visavis actors"):
        shards(tmp_path, TINY.actors, held_out=False)
    with pytest.raises(DataError, match="no pictures"):
        Faces.read([])


def test_a_batch_teaches_what_the_pictures_show(faces: Faces) -> None:
    rng = np.random.default_rng(0)
    plain = example(faces, 3, rng, spoiled=False)
    assert plain.present
    assert plain.seen.all()
    nose = group(plain.places, "nose")[2]
    assert np.abs(nose).max() < 0.25
    eyes = group(plain.places, "lower_lid_right")[0, 1], group(plain.places, "jaw")[5, 1]
    assert eyes[0] < 0 < eyes[1]
    batch = drawn_batch(faces, 16, np.random.default_rng(1))
    assert batch.face.shape == (16, 1, 96, 96)
    assert batch.told.shape == (16, len(TOLD))
    same = drawn_batch(faces, 16, np.random.default_rng(1))
    assert all(
        torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(batch, same, strict=True)
    )


def test_every_learner_learns_one_batch_by_heart(faces: Faces) -> None:
    torch.manual_seed(0)
    rng = np.random.default_rng(2)
    chosen = np.arange(len(faces))
    for learner, batch in (
        (FaceLearner(), drawn_batch(faces, 8, rng)),
        (PartsLearner(), drawn_batch(faces, 8, rng)),
        (PortraitLearner(), portrait_batch(faces, chosen, 4, rng)),
    ):
        optimiser = torch.optim.AdamW(learner.parameters(), 3e-3)
        losses = list[float]()
        for _ in range(25):
            loss = learner.losses(batch)["loss"]  # pyright: ignore[reportArgumentType]
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
        assert losses[-1] < 0.45 * losses[0]


def test_what_is_hidden_is_not_asked_for(faces: Faces) -> None:
    places, grey = faces.places[0], faces.grey[0]
    unit = frame_of(places).unit
    hidden = 0
    for seed in range(60):
        shown, behind = hide(grey, places, unit, np.random.default_rng(seed))
        changed = np.abs(shown.astype(int) - grey) > 3
        assert changed.any() or not behind.any()
        hidden += int(not regions_seen(behind).all())
    assert 3 < hidden < 25


def test_a_spoiled_picture_is_still_that_face(faces: Faces) -> None:
    grey, unit = faces.grey[0], frame_of(faces.places[0]).unit
    for seed in range(30):
        spoiled = spoil(grey, unit, np.random.default_rng(seed))
        assert spoiled.shape == grey.shape
        assert spoiled.dtype == np.uint8
        middle = (slice(60, 230), slice(60, 230))
        if spoiled[middle].std() > 8:
            alike = np.corrcoef(spoiled[middle].ravel(), grey[middle].ravel())[0, 1]
            assert alike > 0.8


def test_figures_of_an_evaluation(faces: Faces, tmp_path: Path) -> None:
    export_networks(FaceLearner(), PartsLearner(), PortraitLearner(), tmp_path)
    write_card(TINY, tmp_path)
    figures = see_faces(FaceNetworks(tmp_path), faces).figures()
    assert figures["pictures"] == len(faces)
    assert set(figures["correlation"]) >= {"yaw", "pitch", "jaw", "smile", "blink", "gaze"}
    assert figures["landmark_error_percent"] > 10
    assert correlation(np.arange(9.0), np.arange(9.0) * 2 + 1) == pytest.approx(1)
    assert correlation(np.arange(9.0), np.full(9, np.nan)) is None


def test_a_folder_of_another_version_is_named(tmp_path: Path) -> None:
    export_networks(FaceLearner(), PartsLearner(), PortraitLearner(), tmp_path)
    with pytest.raises(DataError, match=r"config\.json cannot be read"):
        FaceNetworks(tmp_path)
    write_card(TINY, tmp_path)
    card = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(card | {"format": 9}))
    with pytest.raises(DataError, match="another version"):
        FaceNetworks(tmp_path)
    write_card(TINY, tmp_path)
    (tmp_path / "parts.onnx").write_bytes((tmp_path / "face.onnx").read_bytes())
    with pytest.raises(DataError, match=r"parts\.onnx gives"):
        FaceNetworks(tmp_path)
    (tmp_path / "face.onnx").write_bytes(b"no graph")
    with pytest.raises(DataError, match=r"face\.onnx is no graph"):
        FaceNetworks(tmp_path)


def test_coefficients_are_stretched_to_the_spread_of_the_truth(
    faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretching, "EXAMPLES", 400)
    torch.manual_seed(3)
    learner = PartsLearner()
    learner.eval()
    last = learner.parts.mouth_told.layers[-1]
    assert isinstance(last, torch.nn.Linear)
    with torch.no_grad():
        last.weight.mul_(3)
    batch = drawn_batch(faces, 200, np.random.default_rng(5))

    def told_of() -> torch.Tensor:
        with torch.no_grad():
            return learner.parts(
                batch.right_eye, batch.left_eye, batch.mouth, batch.brows, batch.pose
            )

    before = told_of()
    stretching.stretch(learner, faces, seed=1)
    after = told_of()
    index = TOLD.index("jawOpen")
    wanted = float((batch.told[:, index].std() / before[:, index].std()).clamp(1, stretching.MOST))
    assert float(after[:, index].std() / before[:, index].std()) == pytest.approx(wanted, rel=0.15)
    assert torch.corrcoef(torch.stack([before[:, index], after[:, index]]))[0, 1] > 0.9999
    assert float((after[:, index].mean() - before[:, index].mean()).abs()) < 0.1
