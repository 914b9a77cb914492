"""The motion auto-encoder as a whole."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from avatar.autoencoder.config import AutoencoderConfig
from avatar.autoencoder.decoder import Decoded, Decoder
from avatar.autoencoder.encoder import Encoder
from avatar.autoencoder.layers import Maps

OFFSET = 1e-8
"""Is added to the directions before they are made orthonormal."""


class MotionAutoencoder(nn.Module):
    """A picture is an identity latent plus a motion on an orthonormal basis: z = z_S + m."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    @property
    def basis(self) -> Float[Tensor, "latent directions"]:
        """The motion basis. Its signs are LAPACK's, wherever the weights are: others fit none."""
        directions = self.decoder.directions
        return torch.linalg.qr((directions + OFFSET).cpu())[0].to(directions.device)

    def encode_identity(
        self, picture: Float[Tensor, "batch 3 size size"]
    ) -> tuple[Float[Tensor, "batch latent"], list[Maps]]:
        """The identity latent of pictures in [-1, 1], and the maps that a decoder warps."""
        return self.encoder(picture)

    def motion_of(self, latent: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch latent"]:
        """The motion that a latent shows."""
        return self.encoder.along_directions(latent) @ self.basis.T

    def encode_motion(
        self, picture: Float[Tensor, "batch 3 size size"]
    ) -> Float[Tensor, "batch latent"]:
        """The motion that pictures show."""
        return self.motion_of(self.encoder(picture)[0])

    def decode(
        self,
        identity: Float[Tensor, "1 latent"],
        motion: Float[Tensor, "batch latent"],
        features: list[Maps],
    ) -> Decoded:
        """Pictures of one person in these motions."""
        return self.decoder(identity + motion, features)
