"""The fast sampler of the official generator: the plain one's numbers, for ever, and in batches."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.nn import forcing_reference
from avatar.nn.forcing import LOOK_AHEAD, ForcingConfig
from avatar.nn.forcing_sampler import Commit, ForcingSampler, ForcingState, Plan, Request
from avatar.nn.forcing_stream import ForcingModel, Guidance, Heard

SMALL = ForcingConfig(latent=16, width=32, heads=4, depth=2, features=8, clip=30, block=10)
FACE = AutoencoderConfig(64, 16, 4, tuple((2**power, 4) for power in range(2, 7)))
EXACT = 1e-5
"""Largest difference, relative to the root mean square, of what should be the same."""


@pytest.fixture(scope="module")
def model() -> ForcingModel:
    torch.manual_seed(5)
    return ForcingModel(FACE, SMALL).requires_grad_(False)


def a_conversation(frames: int, seed: int) -> Heard:
    chance = torch.Generator().manual_seed(seed)
    return Heard(*(torch.randn(1, frames, SMALL.latent, generator=chance) for _ in range(3)))


def noise(begin: int, end: int, seed: int) -> Tensor:
    """Of each frame for itself."""
    chances = [torch.Generator().manual_seed(1000 * seed + frame) for frame in range(begin, end)]
    return torch.stack([torch.randn(SMALL.latent, generator=chance) for chance in chances])


def reference(seed: int) -> Tensor:
    return torch.randn(SMALL.latent, generator=torch.Generator().manual_seed(seed))


def request(heard: Heard, begin: int, end: int, seed: int, state: ForcingState) -> Request:
    window = heard.span(begin - len(state.context), end)
    return Request(noise(begin, end, seed), window, reference(seed), state)


def stream(
    sampler: ForcingSampler, heard: Heard, frames: int, *, seed: int = 1, first: int = SMALL.clip
) -> tuple[Tensor, list[ForcingState]]:
    """All latents, and the state before each block."""
    states, made = [sampler.empty()], list[Tensor]()
    ends = [0, *range(first, frames + 1, sampler.block)]
    for begin, end in pairwise(ends):
        (plan,) = sampler.plans([request(heard, begin, end, seed, states[-1])])
        made.append(plan.latents)
        states += sampler.commits([Commit(plan, end - begin, reference(seed), states[-1])])
    return torch.cat(made), states


def plainly(model: ForcingModel, heard: Heard, ends: list[int], guidance: Guidance) -> Tensor:
    """The same latents from the sampler as it was released."""
    state, made = None, list[Tensor]()
    for begin, end in pairwise(ends):
        latents, state = forcing_reference.next_block(
            model, noise(begin, end, 1)[None], heard, reference(1)[None], guidance, state
        )
        made.append(latents[0])
    return torch.cat(made)


def differ(made: Tensor, wanted: Tensor) -> float:
    return float((made - wanted).abs().max() / wanted.square().mean().sqrt())


def test_it_computes_what_the_released_sampler_does_for_longer_than_its_places_reach() -> None:
    frames, guidance = 1500, Guidance(evaluations=3)
    coarse = ForcingModel(FACE, replace(SMALL, clip=100, block=70)).requires_grad_(False)
    heard = a_conversation(frames, seed=1)
    fast, states = stream(ForcingSampler(coarse, guidance), heard, frames, first=100)
    plain = plainly(coarse, heard, [0, *range(100, frames + 1, 70)], guidance)
    assert fast.shape == (frames, SMALL.latent)
    assert differ(fast, plain) < EXACT
    assert len({state.bytes for state in states[1:]}) == 1


def test_it_takes_all_steps_of_the_released_sampler(model: ForcingModel) -> None:
    heard, guidance = a_conversation(40, seed=2), Guidance()
    fast, _ = stream(ForcingSampler(model, guidance), heard, 40)
    assert differ(fast, plainly(model, heard, [0, 30, 40], guidance)) < EXACT


@pytest.mark.parametrize(("block", "kept"), [(5, 23), (2, 26)])
def test_smaller_blocks_remember_more(model: ForcingModel, block: int, kept: int) -> None:
    sampler = ForcingSampler(model, Guidance(evaluations=3), block=block)
    latents, states = stream(sampler, a_conversation(130, seed=3), 130)
    assert latents.shape == (130, SMALL.latent)
    assert torch.isfinite(latents).all()
    assert {state.own.shape[4] for state in states[1:]} == {kept}
    assert {len(state.context) for state in states[1:]} == {LOOK_AHEAD}


def test_conversations_of_any_age_go_together(model: ForcingModel) -> None:
    sampler = ForcingSampler(model, Guidance(evaluations=4))
    alone: list[Plan] = []
    requests: list[Request] = []
    for seed, age in enumerate((30, 60, 110)):
        heard = a_conversation(age + 10, seed)
        _, states = stream(sampler, heard, age, seed=seed)
        requests.append(request(heard, age, age + 10, seed, states[-1]))
        alone += sampler.plans(requests[-1:])
    together = sampler.plans(requests)
    for one, among in zip(alone, together, strict=True):
        assert differ(among.latents, one.latents) < EXACT
        assert differ(among.told, one.told) < EXACT
    shown = (10, 3, 1)
    commits = [
        Commit(plan, count, one.reference, one.state)
        for plan, count, one in zip(alone, shown, requests, strict=True)
    ]
    for commit, among in zip(commits, sampler.commits(commits), strict=True):
        (one,) = sampler.commits([commit])
        assert differ(among.own, one.own) < EXACT
        assert torch.equal(among.heard, one.heard)
        assert torch.equal(among.context, one.context)


@pytest.mark.parametrize("shown", [1, 4])
def test_what_was_not_shown_leaves_no_trace(model: ForcingModel, shown: int) -> None:
    sampler = ForcingSampler(model, Guidance(evaluations=3))
    heard = a_conversation(40, seed=4)
    _, states = stream(sampler, heard, 30)
    (plan,) = sampler.plans([request(heard, 30, 40, 1, states[-1])])
    cut = Plan(plan.latents[:shown], plan.told[..., : LOOK_AHEAD + shown, :])
    (whole,) = sampler.commits([Commit(plan, shown, reference(1), states[-1])])
    (short,) = sampler.commits([Commit(cut, shown, reference(1), states[-1])])
    assert differ(whole.own, short.own) < EXACT
    assert torch.equal(whole.heard, short.heard)
    assert torch.equal(whole.context[-1], plan.latents[shown - 1])
    assert torch.equal(whole.context[0], torch.cat([states[-1].context, plan.latents])[shown])
    assert torch.equal(whole.own[..., :-shown, :], states[-1].own[..., shown:, :])


def test_graphs_change_nothing_where_there_are_none(model: ForcingModel) -> None:
    heard, guidance = a_conversation(40, seed=7), Guidance(3)
    plain, _ = stream(ForcingSampler(model, guidance), heard, 40)
    graphs, _ = stream(ForcingSampler(model, guidance, graphs=True), heard, 40)
    assert torch.equal(plain, graphs)


def test_half_the_digits_are_close(model: ForcingModel) -> None:
    heard = a_conversation(60, seed=5)
    exact, _ = stream(ForcingSampler(model), heard, 60)
    coarse = ForcingSampler(model, dtype=torch.bfloat16)
    halved, states = stream(coarse, heard, 60)
    assert halved.dtype == torch.float32
    assert states[-1].own.dtype == torch.bfloat16
    error = float((halved - exact).square().mean().sqrt() / exact.square().mean().sqrt())
    assert 1e-5 < error < 0.02


def test_a_rested_clip_is_the_first_block_of_a_face_that_rests(model: ForcingModel) -> None:
    sampler, heard = ForcingSampler(model), a_conversation(30, seed=6)
    state = sampler.primed(heard, reference(6))
    assert torch.equal(state.context, reference(6).expand(LOOK_AHEAD, -1))
    assert state.own.shape[4] == SMALL.clip - SMALL.block - LOOK_AHEAD
    window = heard.branches()
    _, past = model.transformer(
        reference(6).expand(3, 30, -1),
        torch.zeros(3, 30),
        model.conditions(window.own, window.user, window.motion),
        reference(6).expand(3, -1),
    )
    assert differ(state.own[1, 1], past[1].own[1][:, :, 10:28]) < EXACT


def test_a_block_that_leaves_no_memory_is_refused(model: ForcingModel) -> None:
    with pytest.raises(ValueError, match="a block of 1 to 26 frames"):
        ForcingSampler(model, block=27)
