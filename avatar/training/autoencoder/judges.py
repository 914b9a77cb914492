"""What judges pictures beside colours: features, identity, and a critic that learns along.

A user may bring networks of features or faces as TorchScript files; without them, the encoder's own
maps and latent judge, frozen at the weights of the step.
"""

import warnings
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from avatar.autoencoder.encoder import Encoder
from avatar.errors import DataError

CRITIC_WIDTHS = (32, 64, 128, 128)
"""Channels of the critic's layers, each of half the size of the one before."""


@runtime_checkable
class FeatureNetwork(Protocol):
    """Pictures of -1 to 1 in, maps or vectors out, that are alike for pictures that look alike."""

    def __call__(self, pictures: Tensor) -> list[Tensor]:
        """Maps from the finest, or one vector for each picture."""
        ...


def load_judge(path: Path, device: torch.device) -> FeatureNetwork:
    """A network from a TorchScript file, which gives one tensor or a list of them.

    Such a file is a program: load only files from whom you trust. Raises DataError when the file is
    none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            script: Any = torch.jit.load(str(path), map_location=device).eval()
    except (RuntimeError, ValueError, OSError) as error:
        raise DataError(
            f"{path} is no TorchScript ({str(error).splitlines()[0]}): save one with "
            "torch.jit.script(network).save(FILE)"
        ) from error
    for parameter in script.parameters():
        parameter.requires_grad_(requires_grad=False)

    def judge(pictures: Tensor) -> list[Tensor]:
        made = script(pictures)
        return [made] if isinstance(made, Tensor) else list(made)

    return judge


def own_features(encoder: Encoder, size: int) -> FeatureNetwork:
    """The maps of an encoder, from the finest; gradients go to the pictures alone."""
    frozen = {name: weight.detach() for name, weight in encoder.named_parameters()}

    def judge(pictures: Tensor) -> list[Tensor]:
        small = F.interpolate(pictures, size=(size, size), mode="area")
        given = (small.to(frozen["first.weight"].dtype),)
        made: tuple[Tensor, list[Tensor]] = torch.func.functional_call(encoder, frozen, given)
        return [level.float() for level in reversed(made[1])]

    return judge


def own_identity(encoder: Encoder, basis: Tensor, size: int) -> FeatureNetwork:
    """The latent of an encoder without what lies along the directions of motion."""
    frozen = {name: weight.detach() for name, weight in encoder.named_parameters()}
    kept = basis.detach().float()

    def judge(pictures: Tensor) -> list[Tensor]:
        small = F.interpolate(pictures, size=(size, size), mode="area")
        given = (small.to(frozen["first.weight"].dtype),)
        made: tuple[Tensor, list[Tensor]] = torch.func.functional_call(encoder, frozen, given)
        latent = made[0].float()
        return [latent - (latent @ kept) @ kept.T]

    return judge


def feature_distance(judge: FeatureNetwork, made: Tensor, true: Tensor) -> Tensor:
    """Mean difference of features, each level weighing the same by the size of what is true."""
    with torch.no_grad():
        wanted = judge(true)
    off = [
        (found.float() - level.float()).abs().mean() / level.float().abs().mean().clamp(min=1e-6)
        for found, level in zip(judge(made), wanted, strict=True)
    ]
    return torch.stack(off).mean()


def identity_distance(judge: FeatureNetwork, made: Tensor, source: Tensor) -> Tensor:
    """1 less the cosine between who was made and who was given: 0 is the same person."""
    with torch.no_grad():
        wanted = judge(source)[-1]
    found = judge(made)[-1]
    return 1 - F.cosine_similarity(found.float().flatten(1), wanted.float().flatten(1)).mean()


class PatchCritic(nn.Module):
    """Says of each patch of a picture how real it looks; its slope is bounded layer by layer."""

    def __init__(self) -> None:
        super().__init__()
        layers, channels = list[nn.Module](), 3
        for width in CRITIC_WIDTHS:
            layers += [spectral_norm(nn.Conv2d(channels, width, 4, 2, 1)), nn.LeakyReLU(0.2)]
            channels = width
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(channels, 1, 3, 1, 1)))

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores of patches, higher for what looks real."""
        made: Tensor = self.layers(pictures)
        return made


class _Opposed(torch.autograd.Function):
    """What the critic minimises, whoever made the pictures maximises."""

    @staticmethod
    def forward(ctx: Any, pictures: Tensor) -> Tensor:
        del ctx
        return pictures.view_as(pictures)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        del ctx
        return -grad_outputs[0]


def adversarial_loss(critic: PatchCritic, made: Tensor, true: Tensor) -> Tensor:
    """How well the critic tells what was made from what is true (Wasserstein's distance, negative).

    One step down this loss makes the critic better, and what it judges more real: gradients of
    pictures that were made are turned around.
    """
    fooled: Tensor = _Opposed.apply(made)  # pyright: ignore[reportAssignmentType]
    return critic(fooled).mean() - critic(true).mean()
