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

from avatar.generator.visibility import block_starts
from avatar.nn.motion_network import MotionNetwork, Senses
from avatar.training.batches import Corpus
from avatar.training.loop import Losses, StepChance
from avatar.training.recipes import DistillationRecipe
from avatar.training.rollout import Guidance, Rollout

ROLLED_AT_ONCE = 60
SOLVED_AT_ONCE = 12
CHANGE_WEIGHT = 0.5
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

    def __init__(self, network: MotionNetwork, recipe: DistillationRecipe, block: int) -> None:
        self.network = network
        self._recipe, self._block = recipe, block
        self._guidance = Guidance(recipe.own_guidance, recipe.user_guidance)

    def lessons(self, corpus: Corpus, student: MotionNetwork | None, *, seed: int) -> Lessons:
        """Rollouts of the teacher, or of the student with the teacher's answers to them."""
        chance = np.random.default_rng([seed, 11])
        ticks = round(self._recipe.rollout_s * 25)
        parts: list[Lessons] = []
        rollouts = self._recipe.rollouts if student is None else self._recipe.later_rollouts
        for first in range(0, rollouts, ROLLED_AT_ONCE):
            count = min(ROLLED_AT_ONCE, rollouts - first)
            senses = corpus.draw(chance, count, ticks, 0.5).senses
            parts.append(self._lesson(senses, student, seed + first))
        senses = Senses.joined([part.senses for part in parts])
        rest = (torch.cat(column) for column in zip(*(part[1:] for part in parts), strict=True))
        return Lessons(senses, *rest)

    def _lesson(self, senses: Senses, student: MotionNetwork | None, seed: int) -> Lessons:
        if student is None:
            rolled = Rollout(
                self.network,
                block=self._block,
                steps=self._recipe.solver_steps,
                guidance=self._guidance,
            ).run(senses, seed)
            return Lessons(senses, rolled.intents, rolled.tokens, rolled.noise, rolled.tokens)
        rolled = Rollout(student, block=self._block, steps=1, guidance=Guidance()).run(senses, seed)
        target = self.answers(senses, rolled.intents, rolled.tokens, rolled.noise)
        return Lessons(senses, rolled.intents, rolled.tokens, rolled.noise, target)

    @torch.no_grad()
    def answers(self, senses: Senses, intents: Tensor, history: Tensor, noise: Tensor) -> Tensor:
        """Where the teacher ends in every block, each after the given history."""
        ends: list[Tensor] = []
        context = self.network.config.visibility.context
        for first in range(0, len(history), SOLVED_AT_ONCE):
            rows = slice(first, first + SOLVED_AT_ONCE)
            pieces: list[Tensor] = []
            for begin in range(0, history.shape[1], 2 * context):
                early = max(0, begin - 2 * context)
                span = slice(early, begin + 2 * context)
                cut = senses.part(rows, span)
                solved = self._solve(
                    cut, intents[rows, span], history[rows, span], noise[rows, span]
                )
                pieces.append(solved[:, begin - early :])
            ends.append(torch.cat(pieces, 1))
        return torch.cat(ends)

    def _solve(self, senses: Senses, intents: Tensor, history: Tensor, noise: Tensor) -> Tensor:
        starts = block_starts(history.shape[1], self._block)
        weights, perceived = self._guidance.branches(senses)
        conditions = [
            self.network.understand(part, intents, starts).condition for part in perceived
        ]
        x = noise
        for level, lower in pairwise(torch.linspace(1, 0, self._recipe.solver_steps + 1).tolist()):
            levels = torch.full(x.shape[:2], level, device=x.device)
            clean = torch.zeros_like(x)
            for condition, weight in zip(conditions, weights, strict=True):
                said = self.network.denoise_after(
                    history, x, levels, condition, starts, self._block
                )
                clean = clean + weight * said
            x = clean + lower / level * (x - clean)
        return x


class DistillationStage(nn.Module):
    """The student's transformer, and the losses of a step. The rest stays the teacher's."""

    def __init__(
        self, student: MotionNetwork, lessons: Lessons, recipe: DistillationRecipe, channels: int
    ) -> None:
        super().__init__()
        self.student = student
        self.student.requires_grad_(requires_grad=False)
        self.student.transformer.requires_grad_(requires_grad=True)
        self._lessons, self._recipe, self._channels = lessons, recipe, channels

    def losses(self, chance: StepChance) -> Losses:
        """Squared distance to the teacher's end, and that of the changes."""
        lesson, block = self._window(chance.numbers), int(chance.numbers.choice((1, 1, 2)))
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
        error = said.float() - lesson.target
        end, change = (error**2).mean(), (error.diff(dim=1) ** 2).mean()
        return {"loss": end + CHANGE_WEIGHT * change, "end": end}

    def _window(self, chance: np.random.Generator) -> Lessons:
        plan, lessons = self._recipe.optimiser, self._lessons
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
