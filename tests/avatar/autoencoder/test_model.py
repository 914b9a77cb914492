"""The motion auto-encoder: its basis, its split, and the pictures that it draws."""

import pytest
import torch

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.model import MotionAutoencoder
from avatar.errors import DataError

CHANNELS = tuple((2**power, 4 + 2 * (7 - power)) for power in range(2, 8))
SMALL = AutoencoderConfig(size=128, latent=24, directions=6, channels=CHANNELS)


@pytest.fixture(scope="module")
def coder() -> MotionAutoencoder:
    torch.manual_seed(1)
    return MotionAutoencoder(SMALL).eval()


def test_the_basis_is_orthonormal(coder: MotionAutoencoder) -> None:
    product = coder.basis.T @ coder.basis
    torch.testing.assert_close(product, torch.eye(6), rtol=0, atol=1e-5)


@torch.no_grad()
def test_motions_lie_on_the_basis(coder: MotionAutoencoder) -> None:
    torch.manual_seed(3)
    motion = coder.encode_motion(torch.rand(3, 3, 128, 128) * 2 - 1)
    again = motion @ coder.basis @ coder.basis.T
    torch.testing.assert_close(motion, again, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_one_reference_serves_many_motions(coder: MotionAutoencoder) -> None:
    torch.manual_seed(2)
    identity, features = coder.encode_identity(torch.rand(1, 3, 128, 128) * 2 - 1)
    assert [maps.shape[-1] for maps in features] == [8, 16, 32, 64, 128]
    motions = torch.randn(4, 24)
    together = coder.decode(identity, motions, features)
    assert together.picture.shape == (4, 3, 128, 128)
    assert together.flow.shape == (4, 128, 128, 2)
    alone = coder.decode(identity, motions[2:3], features).picture
    apart = (together.picture[2:3] - alone).square().mean() / alone.square().mean()
    assert float(apart.sqrt()) < 1e-4, "sums of another order are rounded otherwise"
    assert float((together.picture[0] - together.picture[1]).abs().max()) > 0.01


def test_the_full_size_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        full = MotionAutoencoder(AutoencoderConfig())
    noises, first_colours = 15, 1542
    unused = noises + first_colours
    assert sum(p.numel() for p in full.parameters()) + unused == 45_239_560


@pytest.mark.parametrize("size", [32, 100, 0])
def test_sizes_that_no_network_has_are_refused(size: int) -> None:
    with pytest.raises(DataError, match="power of two"):
        AutoencoderConfig(size=size, channels=CHANNELS)
    with pytest.raises(DataError, match="channels are missing"):
        AutoencoderConfig(size=256, channels=CHANNELS)
