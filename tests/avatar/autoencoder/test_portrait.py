"""A portrait that is drawn, and a user who is seen."""

import numpy as np
import pytest
import torch

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.model import MotionAutoencoder
from avatar.autoencoder.portrait import AutoencodedPortrait, Function, UserEncoder, levels_of
from avatar.errors import MediaError
from avatar.motion import latent_space
from avatar.rendering.base import Picture
from avatar.rendering.neural import NeuralRenderer

SIZE, LATENT = 64, 24
CHANNELS = tuple((2**power, 4 + 2 * (7 - power)) for power in range(2, 7))


@pytest.fixture(scope="module")
def coder() -> MotionAutoencoder:
    torch.manual_seed(1)
    return MotionAutoencoder(AutoencoderConfig(SIZE, LATENT, 6, CHANNELS)).eval()


@pytest.fixture(scope="module")
def picture() -> Picture:
    return np.random.default_rng(4).integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8)


def test_it_draws_what_the_networks_draw(coder: MotionAutoencoder, picture: Picture) -> None:
    portrait = AutoencodedPortrait(coder, picture)
    given = torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1
    motions = np.random.default_rng(5).normal(size=(2, LATENT)).astype(np.float32)
    with torch.inference_mode():
        identity, features = coder.encode_identity(given)
        drawn = coder.decode(identity, torch.from_numpy(motions), features).picture
        rest = coder.motion_of(identity)[0].numpy()
    wanted = ((drawn + 1) * 127.5).clamp(0, 255).permute(0, 2, 3, 1).numpy()
    made = portrait.draw(motions)
    assert made.dtype == np.uint8
    assert float(np.abs(made - wanted).mean()) < 0.3, "rounding to levels, and nothing else"
    assert made[0].std() > 5
    assert np.allclose(portrait.rest, rest, atol=1e-5)
    assert portrait.space is latent_space(LATENT)


def test_it_is_what_a_renderer_draws_with(coder: MotionAutoencoder, picture: Picture) -> None:
    portrait = AutoencodedPortrait(coder, picture, dtype=torch.bfloat16)
    renderer = NeuralRenderer(portrait, name="somebody", licence="private", height=32)
    drawn, _ = renderer.render(renderer.rest, renderer.start())
    assert drawn.shape == (32, 32, 3)
    again = renderer.render_many(np.stack([renderer.rest] * 2))
    assert (again == drawn).all()


def test_a_scale_that_no_picture_changes() -> None:
    pictures = torch.tensor([-3.0, -1.0, 0.0, 0.5, 1.0, 9.0, torch.nan])
    levels = levels_of(pictures.expand(1, 3, 7, 7))
    assert levels[0, 0, :, 0].tolist() == [0, 0, 128, 191, 255, 255, 0]


def test_the_user_is_encoded_as_the_network_does(
    coder: MotionAutoencoder, picture: Picture
) -> None:
    told = UserEncoder(coder).motion(picture)
    given = torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.inference_mode():
        wanted = coder.encode_motion(given)[0].numpy()
    assert np.abs(told - wanted).max() < 2e-5 * np.abs(wanted).max()
    assert told.dtype == np.float32
    exact = told
    rough = UserEncoder(coder, dtype=torch.bfloat16).motion(picture)
    assert np.abs(rough - exact).mean() < 0.03 * np.abs(exact).mean()


def test_pictures_of_another_size_are_refused(coder: MotionAutoencoder) -> None:
    wide = np.zeros((48, 64, 3), np.uint8)
    with pytest.raises(MediaError, match="64 pixels a side was expected, 64 x 48 came"):
        AutoencodedPortrait(coder, wide)
    with pytest.raises(MediaError, match="64 x 48 came"):
        UserEncoder(coder).motion(wide)


def test_what_captures_its_functions_is_given_both(
    coder: MotionAutoencoder, picture: Picture
) -> None:
    shapes: list[tuple[int, ...]] = []

    def capture(function: Function) -> Function:
        def noted(given: torch.Tensor) -> tuple[torch.Tensor, ...]:
            shapes.append(tuple(given.shape))
            return function(given)

        return noted

    portrait = AutoencodedPortrait(coder, picture, capture=capture)
    drawn = portrait.draw(np.stack([portrait.rest] * 3))
    assert (drawn == AutoencodedPortrait(coder, picture).draw(portrait.rest[None])).all()
    UserEncoder(coder, capture=capture).motion(picture)
    assert shapes == [(3, LATENT), (1, 3, SIZE, SIZE)]
