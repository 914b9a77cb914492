"""A student of the official generator: one evaluation that ends where the teacher's many do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from avatar.autoencoder.config import AutoencoderConfig
from avatar.errors import DataError
from avatar.nn.forcing import ForcingConfig
from avatar.nn.forcing_sampler import Commit, ForcingSampler, Request
from avatar.nn.forcing_stream import ONE_STEP, ForcingModel, Guidance, Heard
from avatar.training import loop
from avatar.training.forcing_distillation import (
    TINY_STUDENT,
    StudentRecipe,
    judged,
    load_student_recipe,
    student_of,
    teach,
)
from avatar.training.forcing_layout import landings
from avatar.training.forcing_lessons import lessons
from avatar.training.forcing_scenes import NoiseScenes, RecordedScenes, dropped
from avatar.training.run import Run

SMALL = ForcingConfig(latent=8, width=24, heads=4, depth=2, features=6, clip=20, block=5)
FACE = AutoencoderConfig(64, 8, 4, tuple((2**power, 4) for power in range(2, 7)))
RECIPE = replace(
    TINY_STUDENT,
    optimiser=replace(TINY_STUDENT.optimiser, steps=16, batch=8, window=20, learning_rate=5e-3),
    blocks=(5,),
    evaluations=5,
    rounds=1,
    rollouts=16,
    together=16,
    rollout_s=1.0,
)


@pytest.fixture(scope="module")
def teacher() -> ForcingModel:
    torch.manual_seed(5)
    return ForcingModel(FACE, SMALL).requires_grad_(requires_grad=False)


def quiet(*_: Any) -> None:
    pass


def trained(folder: Path, teacher: ForcingModel, recipe: StudentRecipe = RECIPE) -> ForcingModel:
    run = Run.begun(folder, recipe)
    return teach(run, teacher, NoiseScenes(teacher), report=quiet, say=quiet)


def weights(model: ForcingModel) -> torch.Tensor:
    return torch.cat([x.flatten() for x in model.transformer.parameters()])


@pytest.mark.parametrize("block", [5, 2])
def test_all_blocks_at_once_land_where_the_stream_does(teacher: ForcingModel, block: int) -> None:
    scenes = NoiseScenes(teacher)(np.random.default_rng(0), 2, SMALL.clip + 20)
    sampler = ForcingSampler(teacher, ONE_STEP, block=block)
    streamed = lessons(ForcingSampler(teacher, Guidance(4), block=block), sampler, scenes, 1)
    with torch.no_grad():
        landed = landings(teacher, streamed, block)
    shown = streamed.shown[:, SMALL.clip :]
    assert shown.std() > 0.5
    assert (landed - shown).abs().max() < 1e-5 * shown.std()


def test_gradients_reach_what_is_remembered(teacher: ForcingModel) -> None:
    """Of the last block alone, to the keys of what was shown before it."""
    scenes = NoiseScenes(teacher)(np.random.default_rng(0), 1, SMALL.clip + 10)
    taught = lessons(ForcingSampler(teacher, Guidance(4)), None, scenes, 1)
    shown = taught.shown.clone().requires_grad_()
    landed = landings(teacher, replace(taught, shown=shown), 5)
    landed[:, -5:].abs().sum().backward()
    assert shown.grad is not None
    reached = shown.grad[0].abs().sum(dim=1) > 0
    assert reached[SMALL.clip - 5 : SMALL.clip + 5].all(), "the memory and the context"
    assert not reached[-5:].any(), "but not the block itself"


def test_a_student_lands_nearer_and_keeps_the_state_of_one_row(
    teacher: ForcingModel, tmp_path: Path
) -> None:
    before = weights(teacher)
    student = trained(tmp_path / "run", teacher)
    landing = judged(teacher, student, NoiseScenes(teacher), RECIPE, 5)
    assert landing.untaught > 0.1 * landing.deviation
    assert landing.taught < landing.untaught / 1.8
    assert torch.equal(weights(teacher), before), "the teacher stays what it was"
    assert student.autoencoder is teacher.autoencoder
    again = trained(tmp_path / "run", teacher)
    assert torch.equal(weights(again), weights(student)), "a finished run is not done again"


def test_a_student_streams_with_a_third_of_the_memory(teacher: ForcingModel) -> None:
    scenes = NoiseScenes(teacher)(np.random.default_rng(0), 1, SMALL.clip + 5)
    heard, reference = scenes.heard, scenes.reference[0]
    shapes: list[tuple[int, ...]] = []
    for guidance in (Guidance(4), ONE_STEP):
        sampler = ForcingSampler(teacher, guidance)
        state = sampler.primed(heard.span(0, SMALL.clip), reference)
        noise = torch.zeros(5, SMALL.latent)
        (plan,) = sampler.plans([Request(noise, heard.span(13, 25), reference, state)])
        (state,) = sampler.commits([Commit(plan, 5, reference, state)])
        shapes += [tuple(state.own.shape), tuple(state.heard.shape), tuple(state.context.shape)]
    rows = [shape[2] for shape in shapes[:2] + shapes[3:5]]
    assert rows == [3, 3, 1, 1]
    assert [s[:2] + s[3:] for s in shapes[:2]] == [s[:2] + s[3:] for s in shapes[3:5]]
    assert shapes[2] == shapes[5] == (2, SMALL.latent)


def test_a_run_that_was_cut_off_ends_as_one_that_was_not(
    teacher: ForcingModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(
        RECIPE,
        optimiser=replace(RECIPE.optimiser, steps=3, batch=1, window=5),
        rounds=2,
        rollouts=1,
        later_rollouts=1,
        rollout_s=0.4,
    )
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 1)
    whole = trained(tmp_path / "whole", teacher, recipe)

    class Cut(Exception):
        pass

    def cut(stage: str, step: int, *_: Any) -> None:
        if stage == "student-2" and step == 2:
            raise Cut

    monkeypatch.setattr(loop, "LOG_EVERY", 1)
    run = Run.begun(tmp_path / "cut", recipe)
    with pytest.raises(Cut):
        teach(run, teacher, NoiseScenes(teacher), report=cut, say=quiet)
    said = list[str]()
    after = teach(run, teacher, NoiseScenes(teacher), report=quiet, say=said.append)
    assert said == ["lessons of round 2"], "the first is not given again"
    torch.testing.assert_close(weights(after), weights(whole), rtol=0, atol=1e-6)


def test_the_teacher_follows_the_history_of_whoever_acts(teacher: ForcingModel) -> None:
    scenes = NoiseScenes(teacher)(np.random.default_rng(0), 2, SMALL.clip + 13)
    watched, twin, hasty = (ForcingSampler(teacher, Guidance(n)) for n in (5, 5, 3))
    own, by_twin = lessons(watched, None, scenes, 1), lessons(watched, twin, scenes, 1)
    assert own.shown.shape == (2, SMALL.clip + 10, SMALL.latent), "whole blocks"
    assert torch.equal(own.shown[:, SMALL.clip :], own.ends[:, SMALL.clip :])
    assert torch.equal(own.shown[:, 0], scenes.reference)
    torch.testing.assert_close(by_twin.ends, own.ends)
    by_other = lessons(watched, hasty, scenes, 1)
    first, second = (slice(SMALL.clip + at, SMALL.clip + at + 5) for at in (0, 5))
    torch.testing.assert_close(by_other.ends[:, first], own.ends[:, first])
    assert (by_other.ends - own.ends)[:, second].abs().max() > 1e-3


def test_scenes_lose_their_own_voice_or_their_user(teacher: ForcingModel) -> None:
    scenes = NoiseScenes(teacher)(np.random.default_rng(0), 200, 3)
    heard = dropped(scenes, np.random.default_rng(1), own=0.25, user=0.5).heard
    own, user, motion = ((x == 0).all(dim=(1, 2)) for x in (heard.own, heard.user, heard.motion))
    assert 0.15 < own.float().mean() < 0.35
    assert 0.4 < user.float().mean() < 0.6
    assert torch.equal(user, motion)


def test_recorded_clips_are_cut_to_windows(teacher: ForcingModel, tmp_path: Path) -> None:
    frames = torch.arange(40.0)[:, None]
    clip = {
        "own": frames.expand(-1, SMALL.features).contiguous(),
        "user": -frames.expand(-1, SMALL.features).contiguous(),
        "motion": frames.expand(-1, SMALL.latent).contiguous(),
    }
    save_file(clip, tmp_path / "a.safetensors")
    scenes = RecordedScenes(teacher, tmp_path)(np.random.default_rng(0), 3, 60)
    motion = scenes.heard.motion[:, :, 0]
    assert motion.shape == (3, 60)
    assert torch.equal(motion[0, :40], torch.arange(40.0)), "too short: from its start"
    assert (motion[:, 40:] == 39).all(), "and held at its end"
    expected = teacher.projection(clip["own"][5])
    torch.testing.assert_close(scenes.heard.own[0, 5], expected)


def test_clips_that_do_not_fit_are_refused_by_name(teacher: ForcingModel, tmp_path: Path) -> None:
    def draw() -> None:
        RecordedScenes(teacher, tmp_path)(np.random.default_rng(0), 1, 10)

    with pytest.raises(DataError, match=r"clips were expected: .safetensors of own, user, motion"):
        draw()
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"a.safetensors: a clip was expected"):
        draw()
    clip = {"own": torch.zeros(9, 6), "user": torch.zeros(9, 6), "motion": torch.zeros(8, 8)}
    save_file(clip, path)
    with pytest.raises(DataError, match=r"'motion': \[9, 8\]}, this one .*'motion': \[8, 8\]"):
        draw()
    save_file({**clip, "motion": torch.full((9, 8), torch.nan)}, path)
    with pytest.raises(DataError, match="no finite number"):
        draw()


def test_scenes_without_a_block_and_other_blocks_are_refused(teacher: ForcingModel) -> None:
    scenes = NoiseScenes(teacher)(np.random.default_rng(0), 1, SMALL.clip + 4)
    five, two = (ForcingSampler(teacher, ONE_STEP, block=block) for block in (5, 2))
    with pytest.raises(ValueError, match="more than 20 frames are needed, not 20"):
        lessons(five, None, scenes, 0)
    with pytest.raises(ValueError, match="blocks of 5 frames are taught, the student's have 2"):
        lessons(five, two, scenes, 0)
    with pytest.raises(DataError, match="no recipe 'huge': give one of student, tiny"):
        load_student_recipe("huge")


def test_a_copy_shares_what_it_does_not_learn(teacher: ForcingModel) -> None:
    student = student_of(teacher)
    assert student.projection is teacher.projection
    assert student.transformer is not teacher.transformer
    heard = Heard(*(torch.ones(1, 4, SMALL.latent) for _ in range(3)))
    assert ONE_STEP.heard(heard) is heard
    assert ONE_STEP.mixed(torch.ones(2, 1, 4, 8)).shape == (2, 4, 8)
