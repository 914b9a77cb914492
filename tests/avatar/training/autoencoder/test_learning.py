"""The losses of an auto-encoder: they fall, they judge, and they take what is not known as such."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from avatar.autoencoder.adapter import REACH
from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.flow import ENLARGED, Flow, FlowAutoencoder, composite
from avatar.errors import DataError
from avatar.training.autoencoder.examples import Batch
from avatar.training.autoencoder.judges import (
    PatchCritic,
    adversarial_loss,
    identity_distance,
    load_judge,
)
from avatar.training.autoencoder.learning import Learner, choice_loss, weighed
from avatar.training.autoencoder.recipes import TINY, LossRecipe, load_recipe

MICRO = AutoencoderConfig(
    size=64, latent=8, directions=4, channels=((4, 8), (8, 8), (16, 8), (32, 8), (64, 8))
)
RECIPE = replace(TINY, network=MICRO, losses=LossRecipe())
SIZE = 64


@pytest.fixture
def batch() -> Batch:
    """A person whose driver is the source a tenth of the picture to the right."""
    chance = torch.Generator().manual_seed(0)
    coarse = torch.rand(2, 3, 8, 8, generator=chance) * 2 - 1
    source = torch.nn.functional.interpolate(coarse, size=(SIZE, SIZE), mode="bicubic")
    away = round(0.1 * SIZE)
    driver = torch.roll(source, away, dims=3)
    sources = torch.zeros(2, 2, SIZE // 4, SIZE // 4)
    sources[:, 0] = -away / SIZE
    motion = torch.zeros(2, 58)
    motion[:, 52] = 0.4
    return Batch(source, driver, motion, sources, torch.ones(2, 1, SIZE // 4, SIZE // 4))


def test_a_network_begins_by_showing_the_portrait() -> None:
    torch.manual_seed(0)
    network = FlowAutoencoder(MICRO, REACH)
    portrait = torch.rand(1, 3, 96, 96) * 2 - 1
    small = torch.nn.functional.interpolate(portrait, size=(64, 64))
    cells = torch.nn.functional.interpolate(portrait, size=(64 * ENLARGED,) * 2)
    with torch.no_grad():
        latent, maps = network.autoencoder.encode_identity(small)
        flow, _ = network.flow(latent, maps, cells)
        picture = composite(portrait, flow)
    assert float(flow.moved.abs().max()) < 0.15
    assert float((picture - portrait)[..., :1].abs().max()) < 0.15, "at the border nothing moves"
    assert float(flow.shown.mean()) > 0.85


def test_learning_moves_the_picture_to_where_it_should_be(batch: Batch) -> None:
    torch.manual_seed(0)
    learner = Learner(RECIPE)
    optimiser = torch.optim.Adam(learner.parameters(), lr=1e-2)
    seen = list[dict[str, float]]()
    for _ in range(6):
        losses = learner.losses(batch, SIZE)
        optimiser.zero_grad()
        losses["loss"].backward()
        optimiser.step()
        seen.append({name: float(value.detach()) for name, value in losses.items()})
    assert seen[-1]["flow"] < 0.9 * seen[0]["flow"]
    assert seen[-1]["loss"] < 0.8 * seen[0]["loss"]


def test_a_motion_that_nobody_knows_teaches_the_adapter_nothing(batch: Batch) -> None:
    learner = Learner(replace(RECIPE, draw=replace(RECIPE.draw, seen=2)))
    unknown = batch._replace(motion=torch.full_like(batch.motion, torch.nan))
    losses = learner.losses(unknown, SIZE)
    (losses["pixels"] + losses["details"] + losses["small"] + losses["agreement"]).backward()
    gradients = [parameter.grad for parameter in learner.network.adapter.parameters()]
    assert all(gradient is None or not gradient.any() for gradient in gradients)
    assert bool(torch.isfinite(losses["loss"]))


def test_people_of_whom_no_motion_is_known_must_be_seen(batch: Batch) -> None:
    learner = Learner(replace(RECIPE, draw=replace(RECIPE.draw, seen=0)))
    with pytest.raises(DataError, match=r"draw\.seen"):
        learner.losses(batch._replace(motion=torch.full_like(batch.motion, torch.nan)), SIZE)


def test_every_judge_of_a_recipe_is_asked(batch: Batch) -> None:
    learner = Learner(replace(RECIPE, losses=TINY.losses))
    losses = learner.losses(batch, SIZE)
    assert {"features", "identity", "adversarial"} <= set(losses)
    losses["loss"].backward()
    assert learner.critic.layers[0].parametrizations.weight.original.grad.abs().sum() > 0  # type: ignore[union-attr]


def test_without_a_flow_the_decoder_draws_the_picture_itself(batch: Batch) -> None:
    losses = Learner(replace(RECIPE, flow=False)).losses(batch, SIZE)
    assert "flow" not in losses
    assert bool(torch.isfinite(losses["loss"]))


def test_the_better_of_portrait_and_paint_is_to_be_shown() -> None:
    size = 16
    portrait, target = torch.zeros(1, 3, size, size), torch.zeros(1, 3, size, size)
    target[..., :8] = 1
    shown = torch.full((1, 1, size, size), 0.5, requires_grad=True)
    flow = Flow(torch.zeros(1, 2, size, size), shown, torch.ones(1, 3, size, size))
    choice_loss(flow, portrait, target, torch.ones(1, 1, 4, 4)).backward()
    assert shown.grad is not None
    assert float(shown.grad[..., :8].min()) > 0, (
        "down the loss, more is painted where paint is right"
    )
    assert float(shown.grad[..., 8:].max()) < 0


def test_critic_and_maker_pull_against_each_other() -> None:
    torch.manual_seed(1)
    critic = PatchCritic()
    made = torch.rand(2, 3, 64, 64).requires_grad_()
    true = torch.rand(2, 3, 64, 64)
    told = adversarial_loss(critic, made, true)
    (gradient,) = torch.autograd.grad(told, made, retain_graph=True)
    with torch.no_grad():
        better = critic(made - 10 * gradient / gradient.norm()).mean()
        assert float(better - critic(made).mean()) > 0, "down the loss, pictures look more real"
    optimiser = torch.optim.SGD(critic.parameters(), lr=0.1)
    told.backward()
    optimiser.step()
    assert float(adversarial_loss(critic, made, true).detach()) < float(told.detach())


def test_one_person_is_nearer_to_themselves_than_to_another() -> None:
    def judge(pictures: torch.Tensor) -> list[torch.Tensor]:
        return [pictures.mean(dim=(2, 3))]

    one = torch.tensor([1.0, 0.2, 0.0])[None, :, None, None].expand(1, 3, 8, 8)
    other = one.flip(1)
    assert float(identity_distance(judge, one, one)) == pytest.approx(0, abs=1e-6)
    assert float(identity_distance(judge, one, other)) > 0.5


@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
def test_a_judge_is_a_torchscript_file(tmp_path: Path) -> None:
    path = tmp_path / "judge.pt"
    torch.jit.script(torch.nn.AvgPool2d(2)).save(str(path))
    judge = load_judge(path, torch.device("cpu"))
    assert judge(torch.ones(1, 3, 8, 8))[0].shape == (1, 3, 4, 4)
    path.write_bytes(b"no")
    with pytest.raises(DataError, match="no TorchScript"):
        load_judge(path, torch.device("cpu"))


def test_recipes_are_known_by_name() -> None:
    assert load_recipe("paper").network.size == 512
    assert not load_recipe("paper").flow
    with pytest.raises(DataError, match="tiny, small, paper"):
        load_recipe("large")


def test_a_difference_counts_as_much_as_the_weights_say() -> None:
    weights = torch.ones(1, 1, 16, 16)
    weights[..., :8] = 9
    off = torch.zeros(1, 3, 16, 16)
    off[..., :8] = 0.5
    assert float(weighed(off, weights)) == pytest.approx(0.45)
    assert float(weighed(off, weights.flip(-1))) == pytest.approx(0.05)
