"""What reaches what, shown by gradients."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.visibility import Visibility, block_starts
from avatar.nn.motion_network import MotionNetwork, Senses
from tests.avatar.generator.streams import SMALL, network

FRAMES, BLOCK = 40, 4


def senses(batch: int = 1) -> Senses:
    chance = torch.Generator().manual_seed(1)

    def numbers(*shape: int) -> Tensor:
        return torch.randn(batch, *shape, generator=chance).requires_grad_()

    return Senses(
        numbers(FRAMES, SMALL.look_ahead + 1, SMALL.spoken),
        numbers(FRAMES, SMALL.heard),
        numbers(FRAMES, SMALL.sight),
        numbers(FRAMES, SMALL.controls),
        numbers(SMALL.traits),
    )


def reached(output: Tensor, source: Tensor) -> list[int]:
    """Frames of a source that an output depends on."""
    (gradient,) = torch.autograd.grad(output.sum(), source, retain_graph=True)
    return gradient[0].flatten(1).abs().sum(1).nonzero()[:, 0].tolist()


def understood(given: Senses, net: MotionNetwork, frame: int) -> Tensor:
    intents = torch.zeros(1, FRAMES, SMALL.kinds)
    return net.understand(given, intents, block_starts(FRAMES, BLOCK)).condition[:, frame]


def test_the_user_is_never_ahead_of_the_block() -> None:
    given, net = senses(), network()
    condition = understood(given, net, 26)
    newest = 24
    farthest = SMALL.reaction_memory - 1 + SMALL.user_memory - 1 + SMALL.hearing_window - 1
    assert reached(condition, given.hearing) == list(range(newest - farthest, newest + 1))
    seen = SMALL.reaction_memory - 1 + SMALL.sight_window - 1
    assert reached(condition, given.sight) == list(range(newest - seen, newest + 1))
    assert reached(condition, given.control) == [newest]


def test_a_first_block_that_is_cut_knows_no_more() -> None:
    given, net = senses(), network()
    starts = block_starts(FRAMES, BLOCK, 2)
    intents = torch.zeros(1, FRAMES, SMALL.kinds)
    condition = net.understand(given, intents, starts).condition[:, 1]
    assert reached(condition, given.hearing) == [0]
    assert reached(condition, given.sight) == [0]


def test_the_own_voice_is_known_as_far_as_it_is_queued() -> None:
    given, net = senses(), network()
    (gradient,) = torch.autograd.grad(understood(given, net, 24).sum(), given.own)
    known = gradient[0].abs().sum(-1) > 0
    assert known.nonzero().tolist() == [[22, 0], [23, 0], *([24, lead] for lead in range(5))]
    (gradient,) = torch.autograd.grad(understood(given, net, 26).sum(), given.own)
    known = gradient[0].abs().sum(-1) > 0
    ahead_of_the_block = [[24, lead] for lead in range(5)]
    assert known.nonzero().tolist() == [*ahead_of_the_block, [26, 3], [26, 4]]


@pytest.mark.parametrize(
    ("visibility", "first", "last"),
    [
        (Visibility("blockwise", context=5), 16 - 5, 27),
        (Visibility("windowed", context=5), 26 - 5 - 5, 26),
        (Visibility("released", context=5, look_ahead=2), 26 - 5 - 5, 26 + 2 + 2),
        (Visibility("blockwise", context=5, look_ahead=1), 16 - 5, 32),
    ],
)
def test_motion_reaches_as_far_as_the_policy_says(
    visibility: Visibility, first: int, last: int
) -> None:
    config = replace(SMALL, visibility=visibility)
    net = network(config)
    noisy = torch.randn(1, FRAMES, config.token, requires_grad=True)
    made = net.denoise(
        noisy,
        torch.rand(1, FRAMES),
        torch.randn(1, FRAMES, config.width),
        block_starts(FRAMES, BLOCK),
        BLOCK,
    )
    frames = reached(made[:, 26], noisy)
    assert (frames[0], frames[-1]) == (first, last)


def test_a_block_after_clean_history_is_a_block_of_the_sequence() -> None:
    """The doubled pass gives what a pass over history and one noisy block gives."""
    net, starts = network(), block_starts(FRAMES, BLOCK)
    chance = torch.Generator().manual_seed(2)
    clean = torch.randn(1, FRAMES, SMALL.token, generator=chance)
    noise = torch.randn(1, FRAMES, SMALL.token, generator=chance)
    condition = torch.randn(1, FRAMES, SMALL.width, generator=chance)
    with torch.no_grad():
        doubled = net.denoise_after(clean, noise, torch.ones(1, FRAMES), condition, starts, BLOCK)
        for begin in (0, 16, 36):
            span = slice(begin, begin + BLOCK)
            mixed, level = clean.clone(), torch.full((1, FRAMES), 0.02)
            mixed[:, span], level[:, span] = noise[:, span], 1.0
            single = net.denoise(mixed, level, condition, starts, BLOCK)
            torch.testing.assert_close(single[:, span], doubled[:, span], atol=1e-5, rtol=0)


def test_pure_noise_is_not_passed_on_and_clean_motion_is() -> None:
    net = network()
    clean = torch.randn(1, 4, SMALL.token)
    condition, starts = torch.randn(1, 4, SMALL.width), np.zeros(4, np.int64)
    with torch.no_grad():
        kept = net.denoise(clean, torch.zeros(1, 4), condition, starts, 4)
    torch.testing.assert_close(kept, clean, atol=1e-6, rtol=0)


def test_the_structure_of_the_paper_can_be_built() -> None:
    config = replace(
        SMALL,
        conditioning="cross",
        reference=True,
        predicts="velocity",
        kinds=0,
        visibility=Visibility("released", context=12, look_ahead=2),
    )
    net = network(config)
    noisy = torch.randn(2, FRAMES, config.token)
    condition = torch.randn(2, FRAMES, config.width, requires_grad=True)
    starts, level = block_starts(FRAMES, 10), torch.rand(2, FRAMES)
    made = net.denoise(noisy, level, condition, starts, 10)
    assert made.shape == noisy.shape
    (gradient,) = torch.autograd.grad(made[0, 20].sum(), condition)
    reach = gradient[0].abs().sum(1).nonzero()[:, 0]
    assert reach.max() == 20 + 2 * config.depth


def test_widths_that_heads_cannot_share_are_refused() -> None:
    with pytest.raises(ValueError, match="width of 33 cannot be shared by 2 heads"):
        MotionNetworkConfig(token=64, sight=118, width=33, heads=2)
