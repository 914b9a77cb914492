"""The Dual Motion Encoder (Avatar Forcing, section 3.2): what the user does meets what the avatar
says.

The user's motion asks the user's sound (first attention), then the avatar's own voice asks the
result (second attention). Both look into causal windows, so that a stream sees what training saw;
the user is never ahead of the first frame of the block that is being made.
"""

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.visibility import Positions, bias
from avatar.nn.attention import CrossAttention
from avatar.nn.rotary import rotation


class SenseEncoder(nn.Module):
    """A window of ticks of one sense as one vector, normalised."""

    def __init__(self, numbers: int, window: int, dim: int) -> None:
        super().__init__()
        self.window = window
        self.inner = nn.Linear(numbers * window, 2 * dim)
        self.outer = nn.Linear(2 * dim, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, windows: Float[Tensor, "batch frames numbers"]) -> Float[Tensor, "b f dim"]:
        """`windows` holds the last ticks of a sense side by side, oldest first."""
        return self.norm(self.outer(F.silu(self.inner(windows))))


def windows(
    x: Float[Tensor, "batch frames numbers"], window: int
) -> Float[Tensor, "batch frames windowed"]:
    """The last `window` ticks at every tick, oldest first; zeros before the first."""
    padded = F.pad(x, (0, 0, window - 1, 0))
    return rearrange(padded.unfold(1, window, 1), "b f numbers w -> b f (w numbers)")


class DualMotionEncoder(nn.Module):
    """Conditions from the three senses."""

    def __init__(self, config: MotionNetworkConfig) -> None:
        super().__init__()
        dim, heads = config.encoder, config.encoder_heads
        self.config = config
        own = config.own_past + config.look_ahead + 1
        self.own = SenseEncoder(config.spoken, own, dim)
        self.hearing = SenseEncoder(config.heard, config.hearing_window, dim)
        self.sight = SenseEncoder(config.sight, config.sight_window, dim)
        self.user_attention = CrossAttention(dim, heads)
        self.user_norm = nn.LayerNorm(dim)
        self.reaction_attention = CrossAttention(dim, heads)
        self.reaction_norm = nn.LayerNorm(dim)
        self.out = nn.Linear(2 * dim, config.width)

    def perceive_user(
        self,
        sight: Float[Tensor, "batch new sight"],
        heard: Float[Tensor, "batch known dim"],
        mask: Float[Tensor, "new known"] | None,
        at: Int[Tensor, " new"],
        heard_at: Int[Tensor, " known"],
    ) -> Float[Tensor, "batch new dim"]:
        """What the user does at each new tick, from windows of the face and the encoded sound."""
        x = self.sight(sight)
        width = self.config.encoder // self.config.encoder_heads
        attended = self.user_attention(
            x, heard, mask, rotation(at, width), rotation(heard_at, width)
        )
        return self.user_norm(x + attended + heard[:, -x.shape[1] :])

    def condition(
        self,
        own: Float[Tensor, "batch frames own"],
        user: Float[Tensor, "batch known dim"],
        mask: Float[Tensor, "frames known"] | None,
        at: Int[Tensor, " frames"],
        user_at: Int[Tensor, " known"],
    ) -> Float[Tensor, "batch frames width"]:
        """The condition of every frame, from windows of the own voice and the perceived user."""
        x = self.own(own)
        width = self.config.encoder // self.config.encoder_heads
        attended = self.reaction_attention(
            x, user, mask, rotation(at, width), rotation(user_at, width)
        )
        return self.out(torch.cat([x, self.reaction_norm(x + attended)], dim=-1))

    def forward(
        self,
        own: Float[Tensor, "batch frames own"],
        hearing: Float[Tensor, "batch frames heard"],
        sight: Float[Tensor, "batch frames sight"],
        until: Positions,
    ) -> Float[Tensor, "batch frames width"]:
        """Conditions of a whole conversation; the user is known `until` a tick at each frame.

        `hearing` and `sight` are per tick, `own` is in windows already.
        """
        config, frames = self.config, np.arange(own.shape[1])
        at = torch.from_numpy(frames).to(own.device)
        heard = self.hearing(windows(hearing, config.hearing_window))
        near = recent(frames, frames, config.user_memory).to(own.device)
        faces = windows(sight, config.sight_window)
        user = self.perceive_user(faces, heard, near, at, at)
        past = recent(until, frames, config.reaction_memory).to(own.device)
        return self.condition(own, user, past, at, at)


def recent(queries: Positions, keys: Positions, memory: int) -> Float[Tensor, "q k"]:
    """A mask for what lies not ahead and at most `memory` ticks back, this one included."""
    distance = queries[:, None] - keys[None]
    return torch.from_numpy(bias((distance >= 0) & (distance < memory)))
