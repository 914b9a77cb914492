"""A portrait that a motion auto-encoder draws, and the user's face as it sees it."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from avatar.autoencoder.model import MotionAutoencoder
from avatar.autoencoder.prepared import PreparedDecoder
from avatar.autoencoder.prepared_encoder import PreparedEncoder
from avatar.errors import MediaError
from avatar.motion import Motions, Vector, latent_space
from avatar.rendering.base import Picture
from avatar.rendering.neural import Pictures

WHITE = 255.0

Function: TypeAlias = Callable[[Tensor], tuple[Tensor, ...]]
Capture: TypeAlias = Callable[[Function], Function]
"""Makes, of a function of tensors, one that is faster on a device, such as by CUDA graphs."""


class AutoencodedPortrait:
    """Draws a portrait in motions of an auto-encoder's latents: its own latent plus a motion.

    The portrait is a square RGB picture of the auto-encoder's size. It is encoded once, in float32;
    `dtype` is what maps are drawn in, which bfloat16 makes several times as fast. A `decoder` that
    was made ready before may serve several portraits of one auto-encoder. Raises MediaError for a
    portrait of another size.
    """

    @torch.inference_mode()
    def __init__(
        self,
        autoencoder: MotionAutoencoder,
        portrait: Picture,
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        decoder: PreparedDecoder | None = None,
        capture: Capture | None = None,
    ) -> None:
        config = autoencoder.config
        self.space, self.side = latent_space(config.latent), config.size
        self._device = torch.device(device)
        own = next(autoencoder.parameters()).device
        given = signal_of(portrait, config.size).to(own)
        identity, features = autoencoder.encode_identity(given)
        rest = autoencoder.motion_of(identity)
        self.rest: Vector = rest[0].float().cpu().numpy()
        self._identity = identity.to(self._device, torch.float32)
        self._decoder = decoder or PreparedDecoder(
            autoencoder.decoder, device=self._device, dtype=dtype
        )
        self._portrait = self._decoder.portrait(features)
        self._drawn = self._levels if capture is None else capture(self._levels)

    @torch.inference_mode()
    def draw(self, motions: Motions) -> Pictures:
        """A picture of each motion."""
        return fetched(self._drawn(sent(torch.from_numpy(motions), self._device))[0])

    def _levels(self, motions: Float[Tensor, "batch latent"]) -> tuple[Tensor]:
        return (levels_of(self._decoder(self._identity + motions, self._portrait)),)


class UserEncoder:
    """Tells the motion of a face from its picture, with an auto-encoder's encoder.

    `side` are the pixels of the square RGB pictures that it takes.
    """

    @torch.inference_mode()
    def __init__(
        self,
        autoencoder: MotionAutoencoder,
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        capture: Capture | None = None,
    ) -> None:
        self.side = autoencoder.config.size
        self.space = latent_space(autoencoder.config.latent)
        self._device = torch.device(device)
        self._encoder = PreparedEncoder(autoencoder, device=self._device, dtype=dtype)
        self._told = self._motions if capture is None else capture(self._motions)

    @torch.inference_mode()
    def motion(self, picture: Picture) -> Vector:
        """The motion that a picture shows. Raises MediaError for one of another size."""
        given = sent(signal_of(picture, self.side), self._device)
        return fetched(self._told(given)[0])[0]

    def _motions(self, pictures: Float[Tensor, "batch 3 side side"]) -> tuple[Tensor]:
        return (self._encoder(pictures),)


def signal_of(picture: Picture, side: int) -> Float[Tensor, "1 3 side side"]:
    """A picture as encoders take it, -1 to 1. Raises MediaError for one of another size."""
    if picture.shape != (side, side, 3):
        height, width = picture.shape[:2]
        raise MediaError(
            f"a square picture of {side} pixels a side was expected, {width} x {height} came: cut "
            "out the face and bring it to that size"
        )
    levels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None]
    return levels.float() * (2 / WHITE) - 1


def levels_of(pictures: Float[Tensor, "batch 3 side side"]) -> UInt8[Tensor, "batch side side 3"]:
    """Pictures of -1 to 1 as levels. The scale is fixed: that of a whole video would flicker."""
    levels = pictures.permute(0, 2, 3, 1).add(1).mul_(WHITE / 2).nan_to_num_().round_()
    return levels.clamp_(0, WHITE).to(torch.uint8).contiguous()


def sent(x: Tensor, device: torch.device) -> Tensor:
    """A tensor on a device. A graphics card copies pinned memory while it computes."""
    return x.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else x.to(device)


def fetched(x: Tensor) -> np.ndarray:
    """A tensor's numbers on this side, when they have come."""
    if x.device.type != "cuda":
        return x.cpu().numpy()
    here = torch.empty(x.shape, dtype=x.dtype, pin_memory=True)
    here.copy_(x, non_blocking=True)
    torch.cuda.current_stream(x.device).synchronize()
    return here.numpy()
