"""Where the official generator ends in every block of many conversations: what a student learns."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from avatar.nn.forcing import LOOK_AHEAD
from avatar.nn.forcing_sampler import Commit, ForcingSampler, ForcingState, Plan, Request
from avatar.nn.forcing_stream import Heard
from avatar.official.generator import SPAN
from avatar.training.forcing_scenes import Scenes


@dataclass(frozen=True, eq=False, slots=True)
class ForcingLessons:
    """Conversations on the CPU. The first clip of each shows the face at rest.

    `shown` is what history holds, `noise` and `ends` where the teacher began and ended in each
    block after that history; they are zero in the first clip.
    """

    scenes: Scenes
    shown: Float[Tensor, "scenes frames latent"]
    noise: Float[Tensor, "scenes frames latent"]
    ends: Float[Tensor, "scenes frames latent"]

    def part(self, rows: Tensor, frames: slice, device: torch.device) -> "ForcingLessons":
        """Some scenes from one frame to another."""
        heard = self.scenes.heard
        own, user, motion = (
            x[rows, frames].to(device) for x in (heard.own, heard.user, heard.motion)
        )
        scenes = Scenes(Heard(own, user, motion), self.scenes.reference[rows].to(device))
        rest = (x[rows, frames].to(device) for x in (self.shown, self.noise, self.ends))
        return ForcingLessons(scenes, *rest)

    @classmethod
    def joined(cls, parts: "list[ForcingLessons]") -> "ForcingLessons":
        """All scenes of several."""
        heard = [part.scenes.heard for part in parts]
        scenes = Scenes(
            Heard(
                *(torch.cat([getattr(one, n) for one in heard]) for n in ("own", "user", "motion"))
            ),
            torch.cat([part.scenes.reference for part in parts]),
        )
        columns = ((part.shown, part.noise, part.ends) for part in parts)
        return cls(scenes, *(torch.cat(column) for column in zip(*columns, strict=True)))


def span_of(block: int) -> int:
    """Frames that conditions of a block attend to, up to its end, as they do live."""
    return max(SPAN, block + LOOK_AHEAD)


def lessons(
    teacher: ForcingSampler, student: ForcingSampler | None, scenes: Scenes, seed: int
) -> ForcingLessons:
    """Stream all scenes to their ends in whole blocks; history is the student's if there is one.

    Raises ValueError when scenes are not longer than a clip, or two samplers have other blocks.
    """
    block, clip = teacher.block, teacher.config.clip
    if student is not None and student.block != block:
        raise ValueError(f"blocks of {block} frames are taught, the student's have {student.block}")
    frames = scenes.heard.own.shape[1]
    frames -= (frames - clip) % block
    if frames <= clip:
        raise ValueError(f"scenes of more than {clip} frames are needed, not {frames}")
    chance = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(scenes.reference), frames, teacher.config.latent, generator=chance)
    noise[:, :clip] = 0
    watched = _Stream(teacher, scenes)
    acting = watched if student is None else _Stream(student, scenes)
    shown = [scenes.reference[:, None].expand(-1, clip, -1)]
    ends = [torch.zeros_like(shown[0])]
    for begin in range(clip, frames, block):
        drawn = noise[:, begin : begin + block]
        plans = watched.planned(drawn, begin)
        acted = plans if acting is watched else acting.planned(drawn, begin)
        shown.append(torch.stack([plan.latents for plan in acted]).cpu())
        ends.append(torch.stack([plan.latents for plan in plans]).cpu())
        watched.remember(plans, acted)
        if acting is not watched:
            acting.remember(acted, acted)
    heard = scenes.heard.span(0, frames)
    return ForcingLessons(
        Scenes(heard, scenes.reference), torch.cat(shown, 1), noise, torch.cat(ends, 1)
    )


class _Stream:
    """Conversations of one sampler, side by side."""

    def __init__(self, sampler: ForcingSampler, scenes: Scenes) -> None:
        self._sampler = sampler
        device = sampler.device
        self._heard = Heard(
            *(x.to(device) for x in (scenes.heard.own, scenes.heard.user, scenes.heard.motion))
        )
        self._reference = scenes.reference.to(device)
        rest = _rows(self._heard.span(0, sampler.config.clip))
        self._states: list[ForcingState] = [
            sampler.primed(one, reference)
            for one, reference in zip(rest, self._reference, strict=True)
        ]

    def planned(self, noise: Float[Tensor, "scenes block latent"], begin: int) -> list[Plan]:
        """The block of each from its noise."""
        end = begin + noise.shape[1]
        heard = _rows(self._heard.span(end - span_of(noise.shape[1]), end))
        parts = zip(noise.to(self._reference.device), heard, self._reference, strict=True)
        return self._sampler.plans(
            [Request(*part, state) for part, state in zip(parts, self._states, strict=True)]
        )

    def remember(self, plans: list[Plan], shown: list[Plan]) -> None:
        """Go on after the latents that were shown."""
        self._states = self._sampler.commits(
            [
                Commit(replace(plan, latents=one.latents), len(one.latents), reference, state)
                for plan, one, reference, state in zip(
                    plans, shown, self._reference, self._states, strict=True
                )
            ]
        )


def _rows(heard: Heard) -> list[Heard]:
    columns = (heard.own.split(1), heard.user.split(1), heard.motion.split(1))
    return [Heard(*row) for row in zip(*columns, strict=True)]
