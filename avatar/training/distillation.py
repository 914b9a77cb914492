"""One step instead of many (Social Telepresence, section 4; there for talking only).

The student starts as a copy of the teacher. From the same noise, after the same history, it learns
to land in one step where the teacher ends after many, guidance included. In the first round the
history is the teacher's own; later ones take the student's, for that is what it will meet.
"""

from copy import deepcopy
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from avatar.clock import FPS
from avatar.generator.visibility import block_starts
from avatar.nn.motion_network import MotionNetwork, Senses
from avatar.training.batches import Corpus
from avatar.training.diffusion_forcing import drop_conditions
from avatar.training.loop import Losses, StepChance
from avatar.training.recipes import Recipe
from avatar.training.rollout import Guidance, Rollout

ROLLED_AT_ONCE = 60
SOLVED_AT_ONCE = 12
CHANGE_WEIGHT = 0.5
SETTLED = 25
"""First frames of a window that do not count: they lack the past that the teacher had."""
HISTORY_NOISE = 0.06
"""Most noise that is mixed into history, so that the student forgives its own faults."""


class Lessons(NamedTuple):
    """Histories, the noise of every block, and where the teacher ends."""

    senses: Senses
    intents: Float[Tensor, "batch ticks kinds"]
    history: Float[Tensor, "batch ticks token"]
    noise: Float[Tensor, "batch ticks token"]
    target: Float[Tensor, "batch ticks token"]


class Teacher:
    """A network that takes many steps, with guidance."""

    def __init__(self, network: MotionNetwork, recipe: Recipe, corpus: Corpus) -> None:
        self.network = network
        self._recipe, self._corpus = recipe, corpus
        plan = recipe.distillation
        self._guidance = Guidance(plan.own_guidance, plan.user_guidance)

    def lessons(self, student: MotionNetwork | None, *, seed: int) -> Lessons:
        """Rollouts of the teacher, or of the student with the teacher's answers to them.

        Senses are missing as often as in diffusion forcing.
        """
        plan = self._recipe.distillation
        chance = np.random.default_rng([seed, 11])
        noise = torch.Generator().manual_seed(seed)
        ticks = round(plan.rollout_s * FPS) // self._recipe.block * self._recipe.block
        rollouts = plan.rollouts if student is None else plan.later_rollouts
        parts: list[Lessons] = []
        for first in range(0, rollouts, ROLLED_AT_ONCE):
            count = min(ROLLED_AT_ONCE, rollouts - first)
            drawn = self._corpus.draw(chance, count, ticks, 0.5).senses
            senses = drop_conditions(drawn, self._recipe.forcing, noise)
            parts.append(self._lesson(senses, student, seed + first))
        senses = Senses.joined([part.senses for part in parts])
        rest = (torch.cat(column) for column in zip(*(part[1:] for part in parts), strict=True))
        return Lessons(senses, *rest)

    def _lesson(self, senses: Senses, student: MotionNetwork | None, seed: int) -> Lessons:
        rollout = Rollout(
            student or self.network,
            self._corpus.codec,
            block=self._recipe.block,
            steps=1 if student else self._recipe.distillation.solver_steps,
            guidance=Guidance() if student else self._guidance,
        )
        rolled = rollout.run(senses, seed)
        ends = rolled.ends
        if student is not None:
            ends = self.answers(senses, rolled.intents, rolled.history, rolled.noise)
        return Lessons(senses, rolled.intents, rolled.history, rolled.noise, ends)

    @torch.no_grad()
    def answers(self, senses: Senses, intents: Tensor, history: Tensor, noise: Tensor) -> Tensor:
        """Where the teacher ends in every block, each after the given history."""
        ends: list[Tensor] = []
        device = next(self.network.parameters()).device
        block, context = self._recipe.block, self.network.config.visibility.context
        piece = -(-2 * context // block) * block
        for first in range(0, len(history), SOLVED_AT_ONCE):
            rows = slice(first, first + SOLVED_AT_ONCE)
            pieces: list[Tensor] = []
            for begin in range(0, history.shape[1], piece):
                early = max(0, begin - piece)
                span = slice(early, begin + piece)
                cut = senses.part(rows, span).on(device)
                given = (part[rows, span].to(device) for part in (intents, history, noise))
                pieces.append(self._solve(cut, *given)[:, begin - early :].cpu())
            ends.append(torch.cat(pieces, 1))
        return torch.cat(ends)

    def _solve(self, senses: Senses, intents: Tensor, history: Tensor, noise: Tensor) -> Tensor:
        starts = block_starts(history.shape[1], self._recipe.block)
        weights, perceived = self._guidance.branches(senses)
        conditions = [
            self.network.understand(part, intents, starts).condition for part in perceived
        ]
        x, steps = noise, torch.linspace(1, 0, self._recipe.distillation.solver_steps + 1).tolist()
        for level, lower in pairwise(steps):
            levels = torch.full(x.shape[:2], level, device=x.device)
            clean = torch.zeros_like(x)
            for condition, weight in zip(conditions, weights, strict=True):
                said = self.network.denoise_after(
                    history, x, levels, condition, starts, self._recipe.block
                )
                clean = clean + weight * said
            x = clean + lower / level * (x - clean)
        return x


class DistillationStage(nn.Module):
    """The student's transformer, and the losses of a step. The rest stays the teacher's."""

    def __init__(self, student: MotionNetwork, lessons: Lessons, recipe: Recipe) -> None:
        super().__init__()
        self.student = student
        self.student.requires_grad_(requires_grad=False)
        self.student.transformer.requires_grad_(requires_grad=True)
        self._lessons, self._recipe = lessons, recipe

    def losses(self, chance: StepChance) -> Losses:
        """Squared distance to the teacher's end, and that of the changes."""
        lesson, block = self._window(chance.numbers), int(chance.numbers.choice(self._blocks()))
        starts = block_starts(lesson.noise.shape[1], block, int(chance.numbers.integers(block)))
        blur = HISTORY_NOISE * torch.rand(len(lesson.noise), 1, 1, generator=chance.noise)
        faults = torch.randn(lesson.history.shape, generator=chance.noise)
        history = lesson.history + (blur * faults).to(lesson.history.device)
        level = torch.ones_like(lesson.noise[..., 0])
        with torch.autocast(lesson.noise.device.type, torch.bfloat16):
            with torch.no_grad():
                known = self.student.understand(lesson.senses, lesson.intents, starts)
            said = self.student.denoise_after(
                history, lesson.noise, level, known.condition, starts, block
            )
        error = (said.float() - lesson.target)[:, min(SETTLED, said.shape[1] // 2) :]
        end, change = (error**2).mean(), (error.diff(dim=1) ** 2).mean()
        return {"loss": end + CHANGE_WEIGHT * change, "end": end}

    def _blocks(self) -> tuple[int, ...]:
        """The block of the lessons as often as all others together."""
        others = tuple(size for size in self._recipe.forcing.blocks if size != self._recipe.block)
        return others + (self._recipe.block,) * max(1, len(others))

    def _window(self, chance: np.random.Generator) -> Lessons:
        plan, lessons = self._recipe.distillation.optimiser, self._lessons
        window = min(plan.window, lessons.noise.shape[1])
        which = torch.from_numpy(chance.integers(len(lessons.noise), size=plan.batch))
        begin = int(chance.integers(lessons.noise.shape[1] - window + 1))
        span = slice(begin, begin + window)
        device = next(self.student.parameters()).device
        return Lessons(
            lessons.senses.part(which, span).on(device),
            *(part[which, span].to(device) for part in lessons[1:]),
        )


def student_of(teacher: MotionNetwork) -> MotionNetwork:
    """A copy that may learn on its own."""
    return deepcopy(teacher)
