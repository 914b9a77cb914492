"""How large a network is, told by the shapes of its official tensors."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from torch import Tensor

from avatar.autoencoder.config import AutoencoderConfig
from avatar.errors import DataError
from avatar.nn.forcing import ENCODER_HEADS, LOOK_AHEAD, ForcingConfig
from avatar.nn.speech_encoder import SpeechConfig

SMALLEST_MAPS = 4
LARGEST = 1 << 16
"""Any number that a network is described by."""


@dataclass(frozen=True, slots=True)
class Untold:
    """What no shape tells: heads of the transformer, frames of a clip and of a block."""

    heads: int = 8
    clip: int = 50
    block: int = 10


OFFICIAL = Untold()


def sizes(tensors: Mapping[str, Tensor], untold: Untold) -> tuple[AutoencoderConfig, ForcingConfig]:
    """The sizes of both networks.

    Raises DataError for a tensor that is missing or has fewer axes, and for impossible sizes.
    """
    autoencoder, forcing = _autoencoder(tensors), _forcing(tensors, untold)
    if autoencoder.latent != forcing.latent:
        raise DataError(
            "an auto-encoder and a generator of the same latents were expected, "
            f"{autoencoder.latent} and {forcing.latent} numbers came"
        )
    return autoencoder, forcing


def _autoencoder(tensors: Mapping[str, Tensor]) -> AutoencoderConfig:
    decoder = "motion_autoencoder.dec."
    directions = f"{decoder}direction.weight"
    channels = [(SMALLEST_MAPS, _axis(tensors, f"{decoder}input.input", 1, of=4))]
    while (name := f"{decoder}convs.{2 * len(channels) - 2}.conv.weight") in tensors:
        channels.append((2 * channels[-1][0], _axis(tensors, name, 1, of=5)))
    config = AutoencoderConfig(
        size=channels[-1][0],
        latent=_axis(tensors, directions, 0, of=2),
        directions=_axis(tensors, directions, 1, of=2),
        channels=tuple(channels),
    )
    require_range(config)
    return config


def _forcing(tensors: Mapping[str, Tensor], untold: Untold) -> ForcingConfig:
    flow = "flow_transformer."
    width = _axis(tensors, f"{flow}x_embedder.proj.weight", 0, of=2)
    blocks = {name.split(".")[2] for name in tensors if name.startswith(f"{flow}blocks.")}
    wide = _axis(tensors, f"{flow}blocks.0.mlp.fc1.weight", 0, of=2)
    latent = _axis(tensors, f"{flow}final_layer.linear.weight", 0, of=2)
    config = ForcingConfig(
        latent=latent,
        width=width,
        heads=untold.heads,
        depth=len(blocks),
        expansion=wide / max(width, 1),
        features=_axis(tensors, "audio_encoder.audio_projection.0.weight", 1, of=2),
        clip=untold.clip,
        block=untold.block,
    )
    require_possible(config)
    return config


def require_possible(config: ForcingConfig) -> None:
    """Raise DataError for sizes that no generator has."""
    require_range(config)
    if config.width % (2 * config.heads) or config.latent % ENCODER_HEADS:
        raise DataError(
            f"a width that twice {config.heads} heads divide and latents that {ENCODER_HEADS} "
            f"divides were expected, {config.width} and {config.latent} came"
        )
    if config.clip < config.block + 2 * LOOK_AHEAD:
        raise DataError(
            f"a clip of a block of {config.block} frames and {2 * LOOK_AHEAD} more at least was "
            f"expected, one of {config.clip} came"
        )


def require_range(config: AutoencoderConfig | ForcingConfig | SpeechConfig) -> None:
    """Raise DataError for numbers that are no sizes."""
    for name, told in asdict(config).items():
        numbers = np.ravel(told)
        if numbers.dtype != bool and not ((numbers > 0) & (numbers <= LARGEST)).all():
            raise DataError(f"{name}: sizes above 0 and up to {LARGEST} were expected, {told} came")


def _axis(tensors: Mapping[str, Tensor], name: str, index: int, *, of: int) -> int:
    if name not in tensors:
        raise DataError(f"the checkpoint does not fit: missing: {name}")
    shape = tuple(tensors[name].shape)
    if len(shape) != of:
        raise DataError(f"{name}: {of} axes were expected, {shape} came")
    return shape[index]
