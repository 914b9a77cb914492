"""The whole motion network: senses, Dual Motion Encoder, intents, transformer."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.percepts import Percepts
from avatar.generator.traits import Traits
from avatar.generator.visibility import Positions, bias, block_ends
from avatar.nn.dfot import DiffusionForcingTransformer
from avatar.nn.dual_motion import DualMotionEncoder
from avatar.nn.rotary import rotation

RARE = -5.0
"""Logit of a beginning before anything is learned: about once in six seconds."""
COMMIT_LEVEL = 0.02
"""Noise level that a finished motion is said to have when it becomes history."""


class Senses(NamedTuple):
    """A batch of conversations as the avatar perceives them, tick by tick."""

    own: Float[Tensor, "batch ticks ahead spoken"]
    hearing: Float[Tensor, "batch ticks heard"]
    sight: Float[Tensor, "batch ticks sight"]
    control: Float[Tensor, "batch ticks controls"]
    traits: Float[Tensor, "batch traits"]

    def part(self, rows: slice | Int[Tensor, " rows"], span: slice) -> "Senses":
        """Some conversations, and a stretch of their time."""
        own, hearing, sight, control = (sense[rows, span] for sense in self[:4])
        return Senses(own, hearing, sight, control, self.traits[rows])

    @classmethod
    def of(cls, percepts: Percepts, traits: Traits) -> "Senses":
        """One conversation as a batch."""
        given = (percepts.own, percepts.hearing, percepts.sight, percepts.control, traits)
        return cls(*(torch.from_numpy(rows)[None] for rows in given))

    @classmethod
    def joined(cls, parts: "list[Senses]") -> "Senses":
        """Conversations of equal length together."""
        return cls(*(torch.cat(column) for column in zip(*parts, strict=True)))

    def on(self, device: torch.device) -> "Senses":
        """The same on a device."""
        return Senses(*(sense.to(device) for sense in self))


class Expected(NamedTuple):
    """Logits of acts that begin 1, 2, ... ticks later, and the strengths that they would have."""

    beginnings: Float[Tensor, "batch ticks expected kinds"]
    strengths: Float[Tensor, "batch ticks kinds"]


@dataclass(frozen=True, eq=False, slots=True)
class Understanding:
    """Conditions of all frames, and what is expected if the network has intents."""

    condition: Float[Tensor, "batch ticks width"]
    expected: Expected | None


class IntentNetwork(nn.Module):
    """Expects which act begins next, and tells the transformer which are under way.

    Logits are multiplied by `sharpness` and shifted by `offset`, which are 1 and 0 in training.
    """

    sharpness: Tensor
    offset: Tensor

    def __init__(self, config: MotionNetworkConfig) -> None:
        super().__init__()
        self.kinds = config.kinds
        self.condition = nn.Linear(config.kinds, config.width)
        self.inner = nn.Linear(config.width + config.kinds, config.width)
        self.outer = nn.Linear(config.width, config.kinds * (config.expected + 1))
        self.register_buffer("sharpness", torch.ones(config.kinds))
        self.register_buffer("offset", torch.zeros(config.kinds))
        with torch.no_grad():
            self.outer.bias[: config.kinds * config.expected] = RARE

    def forward(
        self,
        condition: Float[Tensor, "batch ticks width"],
        intents: Float[Tensor, "batch ticks kinds"],
    ) -> Expected:
        """Expectations from conditions and from what is under way."""
        said = self.outer(F.silu(self.inner(torch.cat([condition, intents], dim=-1))))
        table = rearrange(said, "b t (ahead kinds) -> b t ahead kinds", kinds=self.kinds)
        return Expected(table[:, :, :-1] * self.sharpness + self.offset, table[:, :, -1])


class MotionNetwork(nn.Module):
    """Generates motion tokens from noise, the past and what is perceived."""

    def __init__(self, config: MotionNetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = DualMotionEncoder(config)
        self.control = nn.Linear(config.controls + config.traits, config.width)
        self.intents = IntentNetwork(config) if config.kinds else None
        self.transformer = DiffusionForcingTransformer(config)
        nn.init.zeros_(self.control.weight)
        nn.init.zeros_(self.control.bias)

    def understand(
        self,
        senses: Senses,
        intents: Float[Tensor, "batch ticks kinds"],
        starts: Positions,
    ) -> Understanding:
        """Conditions and expectations of whole conversations; `starts` is each frame's block."""
        perceived = self.perceive(senses, starts)
        told = senses.control[:, torch.from_numpy(starts.clip(0)).to(perceived.device)]
        return self.complete(perceived, told, senses.traits, intents)

    def perceive(self, senses: Senses, starts: Positions) -> Float[Tensor, "batch ticks width"]:
        """What the Dual Motion Encoder makes of whole conversations."""
        begun = starts.clip(0)
        until = block_ends(starts) if self.config.hears_block else begun
        own = own_windows(senses.own, self.config.own_past, begun)
        return self.encoder(own, senses.hearing, senses.sight, until)

    def complete(
        self,
        perceived: Float[Tensor, "batch frames width"],
        told: Float[Tensor, "batch frames controls"],
        traits: Float[Tensor, "batch traits"],
        intents: Float[Tensor, "batch frames kinds"],
    ) -> Understanding:
        """Add to what is perceived what the avatar is told, who it is and what it is up to."""
        person = traits[:, None].expand(-1, told.shape[1], -1)
        condition = perceived + self.control(torch.cat([told, person], dim=-1))
        if self.intents is None:
            return Understanding(condition, None)
        return Understanding(
            condition=condition + self.intents.condition(intents),
            expected=self.intents(condition, intents),
        )

    def denoise(
        self,
        noisy: Float[Tensor, "batch ticks token"],
        level: Float[Tensor, "batch ticks"],
        condition: Float[Tensor, "batch ticks width"],
        starts: Positions,
        block: int,
    ) -> Float[Tensor, "batch ticks token"]:
        """Clean tokens (or velocities) of conversations whose blocks are at different levels."""
        frames = np.arange(noisy.shape[1])
        visible = self.config.visibility.pairs(frames, frames, starts, block)
        at = torch.from_numpy(frames).to(noisy.device)
        turned = rotation(at, self.config.width // self.config.heads)
        mask = torch.from_numpy(bias(visible)).to(noisy.device)
        asked = (condition, self._within_reach(frames, starts + block, noisy.device), turned)
        return self.transformer(noisy, level, condition, mask, (turned, turned), None, asked)[0]

    def _within_reach(
        self, frames: Positions, ends: Positions, device: torch.device
    ) -> Float[Tensor, "q k"]:
        """Conditions that a frame may ask for: near ones, and none behind the end of its block."""
        near = np.abs(frames[:, None] - frames[None]) <= self.config.condition_reach
        return torch.from_numpy(bias(near & (frames[None] < ends[:, None]))).to(device)

    def clean(
        self,
        said: Float[Tensor, "batch ticks token"],
        noisy: Float[Tensor, "batch ticks token"],
        level: Float[Tensor, "batch ticks"],
    ) -> Float[Tensor, "batch ticks token"]:
        """Clean tokens from what the transformer says, whatever it predicts."""
        return noisy - level[..., None] * said if self.config.predicts == "velocity" else said

    def denoise_after(
        self,
        clean: Float[Tensor, "batch ticks token"],
        noisy: Float[Tensor, "batch ticks token"],
        level: Float[Tensor, "batch ticks"],
        condition: Float[Tensor, "batch ticks width"],
        starts: Positions,
        block: int,
    ) -> Float[Tensor, "batch ticks token"]:
        """Clean tokens of every block, each as if all before it were `clean` and done.

        One pass over the clean conversation and the noisy one side by side gives what a stream
        computes block by block.
        """
        ticks = clean.shape[1]
        frames = np.arange(ticks)
        history = self.config.visibility.pairs(frames, frames, starts, block)
        before = frames[None] < starts[:, None]
        hidden = np.zeros_like(history)
        seen = np.block([[history, hidden], [history & before, history & ~before]])
        at = torch.from_numpy(frames).to(clean.device)
        turned = rotation(torch.cat([at, at]), self.config.width // self.config.heads)
        both = torch.cat([clean, noisy], dim=1)
        levels = torch.cat([torch.full_like(level, COMMIT_LEVEL), level], dim=1)
        twice = torch.cat([condition, condition], dim=1)
        mask = torch.from_numpy(bias(seen)).to(clean.device)
        reach = self._within_reach(frames, starts + block, clean.device).repeat(2, 1)
        asked = (condition, reach, rotation(at, self.config.width // self.config.heads))
        said = self.transformer(both, levels, twice, mask, (turned, turned), None, asked)[0]
        return self.clean(said[:, ticks:], noisy, level)


def own_windows(
    own: Float[Tensor, "batch ticks ahead spoken"], past: int, starts: Positions
) -> Float[Tensor, "batch ticks numbers"]:
    """The own voice around every tick, oldest first, as it is known when the tick's block begins.

    Beyond what was queued then, as far as the tick itself knows.
    """
    ticks, ahead = own.shape[1], own.shape[2]
    here = np.arange(ticks)[:, None]
    at = here + np.arange(-past, ahead)[None]
    lead = at - starts[:, None]
    source = np.where(lead < 0, at, np.where(lead < ahead, starts[:, None], here))
    row = np.where(lead < 0, 0, np.where(lead < ahead, lead, at - here))
    window = own[:, torch.from_numpy(source.clip(0)), torch.from_numpy(row)]
    known = torch.from_numpy(at >= 0).to(own.device)[None, :, :, None]
    return rearrange(window * known, "b t around spoken -> b t (around spoken)")
