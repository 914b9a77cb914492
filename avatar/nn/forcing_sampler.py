"""Motion latents block by block (Avatar Forcing, section 3.4), for several conversations at once.

The numbers are those of the released sampler. What depends on time alone is computed once for a
model, what depends on conditions once for a block; the evaluation that changes nothing is left out.
Keys are kept without their turn: places start anew with every block, so a stream has no end, and
conversations of any age go through the network together.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from avatar.nn import forcing_pass as layers
from avatar.nn.forcing import LOOK_AHEAD, Frames, Turns, seen, turned, turns_of
from avatar.nn.forcing_graph import Captured, Function
from avatar.nn.forcing_pass import Kept, Known, Levels, Mask
from avatar.nn.forcing_stream import ForcingModel, Guidance, Heard, Latents, noise_level


@dataclass(frozen=True, slots=True)
class ForcingState:
    """One conversation's cache, and its last frames; empty before the first block."""

    own: Kept
    heard: Kept
    context: Float[Tensor, "context latent"]

    @property
    def bytes(self) -> int:
        """Of all it holds."""
        return sum(x.untyped_storage().nbytes() for x in (self.own, self.heard, self.context))


@dataclass(frozen=True, slots=True)
class Request:
    """A block to be made: as many frames as there is noise for.

    `heard` (of one row) ends with the block and may begin before it: conditions attend to all of
    it.
    """

    noise: Float[Tensor, "frames latent"]
    heard: Heard
    reference: Float[Tensor, " latent"]
    state: ForcingState


@dataclass(frozen=True, slots=True)
class Plan:
    """A block that was made: its latents, and the keys and values of what it heard."""

    latents: Float[Tensor, "frames latent"]
    told: Kept


@dataclass(frozen=True, slots=True)
class Commit:
    """A block to be remembered, as far as it was shown. Its latents may have been corrected."""

    plan: Plan
    shown: int
    reference: Float[Tensor, " latent"]
    state: ForcingState


class Opened(NamedTuple):
    """Blocks before they are denoised, behind their contexts."""

    latents: Latents
    reference: Float[Tensor, "batch latent"]
    condition: Frames
    own: Kept
    heard: Kept


class ForcingSampler:
    """Makes blocks and remembers them. Immutable: conversations are in their states.

    `block` is how many frames are made at a time, which says how many the cache holds; the
    transformer's weights are copied when `dtype` is not theirs. `graphs` replays CUDA graphs where
    there is CUDA.
    """

    def __init__(
        self,
        model: ForcingModel,
        guidance: Guidance | None = None,
        *,
        block: int | None = None,
        dtype: torch.dtype = torch.float32,
        graphs: bool = False,
    ) -> None:
        """Raises ValueError for a block that leaves no frame to remember."""
        self.config = model.config
        self.block = model.config.block if block is None else block
        self.kept = model.config.clip - self.block - LOOK_AHEAD
        if self.block < 1 or self.kept < LOOK_AHEAD:
            raise ValueError(
                f"a block of 1 to {model.config.clip - 2 * LOOK_AHEAD} frames is possible, "
                f"not {self.block}"
            )
        self._conditions, self._transformer = model.conditions, model.transformer
        self._guidance = Guidance() if guidance is None else guidance
        self._rows = self._guidance.rows
        self.device = next(model.transformer.parameters()).device
        times = self._guidance.times
        noise = [noise_level(float(time)) for time in times]
        self._sizes = [after - before for before, after in pairwise(noise)]
        with torch.inference_mode():
            self._levels: Levels = layers.levels(model.transformer, times.to(self.device))
        self.dtype = dtype
        if next(model.transformer.parameters()).dtype != dtype:
            self._transformer = deepcopy(model.transformer).to(dtype)
        self._level = cache(self._level_of)
        self._turns = cache(self._turns_of)
        self._seen = cache(self._seen_of)
        self._planned = Captured(self._denoised) if graphs else self._denoised
        self._committed = Captured(self._remembered) if graphs else self._remembered

    def empty(self) -> ForcingState:
        """The state before the first block, which may be as long as a clip."""
        config = self.config
        shape = (2, config.depth, self._rows, config.heads, 0, config.width // config.heads)
        nothing = torch.zeros(shape, dtype=self.dtype, device=self.device)
        return ForcingState(nothing, nothing, torch.zeros(0, config.latent, device=self.device))

    @torch.inference_mode()
    def primed(self, heard: Heard, reference: Float[Tensor, " latent"]) -> ForcingState:
        """The state after a clip in which the face rested; `heard` is of all its frames."""
        rested = reference.expand(self.config.clip, -1)
        opened = self.opened([Request(rested, heard, reference, self.empty())])
        plan = Plan(rested, layers.told(self._transformer, opened.condition))
        commit = Commit(plan, len(rested), reference, self.empty())
        return self._states([commit], self._remembered)[0]

    @torch.inference_mode()
    def plans(self, requests: Sequence[Request]) -> list[Plan]:
        """A block for each; all of one length, all at their first block or none."""
        opened = self.opened(requests)
        latents, told = self._planned(*opened)
        rows = told.split(self._rows, dim=2)
        frames = requests[0].noise.shape[0]
        return [
            Plan(made, row.clone()) for made, row in zip(latents[:, -frames:], rows, strict=True)
        ]

    @torch.inference_mode()
    def opened(self, requests: Sequence[Request]) -> Opened:
        """What the network is given."""
        heard = Heard(*(torch.cat(parts) for parts in zip(*map(_rows, requests), strict=True)))
        rows = self._guidance.heard(heard)
        latents = torch.stack([torch.cat([one.state.context, one.noise]) for one in requests])
        condition = self._conditions(rows.own, rows.user, rows.motion)[:, -latents.shape[1] :]
        return Opened(
            latents,
            torch.stack([one.reference for one in requests]),
            condition,
            torch.cat([one.state.own for one in requests], dim=2),
            torch.cat([one.state.heard for one in requests], dim=2),
        )

    @torch.inference_mode()
    def steps(self, opened: Opened, told: Kept | None = None) -> Iterator[tuple[Latents, Latents]]:
        """The velocities of all branches and the latents after each step."""
        latents, reference, condition, own, heard = opened
        told = layers.told(self._transformer, condition) if told is None else told
        frames, before = latents.shape[1], own.shape[4]
        context = LOOK_AHEAD if before else 0
        near = torch.cat([heard, told], dim=4)
        masks = self._seen(frames, before), self._seen(frames, near.shape[4] - frames, near=True)
        known = self._known(own, near, frames, masks)
        for step, size in enumerate(self._sizes):
            level = self._level(step, frames, context)
            found = layers.velocities(
                self._transformer, _beside(latents, reference, self._rows), level, known
            )
            moved = latents + size * self._guidance.mixed(found.unflatten(0, (-1, self._rows)))
            latents = torch.cat([latents[:, :context], moved[:, context:]], dim=1)
            yield found, latents

    @torch.inference_mode()
    def commits(self, commits: Sequence[Commit]) -> list[ForcingState]:
        """The state after each, without the last frames, which have not seen what follows them.

        Blocks are of one length; they may be shown to different lengths.
        """
        return self._states(commits, self._committed)

    def _states(self, commits: Sequence[Commit], remember: Function) -> list[ForcingState]:
        tokens = torch.stack([torch.cat([one.state.context, one.plan.latents]) for one in commits])
        shown = [len(one.state.context) + one.shown for one in commits]
        (new,) = remember(
            tokens,
            torch.stack([one.reference for one in commits]),
            torch.cat([one.state.own for one in commits], dim=2),
            torch.cat([torch.cat([one.state.heard, one.plan.told], dim=4) for one in commits], 2),
            torch.tensor(shown, device=self.device).repeat_interleave(self._rows),
        )
        return [
            ForcingState(
                _rolled(one.state.own, row, until, self.kept),
                _rolled(one.state.heard, one.plan.told, until, LOOK_AHEAD),
                made[:until][-LOOK_AHEAD:].clone(),
            )
            for one, row, made, until in zip(
                commits, new.split(self._rows, dim=2), tokens, shown, strict=True
            )
        ]

    def _denoised(
        self,
        latents: Latents,
        reference: Float[Tensor, "batch latent"],
        condition: Frames,
        own: Kept,
        heard: Kept,
    ) -> tuple[Latents, Kept]:
        told = layers.told(self._transformer, condition)
        opened = Opened(latents, reference, condition, own, heard)
        *_, (_, latents) = self.steps(opened, told)
        return latents, told

    def _remembered(
        self,
        latents: Latents,
        reference: Float[Tensor, "batch latent"],
        own: Kept,
        near: Kept,
        shown: Int[Tensor, " rows"],
    ) -> tuple[Kept]:
        """Keys and values of frames without noise, which see what was shown."""
        frames, before = latents.shape[1], own.shape[4]
        masks = (
            _until(shown, self._seen(frames, before)),
            _until(shown, self._seen(frames, near.shape[4] - frames, near=True)),
        )
        known = self._known(own, near, frames, masks)
        level = self._level(len(self._sizes), frames, 0)
        tokens = _beside(latents, reference, self._rows)
        return (layers.keys_and_values(self._transformer, tokens, level, known),)

    def _known(self, own: Kept, near: Kept, frames: int, masks: tuple[Mask, Mask]) -> Known:
        """Earlier keys turned by their places in this block, and room for those of its frames."""
        before = own.shape[4]
        known = own.new_empty((*own.shape[:4], before + frames, own.shape[5]))
        known[0, ..., :before, :] = turned(own[0], self._turns(0, before))
        known[1, ..., :before, :] = own[1]
        return Known(known, near, self._turns(before, frames), *masks)

    def _level_of(self, step: int, frames: int, context: int) -> Levels:
        """Of all frames at a step; those of the context are without noise."""
        steps = [len(self._sizes)] * context + [step] * (frames - context)
        return self._levels[:, steps].contiguous()

    def _turns_of(self, begin: int, frames: int) -> Turns:
        at = torch.arange(begin, begin + frames, device=self.device)
        return turns_of(at, self.config.width // self.config.heads)

    def _seen_of(self, frames: int, before: int, *, near: bool = False) -> Mask:
        return seen(frames, before, self.device, reach_back=LOOK_AHEAD if near else None)


def _rows(request: Request) -> tuple[Latents, Latents, Latents]:
    return request.heard.own, request.heard.user, request.heard.motion


def _beside(latents: Latents, reference: Float[Tensor, "batch latent"], rows: int) -> Frames:
    """Latents beside their references, in as many rows of each conversation."""
    beside = reference[:, None].expand_as(latents)
    return torch.cat([latents, beside], dim=-1).repeat_interleave(rows, dim=0)


def _until(shown: Int[Tensor, " rows"], mask: Mask) -> Mask:
    """A mask for each row: frames that were shown do not see those that were not."""
    frames, known = mask.shape
    at = torch.arange(known, device=mask.device) - (known - frames)
    end = shown[:, None, None, None]
    return mask & ((at < end) | (at[-frames:, None] >= end))


def _rolled(before: Kept, new: Kept, until: int, most: int) -> Kept:
    """The last of what is kept, without the last frames, which lack what they look ahead to."""
    kept = torch.cat([before, new[..., : until - LOOK_AHEAD, :]], dim=4)
    return kept[..., -most:, :].clone(memory_format=torch.contiguous_format)
