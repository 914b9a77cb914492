"""What the losses ask for, and that a run survives what can happen to it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from avatar.data.examples import Example
from avatar.errors import DataError, MediaError
from avatar.generator.intents import KINDS, pulses
from avatar.generator.learned import LearnedGenerator
from avatar.generator.motion_codec import MotionCodec
from avatar.generator.package import perception_of
from avatar.generator.visibility import Visibility, block_starts
from avatar.motion import ARKIT58
from avatar.nn.motion_network import Senses
from avatar.nn.step import TorchStep
from avatar.training.batches import Corpus
from avatar.training.diffusion_forcing import (
    Blocks,
    ForcingStage,
    drop_conditions,
    noise_levels,
    without_user,
)
from avatar.training.distillation import DistillationStage, Teacher, student_of
from avatar.training.loop import Losses, Stage, StepChance, train
from avatar.training.preference import PreferenceStage, make_pairs
from avatar.training.recipes import TINY, Recipe
from avatar.training.rollout import Guidance, Rollout
from avatar.training.run import Run
from tests.avatar.generator.streams import SMALL, network, ticks
from tests.avatar.generator.test_learned import Recorded, stream

RECIPE = replace(TINY, network=SMALL)
TICKS = 120


def example(seed: int) -> Example:
    chance = np.random.default_rng(seed)
    motion = 0.1 + 0.1 * np.sin(np.arange(TICKS)[:, None] / 5 + chance.uniform(0, 6, ARKIT58.dim))

    def half(*shape: int) -> np.ndarray:
        return chance.normal(0, 1, (TICKS, *shape)).astype(np.float16)

    onsets = np.array([[20, KINDS.index("nod"), 700], [60, KINDS.index("smile"), 500]], np.int32)
    return Example(
        own=half(SMALL.look_ahead + 1, SMALL.spoken),
        hearing=half(SMALL.heard),
        sight=half(SMALL.sight),
        control=half(SMALL.controls),
        motion=motion.astype(np.float32),
        pulses=pulses((), TICKS),
        onsets=onsets,
        traits=np.zeros(SMALL.traits, np.float32),
    )


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    examples = [example(seed) for seed in range(4)]
    return Corpus(examples, MotionCodec.fitted([e.motion for e in examples], ARKIT58))


def measured(stage: ForcingStage | DistillationStage, name: str) -> float:
    """A loss that is the same whenever it is asked for the same weights."""
    return float(stage.losses(StepChance.of(1, "test", 0))[name].detach())


def test_windows_hold_what_follows(corpus: Corpus) -> None:
    batch = corpus.batch([(0, 10), (1, 90)], 30)
    assert batch.senses.own.shape == (2, 30, SMALL.look_ahead + 1, SMALL.spoken)
    nod = KINDS.index("nod")
    assert batch.beginnings[0, :, 0, nod].nonzero().tolist() == [[9]]
    assert batch.beginnings[0, :, 3, nod].nonzero().tolist() == [[6]]
    assert batch.strengths[0, 9, nod] == pytest.approx(0.7)
    assert batch.beginnings[1].sum() == 0


def test_windows_are_centred_on_events(corpus: Corpus) -> None:
    chance = np.random.default_rng(0)
    inside = []
    for share in (0.0, 1.0):
        begun = corpus.draw(chance, 200, 30, share).beginnings[:, :, 0].sum(dim=(1, 2))
        inside.append(float(begun.gt(0).float().mean()))
    assert inside[1] > inside[0] + 0.1


def test_every_block_has_a_level_of_its_own() -> None:
    blocks = Blocks(5, block_starts(50, 5))
    levels = noise_levels(torch.Generator().manual_seed(0), 200, blocks, history_share=0.6)
    assert (levels.reshape(200, 10, 5).std(dim=2) < 1e-6).all()
    starts = levels[:, ::5]
    assert starts.std(dim=1).min() > 0.01
    assert (starts < 0.12).float().mean() == pytest.approx(0.6 * 0.6 + 0.4 * 0.12 + 0.03, abs=0.05)
    assert (starts > 0.95).float().mean() == pytest.approx(0.6 * 0.16 + 0.4 * 0.05, abs=0.04)


def test_conditions_are_dropped_as_often_as_asked(corpus: Corpus) -> None:
    batch = corpus.draw(np.random.default_rng(0), 400, 8, 0.0)
    recipe = replace(RECIPE.forcing, drop_own=0.2, drop_user=0.1, drop_all=0.0, drop_one_sense=0.2)
    dropped = drop_conditions(batch.senses, recipe, torch.Generator().manual_seed(0))

    def gone(sense: Tensor) -> float:
        return float((sense.flatten(1).abs().sum(1) == 0).float().mean())

    assert gone(dropped.own) == pytest.approx(0.2, abs=0.06)
    assert gone(dropped.hearing) == pytest.approx(0.1 + 0.9 * 0.1, abs=0.06)
    assert gone(dropped.sight) == pytest.approx(0.1 + 0.9 * 0.1, abs=0.06)
    assert gone(without_user(batch.senses).hearing) == 1.0


@pytest.mark.slow
def test_forcing_learns_what_repeats(corpus: Corpus, tmp_path: Path) -> None:
    stage = ForcingStage(network(), RECIPE.forcing, corpus, ARKIT58.dim)
    run = Run.begun(tmp_path, RECIPE)
    before = measured(stage, "motion")
    long = replace(RECIPE.forcing.optimiser, steps=300, learning_rate=3e-3)
    train(Stage("forcing", long, stage.losses), stage, run, lambda *_: None)
    after = measured(stage, "motion")
    assert after < 0.5 * before


@pytest.mark.slow
def test_preference_prefers_the_motion_of_the_one_who_perceived(corpus: Corpus) -> None:
    forcing = ForcingStage(network(), RECIPE.forcing, corpus, ARKIT58.dim)
    pairs = make_pairs(forcing.network, corpus, RECIPE.preference, block=1, seed=1)
    assert pairs.preferred.shape == pairs.other.shape
    assert not torch.equal(pairs.preferred, pairs.other)
    stage = PreferenceStage(forcing, pairs, RECIPE.preference, (1, 2))
    first = stage.losses(StepChance.of(1, "test", 0))
    assert first["preference"].item() == pytest.approx(np.log(2), abs=1e-3)
    optimiser = torch.optim.Adam(forcing.network.parameters(), lr=1e-3)
    for step in range(40):
        losses = stage.losses(StepChance.of(1, "test", step))
        optimiser.zero_grad()
        losses["preference"].backward()
        optimiser.step()
    last = stage.losses(StepChance.of(1, "test", 0))
    assert last["preference"].item() < first["preference"].item() - 0.02
    assert last["preferred"].item() > 0.6


def test_losers_share_their_chance_with_winners(corpus: Corpus) -> None:
    """With a network that is deaf to the user, both motions are the same."""
    net = network()
    for sense in (net.encoder.hearing, net.encoder.sight):
        for parameter in sense.inner.parameters():
            nn.init.zeros_(parameter)
    pairs = make_pairs(net, corpus, RECIPE.preference, block=1, seed=1)
    torch.testing.assert_close(pairs.preferred, pairs.other)


@pytest.mark.slow
def test_a_student_learns_where_its_teacher_ends(corpus: Corpus) -> None:
    guided = replace(RECIPE.distillation, own_guidance=1.5, user_guidance=1.5)
    recipe = replace(RECIPE, distillation=guided)
    teacher = Teacher(network(), recipe, corpus)
    student = student_of(teacher.network)
    lessons = teacher.lessons(None, seed=3)
    stage = DistillationStage(student, lessons, recipe)
    before = measured(stage, "end")
    trained = [p for p in student.parameters() if p.requires_grad]
    assert len(trained) == len(list(student.transformer.parameters()))
    optimiser = torch.optim.Adam(trained, lr=2e-3)
    for step in range(80):
        losses = stage.losses(StepChance.of(1, "test", step))
        optimiser.zero_grad()
        losses["loss"].backward()
        optimiser.step()
    assert measured(stage, "end") < 0.6 * before


def test_answers_to_the_own_history_are_the_rollout(corpus: Corpus) -> None:
    """Solved side by side after its own rollout, every block ends where the rollout ended."""
    plain = replace(RECIPE.distillation, own_guidance=1.0, user_guidance=1.0, solver_steps=3)
    teacher = Teacher(network(), replace(RECIPE, distillation=plain, block=2), corpus)
    senses = corpus.draw(np.random.default_rng(0), 2, 100, 0.0).senses
    rollout = Rollout(teacher.network, corpus.codec, block=2, steps=3, guidance=Guidance())
    rolled = rollout.run(senses, 5)
    answers = teacher.answers(senses, rolled.intents, rolled.history, rolled.noise)
    # The rollout begins with a resting frame that the side-by-side pass does not know.
    forgotten = SMALL.depth * (SMALL.visibility.context + 2) + 2
    torch.testing.assert_close(
        answers[:, forgotten:], rolled.ends[:, forgotten:], atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize("block", [1, 2])
def test_a_rollout_is_a_stream(corpus: Corpus, block: int) -> None:
    """The same chance given, many conversations at once move as one does in a stream."""
    net = network()
    step = Recorded(TorchStep(net))
    made = LearnedGenerator(
        step,
        corpus.codec,
        perception_of(SMALL, ARKIT58, block),
        user_space=ARKIT58,
        block=block,
    )
    given = ticks(61, look_ahead=made.look_ahead + block - 1)
    motions, _ = stream(made, given)
    perceived = perception_of(SMALL, ARKIT58, 1).whole(given)
    senses = Senses.of(perceived, step.given[0].traits[0])
    noise, intents = (
        torch.from_numpy(np.concatenate([getattr(given, name)[0] for given in step.given]))[None]
        for name in ("noise", "intents")
    )
    rollout = Rollout(net, corpus.codec, block=block, steps=1, guidance=Guidance())
    rolled = rollout.run(senses, 0, noise=noise, intents=intents)
    length = rolled.motions.shape[1]
    np.testing.assert_allclose(rolled.motions[0].numpy(), motions[:length], atol=2e-4)


def test_guidance_of_one_is_none() -> None:
    chance = np.random.default_rng(0)
    senses = (
        Corpus([example(0)], MotionCodec.fitted([example(0).motion], ARKIT58))
        .draw(chance, 1, 8, 0.0)
        .senses
    )
    assert Guidance().branches(senses) == ((1.0,), [senses])
    weights, branches = Guidance(own=1.5, user=2.0).branches(senses)
    assert sum(weights) == pytest.approx(1)
    assert [float(branch.own.abs().sum() > 0) for branch in branches] == [1, 0, 1]
    assert [float(branch.sight.abs().sum() > 0) for branch in branches] == [1, 1, 0]


class _Line(nn.Module):
    """A line to fit, with noise that depends on the step."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))

    def losses(self, chance: StepChance) -> Losses:
        x = torch.from_numpy(chance.numbers.normal(size=3)).float()
        noise = torch.randn(3, generator=chance.noise)
        return {"loss": ((self.weight - 1) * x + 0.1 * noise).square().sum()}


def plan(steps: int) -> Any:
    return replace(RECIPE.forcing.optimiser, steps=steps)


def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatar.training.loop.CHECKPOINT_EVERY", 10)
    whole, cut, resumed = _Line(), _Line(), _Line()
    first = Run.begun(tmp_path / "whole", RECIPE)
    at_once = train(Stage("s", plan(40), whole.losses), whole, first, lambda *_: None)
    second = Run.begun(tmp_path / "cut", RECIPE)

    def stop(stage: str, step: int, *_: object) -> None:
        if step == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(Stage("s", plan(40), cut.losses), cut, second, stop)
    again = Run.resumed(tmp_path / "cut", Recipe)
    in_two = train(Stage("s", plan(40), resumed.losses), resumed, again, lambda *_: None)
    torch.testing.assert_close(at_once["weight"], in_two["weight"], atol=0, rtol=0)


def test_a_full_disk_leaves_the_last_good_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.begun(tmp_path, RECIPE)
    run.save("forcing", {"step": 1})

    def full(content: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("PytorchStreamWriter failed writing file: No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(MediaError, match="No space left on device"):
        run.save("forcing", {"step": 2})
    assert run.load("forcing") == {"step": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forcing.pt", "recipe.json"]


def test_a_broken_checkpoint_is_named(tmp_path: Path) -> None:
    run = Run.begun(tmp_path, RECIPE)
    run.save("forcing", {"step": 1})
    path = tmp_path / "forcing.pt"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(
        DataError, match=r"(?s)forcing\.pt is broken .* delete it to train from before"
    ):
        run.load("forcing")


def test_a_folder_belongs_to_one_recipe(tmp_path: Path) -> None:
    Run.begun(tmp_path, RECIPE)
    assert Run.begun(tmp_path, RECIPE).recipe == RECIPE
    with pytest.raises(DataError, match="holds a run of another recipe"):
        Run.begun(tmp_path, replace(RECIPE, seed=2))
    with pytest.raises(DataError, match="holds no run"):
        Run.resumed(tmp_path / "nowhere", Recipe)


def test_an_example_that_was_cut_short_is_named(tmp_path: Path) -> None:
    path = tmp_path / "one.safetensors"
    made = example(0)
    made.save(path)
    np.testing.assert_array_equal(Example.load(path).motion, made.motion)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DataError, match="is no example of this version"):
        Example.load(path)


def test_a_loss_that_is_not_finite_ends_the_run_before_it_is_kept(tmp_path: Path) -> None:
    class Broken(_Line):
        def losses(self, chance: StepChance) -> Losses:
            return {"loss": self.weight.sum() * float("nan")}

    broken = Broken()
    run = Run.begun(tmp_path, RECIPE)
    with pytest.raises(DataError, match="s, step 0: the loss or its gradient is not finite"):
        train(Stage("s", plan(5), broken.losses), broken, run, lambda *_: None)
    assert run.load("s") is None
    assert torch.isfinite(broken.weight).all()


def test_only_evenly_drawn_windows_say_how_often_something_begins(corpus: Corpus) -> None:
    batch = corpus.draw(np.random.default_rng(0), 60, 30, 1.0)
    assert batch.natural.sum() == 0
    stage = ForcingStage(network(), RECIPE.forcing, corpus, ARKIT58.dim)
    assert stage.losses_of(batch, StepChance.of(1, "test", 0))["beginnings"].item() == 0
    even = corpus.draw(np.random.default_rng(0), 60, 30, 0.0)
    assert even.natural.sum() == 60
    assert stage.losses_of(even, StepChance.of(1, "test", 0))["beginnings"].item() > 0


def test_the_structure_of_the_paper_goes_through_every_stage(
    corpus: Corpus, tmp_path: Path
) -> None:
    config = replace(
        SMALL,
        conditioning="cross",
        reference=True,
        predicts="velocity",
        kinds=0,
        visibility=Visibility("blockwise", context=10, look_ahead=2),
    )
    small = replace(RECIPE.forcing.optimiser, steps=2, window=40)
    recipe = replace(
        RECIPE,
        network=config,
        block=10,
        forcing=replace(RECIPE.forcing, blocks=(10,), loss="l1"),
        preference=replace(RECIPE.preference, optimiser=small),
        distillation=replace(RECIPE.distillation, optimiser=small),
    )
    net = network(config)
    forcing = ForcingStage(net, recipe.forcing, corpus, ARKIT58.dim)
    assert torch.isfinite(forcing.losses(StepChance.of(1, "a", 0))["loss"])
    pairs = make_pairs(net, corpus, recipe.preference, block=10, seed=1)
    preference = PreferenceStage(forcing, pairs, recipe.preference, (10,))
    assert torch.isfinite(preference.losses(StepChance.of(1, "b", 0))["loss"])
    teacher = Teacher(net, recipe, corpus)
    for student in (None, student_of(net)):
        lessons = teacher.lessons(student, seed=2)
        stage = DistillationStage(student_of(net), lessons, recipe)
        assert torch.isfinite(stage.losses(StepChance.of(1, "c", 0))["loss"])
