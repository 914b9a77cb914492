"""Acts begin where they are expected most, and as often as people's."""

from dataclasses import replace

import pytest
import torch

from avatar.generator.intents import KINDS
from avatar.generator.motion_codec import MotionCodec
from avatar.motion import ARKIT58
from avatar.nn.motion_network import MotionNetwork
from avatar.training.batches import Corpus
from avatar.training.recipes import SettlingRecipe
from avatar.training.rollout import Guidance, Rollout
from avatar.training.sharpening import UNDECIDED, offsets, settle, sharpen
from tests.avatar.generator.streams import network
from tests.avatar.training.test_stages import RECIPE, example

NOD = KINDS.index("nod")
SECOND = 25


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """A nod every 4.8 seconds."""
    examples = [example(seed) for seed in range(4)]
    return Corpus(examples, MotionCodec.fitted([e.motion for e in examples], ARKIT58))


def nods_a_second(net: MotionNetwork, corpus: Corpus) -> float:
    senses = corpus.batch([(row % 4, 0) for row in range(64)], 4 * SECOND).senses
    rollout = Rollout(net, corpus.codec, block=1, steps=1, guidance=Guidance())
    return SECOND * float(rollout.run(senses, 9).begun[:, :, NOD].float().mean())


def test_offsets_make_the_mean_probability_the_rate() -> None:
    logits = torch.linspace(-6, 4, 400)[:, None] * torch.tensor([1.0, 3.0])
    rates = torch.tensor([0.01, 0.2])
    torch.testing.assert_close(torch.sigmoid(logits + offsets(logits, rates)).mean(0), rates)


def test_sharpening_leaves_blinks_and_glances_to_chance(corpus: Corpus) -> None:
    net = network()
    sharpen(net, corpus, 2.5, seed=1)
    assert net.intents is not None
    assert {
        kind
        for kind, power in zip(KINDS, net.intents.sharpness.tolist(), strict=True)
        if power == 1
    } == set(UNDECIDED)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [0.0, -12.0])
def test_who_nods_too_much_or_too_little_is_settled(corpus: Corpus, wrong: float) -> None:
    net = network()
    assert net.intents is not None
    net.intents.offset[NOD] = wrong
    before = nods_a_second(net, corpus)
    plan = SettlingRecipe(rounds=9, rollouts=64, rollout_s=4.0)
    settle(net, corpus, replace(RECIPE, settling=plan), steps=1)
    assert not 0.2 / 4.8 < before < 5 / 4.8
    assert 0.6 / 4.8 < nods_a_second(net, corpus) < 1.6 / 4.8
