"""The motion codec in torch, for many conversations at once."""

import torch
from jaxtyping import Float
from torch import Tensor

from avatar.generator.motion_codec import LEAK, PULL, MotionCodec

Motion = Float[Tensor, "batch frames dim"]
Tokens = Float[Tensor, "batch frames token"]


class TokenCodec:
    """Does what `MotionCodec` does, about the space's own rest."""

    def __init__(self, codec: MotionCodec, device: torch.device) -> None:
        space = codec.space
        low, high = codec.bounds(space.rest)
        self.rest, self._mean, self._scale, self._low, self._high = (
            torch.from_numpy(values).to(device)
            for values in (space.rest, codec.mean, codec.scale, low, high)
        )
        self._moving = torch.from_numpy(codec.moving).to(device)
        self._change_scale = torch.from_numpy(codec.change_scale).to(device)
        self._faded = torch.from_numpy(codec.faded).to(device)
        self._kept = torch.from_numpy(codec.kept).to(device)

    def decode(self, tokens: Tokens, before: Float[Tensor, "batch dim"]) -> Motion:
        """Motions of tokens that follow the motions `before`."""
        dim = len(self.rest)
        levels = self._faded * tokens[..., :dim] * self._scale + self._mean + self.rest
        changes = tokens[..., dim:] * self._change_scale * self._kept
        usual = (self._mean + self.rest)[self._moving]
        motions, last = list[Tensor](), before
        for level, change in zip(levels.unbind(1), changes.unbind(1), strict=True):
            followed = (1 - PULL) * (last[:, self._moving] + change)
            followed = followed + PULL * level[:, self._moving]
            followed = usual + (1 - LEAK) * (followed - usual)
            motion = level.index_copy(1, self._moving, followed)
            last = motion.clamp(self._low, self._high)
            motions.append(last)
        return torch.stack(motions, dim=1)

    def encode(self, motions: Motion, before: Float[Tensor, "batch dim"]) -> Tokens:
        """Tokens of motions that follow the motions `before`."""
        levels = (motions - self.rest - self._mean) / self._scale
        lagged = torch.cat([before[:, None], motions[:, :-1]], dim=1)
        changes = (motions - lagged)[..., self._moving] / self._change_scale
        return torch.cat([levels, changes], dim=-1)
