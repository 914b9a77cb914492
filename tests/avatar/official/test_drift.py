"""What keeps a face itself for minutes."""

import numpy as np
import pytest
import torch
from jaxtyping import Float32

from avatar.clock import FPS
from avatar.official.drift import DriftConfig


def test_an_anchor_holds_a_mean_that_strays() -> None:
    config = DriftConfig(project=False)
    reference, basis = torch.ones(1, 16), torch.eye(16)[:, :4]
    near = reference * 1.2 + torch.zeros(1, 10, 16)
    far = reference * 2 + torch.zeros(1, 10, 16)
    assert torch.equal(config.corrected(near, near.mean(1), reference, basis), near)
    held = config.corrected(far, far.mean(1), reference, basis)
    pulled = (far - held)[0].norm(dim=-1)
    assert float(pulled[-1]) == pytest.approx(0.05 * 4, rel=1e-4)
    assert float(pulled[0]) == pytest.approx(0.05 * 4 / 10, rel=1e-3)
    projected = DriftConfig(anchor=False).corrected(far, reference, reference, basis)
    torch.testing.assert_close(projected @ basis @ basis.T, projected, rtol=1e-4, atol=1e-5)


def strayed(config: DriftConfig, block: int) -> Float32[np.ndarray, " blocks"]:
    """Ten minutes of a face that goes on from where it is, and walks at random: how far its slow
    mean lies from the reference, of the reference's length."""
    chance = torch.Generator().manual_seed(1)
    reference, basis = torch.ones(1, 16), torch.eye(16)
    mean = last = reference
    away: list[float] = []
    for _ in range(600 * FPS // block):
        steps = 0.02 * torch.randn(1, block, 16, generator=chance)
        made = config.corrected(last[:, None] + steps.cumsum(1), mean, reference, basis)
        mean, last = config.mean_after(mean, made), made[:, -1]
        away.append(float((mean - reference).norm() / reference.norm()))
    return np.array(away, np.float32)


@pytest.mark.parametrize("block", [10, pytest.param(5, marks=pytest.mark.slow)])
def test_ten_minutes_of_wandering_stay_near_the_portrait(block: int) -> None:
    free = strayed(DriftConfig(project=False, anchor=False), block)
    held = strayed(DriftConfig(), block)
    assert free.max() > 1
    assert held.max() < 0.4
