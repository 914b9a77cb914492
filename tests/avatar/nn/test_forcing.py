"""The official generator: what each frame sees, and streams without an end."""

import pytest
import torch
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.nn.forcing import ForcingConfig, ForcingTransformer
from avatar.nn.forcing_stream import ForcingModel, Guidance, noise_level, training_weights

SMALL = ForcingConfig(latent=16, width=32, heads=4, depth=2, features=8, clip=30, block=10)
FACE = AutoencoderConfig(64, 16, 4, tuple((2**power, 4) for power in range(2, 7)))


@pytest.fixture(scope="module")
def model() -> ForcingModel:
    torch.manual_seed(5)
    return ForcingModel(FACE, SMALL).eval()


def run(net: ForcingTransformer, noisy: Tensor, condition: Tensor, begin: int = 0) -> Tensor:
    time = torch.full(noisy.shape[:2], 400.0)
    return net(noisy, time, condition, torch.zeros(1, SMALL.latent), begin)[0]


@pytest.mark.parametrize("frame", [0, 7, 19])
def test_a_frame_sees_all_before_and_two_ahead(frame: int) -> None:
    torch.manual_seed(6)
    noisy = torch.randn(1, 24, SMALL.latent, requires_grad=True)
    condition = torch.randn(1, 24, SMALL.width, requires_grad=True)
    net = ForcingTransformer(ForcingConfig(latent=16, width=32, heads=4, depth=1, features=8))
    run(net, noisy, condition)[0, frame].square().sum().backward()
    assert noisy.grad is not None
    assert condition.grad is not None
    seen = noisy.grad[0].abs().sum(-1).nonzero().flatten().tolist()
    heard = condition.grad[0].abs().sum(-1).nonzero().flatten().tolist()
    assert seen == list(range(min(24, frame + 3)))
    assert heard == list(range(max(0, frame - 2), min(24, frame + 3)))


def test_only_relative_places_count(model: ForcingModel) -> None:
    torch.manual_seed(4)
    noisy, condition = torch.randn(1, 20, SMALL.latent), torch.randn(1, 20, SMALL.width)
    near = run(model.transformer, noisy, condition)
    far = run(model.transformer, noisy, condition, begin=30)
    torch.testing.assert_close(near, far, rtol=1e-4, atol=1e-4)


def test_noise_levels_are_those_of_the_table() -> None:
    assert noise_level(1000) == 1.0
    assert noise_level(0) == 0.0
    assert noise_level(875) == pytest.approx(0.874875, abs=1e-6)
    assert float(training_weights().mean()) == pytest.approx(1.0, abs=1e-5)
    assert float(training_weights()[0]) == 0.0


def test_a_guidance_that_makes_no_step_is_refused() -> None:
    assert len(Guidance(3).times) == 2
    with pytest.raises(ValueError, match="at least 3 evaluations"):
        Guidance(2)
