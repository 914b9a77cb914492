"""The generator of the official Avatar Forcing checkpoints: conditions, and velocities of motion.

It differs from `dfot` in what its weights were trained with: attention over a whole window without
places in the Dual Motion Encoder, adaptive norms without a bias of each block, cross-attention to
near frames, and turns of interleaved pairs.
"""

from dataclasses import dataclass
from math import log

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

ENCODER_HEADS = 4
LEVEL_WAVES = 256
LOOK_AHEAD = 2
"""Frames ahead that self-attention sees; cross-attention sees as many to both sides."""
THETA = 10_000.0

Frames = Float[Tensor, "_ frames _"]
Heads = Float[Tensor, "_ heads _ width"]
KeyValue = tuple[Heads, Heads]
Turns = tuple[Float[Tensor, "frames half"], Float[Tensor, "frames half"]]
"""Cosines and sines of the angles that frames are turned by."""


@dataclass(frozen=True, slots=True)
class ForcingConfig:
    """Sizes: motion and audio latents, the transformer, a clip of the start, and its blocks."""

    latent: int = 512
    width: int = 1024
    heads: int = 8
    depth: int = 8
    expansion: float = 4.0
    features: int = 9216
    clip: int = 50
    block: int = 10


class Conditions(nn.Module):
    """The Dual Motion Encoder (section 3.2): each window is attended to as a whole."""

    def __init__(self, config: ForcingConfig) -> None:
        super().__init__()
        dim = config.latent
        self.motion = nn.Sequential(
            nn.Linear(dim, dim), nn.LayerNorm(dim), nn.SiLU(),
            nn.Linear(dim, dim), nn.LayerNorm(dim), nn.SiLU(),
        )  # fmt: skip
        self.user_attention = nn.MultiheadAttention(dim, ENCODER_HEADS, batch_first=True)
        self.user_norm = nn.LayerNorm(dim)
        self.reaction_attention = nn.MultiheadAttention(dim, ENCODER_HEADS, batch_first=True)
        self.reaction_norm = nn.LayerNorm(dim)
        self.out = nn.Linear(dim, config.width)

    def forward(
        self,
        avatar_audio: Float[Tensor, "batch frames latent"],
        user_audio: Float[Tensor, "batch frames latent"],
        user_motion: Float[Tensor, "batch frames latent"],
    ) -> Float[Tensor, "batch frames width"]:
        """One condition a frame."""
        seen = self.motion(user_motion)
        heard = self.user_attention(seen, user_audio, user_audio, need_weights=False)[0]
        user = F.silu(self.user_norm(seen + heard))
        answer = self.reaction_attention(avatar_audio, user, user, need_weights=False)[0]
        return self.out(F.silu(self.reaction_norm(avatar_audio + answer)))


class Block(nn.Module):
    """Modulated self-attention, plain cross-attention, a modulated feed-forward layer."""

    def __init__(self, config: ForcingConfig) -> None:
        super().__init__()
        dim = config.width
        self.heads = config.heads
        self.norm = nn.LayerNorm(dim, eps=1e-6, elementwise_affine=False)
        self.query_key_value = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.ask = nn.Linear(dim, dim)
        self.answer = nn.Linear(dim, 2 * dim)
        self.cross_out = nn.Linear(dim, dim)
        self.widen = nn.Linear(dim, round(config.expansion * dim))
        self.narrow = nn.Linear(round(config.expansion * dim), dim)

    def forward(self, x: Frames, given: "Given", past: "Past | None") -> tuple[Frames, "Past"]:
        """The next layer's frames, and this layer's own keys and values."""
        shift, scale, gate, *wide = given.modulation
        queries, keys, values = self.told_of_motion(x, 1 + scale, shift)
        queries, keys = turned(queries, given.turns), turned(keys, given.turns)
        own = (keys, values)
        attended = _attended(queries, own, None if past is None else past.own, given.near_past)
        x = x + gate * self.out(attended)
        heard = self.told_of_conditions(given.condition)
        asked = self.asked(x)
        answered = _attended(asked, heard, None if past is None else past.heard, given.near)
        x = x + self.cross_out(answered)
        shift_wide, scale_wide, gate_wide = wide
        return x + gate_wide * self.widened(x, 1 + scale_wide, shift_wide), Past(own, heard)

    def told_of_motion(
        self,
        x: Frames,
        scale: Float[Tensor, "*_ frames dim"],
        shift: Float[Tensor, "*_ frames dim"],
    ) -> tuple[Heads, Heads, Heads]:
        """Queries, keys and values of self-attention, not turned yet."""
        y = self._given(self.norm(x) * scale + shift)
        queries, keys, values = self.query_key_value(y).chunk(3, -1)
        return self._split(queries), self._split(keys), self._split(values)

    def told_of_conditions(self, condition: Frames) -> tuple[Heads, Heads]:
        """Keys and values of cross-attention."""
        keys, values = self.answer(self._given(condition)).chunk(2, -1)
        return self._split(keys), self._split(values)

    def asked(self, x: Frames) -> Heads:
        """Queries of cross-attention."""
        return self._split(self.ask(self._given(self.norm(x))))

    def widened(
        self,
        x: Frames,
        scale: Float[Tensor, "*_ frames dim"],
        shift: Float[Tensor, "*_ frames dim"],
    ) -> Frames:
        """The feed-forward layer."""
        y = self._given(self.norm(x) * scale + shift)
        return self.narrow(F.gelu(self.widen(y), approximate="tanh"))

    def _given(self, x: Frames) -> Frames:
        return x.to(self.out.weight.dtype)

    def _split(self, x: Frames) -> Heads:
        return rearrange(x, "b f (h w) -> b h f w", h=self.heads)


@dataclass(frozen=True, slots=True)
class Past:
    """Keys and values of a layer: of motion, already turned, and of conditions."""

    own: KeyValue
    heard: KeyValue


@dataclass(frozen=True, slots=True)
class Given:
    """What all layers are given: `near_past` and `near` are masks of self- and cross-attention."""

    modulation: tuple[Frames, ...]
    condition: Float[Tensor, "_ told _"]
    turns: Turns
    near_past: Bool[Tensor, "frames known"]
    near: Bool[Tensor, "frames heard"]


class ForcingTransformer(nn.Module):
    """Velocities of motion latents at the noise level of each frame (section 3.3)."""

    def __init__(self, config: ForcingConfig) -> None:
        super().__init__()
        dim = config.width
        self.heads = config.heads
        self.token = nn.Linear(2 * config.latent, dim)
        self.level = nn.Sequential(nn.Linear(LEVEL_WAVES, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.modulation = nn.Linear(dim, 6 * dim)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6, elementwise_affine=False)
        self.last_modulation = nn.Linear(dim, 2 * dim)
        self.out = nn.Linear(dim, config.latent)

    def forward(
        self,
        noisy: Float[Tensor, "batch frames latent"],
        time: Float[Tensor, "batch frames"],
        condition: Frames,
        reference: Float[Tensor, "batch latent"],
        begin: int = 0,
        past: "tuple[Past, ...] | None" = None,
    ) -> tuple[Float[Tensor, "batch frames latent"], tuple[Past, ...]]:
        """Velocities at times of 0 to 1000, and each layer's keys and values.

        `begin` is the place of the first frame; `past` ends right before it.
        """
        frames = noisy.shape[1]
        at = torch.arange(begin, begin + frames, device=noisy.device)
        beside = reference[:, None].expand(-1, frames, -1)
        x = self.token(torch.cat([noisy, beside], dim=-1))
        active = F.silu(self.level(level_waves(time)))
        given = Given(
            modulation=self.modulation(active).chunk(6, dim=-1),
            condition=condition,
            turns=turns_of(at, self.token.out_features // self.heads),
            near_past=seen(frames, _kept(past, of="own"), noisy.device),
            near=seen(frames, _kept(past, of="heard"), noisy.device, reach_back=LOOK_AHEAD),
        )
        made: list[Past] = []
        for index, block in enumerate(self.blocks):
            x, kept = block(x, given, None if past is None else past[index])
            made.append(kept)
        shift, scale = self.last_modulation(active).chunk(2, dim=-1)
        return self.out(self.norm(x) * (1 + scale) + shift), tuple(made)


def level_waves(time: Float[Tensor, "batch frames"]) -> Float[Tensor, "batch frames waves"]:
    """Cosines, then sines, of times from 0 to 1000."""
    half = LEVEL_WAVES // 2
    rates = torch.exp(-log(THETA) * torch.arange(half, device=time.device) / half)
    angles = time[..., None] * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def turns_of(at: Int[Tensor, " frames"], width: int) -> Turns:
    """What turns frames at these places, for heads of a width."""
    half = width // 2
    rates = THETA ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = at.cpu().double()[:, None] * rates
    return angles.cos().float().to(at.device), angles.sin().float().to(at.device)


def turned(
    x: Float[Tensor, "*batch frames width"], turns: Turns
) -> Float[Tensor, "*batch frames width"]:
    """Turn neighbouring pairs of numbers by the angles of their frames' places."""
    cosine, sine = turns
    even, odd = x[..., ::2], x[..., 1::2]
    pairs = torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], dim=-1)
    return pairs.flatten(-2).to(x.dtype)


def _attended(
    queries: Tensor, own: KeyValue, past: KeyValue | None, mask: Bool[Tensor, "frames known"]
) -> Frames:
    keys, values = own
    if past is not None:
        keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
    mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    return rearrange(mixed, "b h f w -> b f (h w)")


def _kept(past: "tuple[Past, ...] | None", *, of: str) -> int:
    """Frames before the present ones whose keys are known."""
    if past is None:
        return 0
    keys, _ = past[0].own if of == "own" else past[0].heard
    return keys.shape[2]


def seen(
    frames: int, before: int, device: torch.device, *, reach_back: int | None = None
) -> Bool[Tensor, "frames known"]:
    """Which frames each may attend to: two ahead, and all before or as many back.

    `before` frames are known in front of the first.
    """
    known = torch.arange(-before, frames, device=device)
    ahead = known[None] - torch.arange(frames, device=device)[:, None]
    near = ahead <= LOOK_AHEAD
    return near if reach_back is None else near & (ahead >= -reach_back)
