"""Fields of a portrait are made once, and a motion mixes them."""

import torch

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.fields import HINTS, DirectionFields, mixed

CONFIG = AutoencoderConfig(64, 16, 6, ((4, 8), (8, 8), (16, 8), (32, 8), (64, 8)))


def maps() -> list[torch.Tensor]:
    torch.manual_seed(1)
    return [torch.randn(2, 8, size, size) for size in CONFIG.stages[1:]]


def test_nothing_moves_before_anything_is_learned() -> None:
    fields = DirectionFields(CONFIG)(maps())
    assert fields.shape == (2, CONFIG.directions, 2 + HINTS, 64, 64)
    assert not fields.detach().any()


def test_a_motion_is_the_sum_of_its_directions() -> None:
    network = DirectionFields(CONFIG)
    torch.nn.init.normal_(network.out.weight)
    fields = network(maps())
    first, second = torch.eye(CONFIG.directions)[:2]
    along = torch.stack([2 * first - second, torch.zeros(CONFIG.directions)])
    found = mixed(fields, along).detach()
    assert torch.allclose(found[0], 2 * fields[0, 0] - fields[0, 1], atol=1e-6)
    assert float(found[1].abs().max()) == 0.0
