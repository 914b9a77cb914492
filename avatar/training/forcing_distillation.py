"""One evaluation instead of three times nine: a student of the official generator.

The student is the same network and starts as a copy. It hears both people at once, without
guidance; from the same noise, after the same history, it learns to land in one evaluation where
the teacher ends after all its steps with guidance. Rounds are as in `avatar.training.distillation`:
in the first the history is the teacher's, in later ones the student's own.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from avatar.checkpoints.package import OfficialNetworks
from avatar.clock import FPS
from avatar.nn.forcing_sampler import ForcingSampler
from avatar.nn.forcing_stream import ONE_STEP, ForcingModel, Guidance
from avatar.training.corpus import Made
from avatar.training.forcing_layout import landings
from avatar.training.forcing_lessons import ForcingLessons, lessons
from avatar.training.forcing_scenes import (
    NoiseScenes,
    RecordedScenes,
    Source,
    SpokenScenes,
    dropped,
)
from avatar.training.loop import Losses, Report, Stage, StepChance, train
from avatar.training.recipe_files import TrainingRecipe, find_recipe
from avatar.training.recipes import OptimiserRecipe
from avatar.training.run import Run, state_on_cpu

DONE = "student"


@dataclass(frozen=True, slots=True)
class StudentRecipe(TrainingRecipe):
    """How a student is taught: what its teacher does, for how long, and how losses count.

    It is taught in `blocks` of these lengths alike. The optimiser's `window` is in frames after the
    first clip. `change` weighs the change from frame to frame. `rollouts` are of each length,
    `together` of them are streamed at once. `conversations` are synthesised where there are no
    clips.
    """

    optimiser: OptimiserRecipe
    blocks: tuple[int, ...] = (5, 10, 2)
    evaluations: int = 10
    own: float = 2.0
    user: float = 1.0
    rounds: int = 3
    rollouts: int = 96
    later_rollouts: int = 48
    rollout_s: float = 20.0
    together: int = 8
    drop_own: float = 0.1
    drop_user: float = 0.2
    change: float = 0.5
    conversations: int = 48
    conversation_s: float = 60.0


STUDENT = StudentRecipe(
    "student",
    1,
    OptimiserRecipe(
        steps=4_000, batch=4, window=100, learning_rate=5e-5, weight_decay=0.0, average=0.999
    ),
)
"""For the official sizes and a GPU; its numbers were chosen, not tuned."""

TINY_STUDENT = StudentRecipe(
    "tiny",
    1,
    OptimiserRecipe(
        steps=60, batch=4, window=40, learning_rate=3e-3, warm_up=5, weight_decay=0.0, average=0.9
    ),
    evaluations=6,
    rounds=2,
    rollouts=4,
    later_rollouts=2,
    rollout_s=4.0,
    conversations=1,
    conversation_s=8.0,
)
"""Everything in seconds, for a network of a few thousand weights."""

RECIPES = {recipe.name: recipe for recipe in (STUDENT, TINY_STUDENT)}


def load_student_recipe(name_or_file: str) -> StudentRecipe:
    """A recipe by name or from a file. Raises DataError for what is neither."""
    return find_recipe(name_or_file, RECIPES, StudentRecipe)


class StudentStage(nn.Module):
    """What learns: conditions and transformer. The projection and the faces stay the teacher's."""

    def __init__(self, student: ForcingModel, recipe: StudentRecipe) -> None:
        super().__init__()
        self.conditions, self.transformer = student.conditions, student.transformer
        self.requires_grad_(requires_grad=True)
        self._model, self._recipe = [student], recipe

    def losses(self, by_block: Mapping[int, ForcingLessons], chance: StepChance) -> Losses:
        """Distance to the teacher's ends, and that of the changes from frame to frame."""
        (model,), recipe = self._model, self._recipe
        clip, block = model.config.clip, int(chance.numbers.choice(list(by_block)))
        taught = by_block[block]
        device = next(self.parameters()).device
        total = taught.shown.shape[1]
        window = min(recipe.optimiser.window, total - clip) // block * block
        begin = block * int(chance.numbers.integers((total - clip - window) // block + 1))
        rows = torch.from_numpy(
            chance.numbers.integers(len(taught.shown), size=recipe.optimiser.batch)
        )
        part = taught.part(rows, slice(begin, begin + clip + window), device)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            error = landings(model, part, block) - part.ends[:, clip:]
        in_blocks = error.unflatten(1, (-1, block))
        end = error.abs().mean()
        change = in_blocks.diff(dim=2, prepend=torch.zeros_like(in_blocks[:, :, :1])).abs().mean()
        return {"loss": end + recipe.change * change, "end": end, "change": change}


def student_of(teacher: ForcingModel) -> ForcingModel:
    """A copy that may learn on its own, and shares what it does not learn."""
    shared = {id(part): part for part in (teacher.autoencoder, teacher.projection)}
    return deepcopy(teacher, shared)


def source_of(
    networks: OfficialNetworks, recipe: StudentRecipe, clips: Path | None, made: Made
) -> Source:
    """Scenes of a folder's clips, or of synthetic conversations, or without speech of noise."""
    model, speech = networks.model, networks.speech
    if clips is not None:
        return RecordedScenes(model, clips)
    if speech is None:
        return NoiseScenes(model)
    speech.to(next(model.projection.parameters()).device)
    return SpokenScenes.made(
        model,
        speech,
        count=recipe.conversations,
        length_s=recipe.conversation_s,
        made=made,
    )


def teach(
    run: Run[StudentRecipe],
    teacher: ForcingModel,
    source: Source,
    *,
    report: Report,
    say: Callable[[str], None],
) -> ForcingModel:
    """Train a student to the end, from where the run stopped; on the teacher's device."""
    student, recipe = student_of(teacher), run.recipe
    stage = StudentStage(student, recipe)
    finished = run.load(DONE)
    if finished is None:
        for turn in range(recipe.rounds):
            name = f"student-{turn + 1}"
            kept = run.load(name)
            if kept is None or kept["step"] < recipe.optimiser.steps:
                say(f"lessons of round {turn + 1}")
                whose = None if turn == 0 else student
                learn = partial(stage.losses, _lessons(teacher, whose, source, recipe, turn))
                kept = {"average": train(Stage(name, recipe.optimiser, learn), stage, run, report)}
            stage.load_state_dict(kept["average"])
        finished = {"network": state_on_cpu(stage.state_dict())}
        run.save(DONE, finished)
    stage.load_state_dict(finished["network"])
    return student.eval().requires_grad_(requires_grad=False)


def _lessons(
    teacher: ForcingModel,
    student: ForcingModel | None,
    source: Source,
    recipe: StudentRecipe,
    turn: int,
) -> dict[int, ForcingLessons]:
    """Of one round, by length of block."""
    guidance = Guidance(recipe.evaluations, recipe.own, recipe.user)
    chance = np.random.default_rng([recipe.seed, turn, 17])
    frames = teacher.config.clip + round(recipe.rollout_s * FPS)
    count = recipe.rollouts if student is None else recipe.later_rollouts
    made: dict[int, ForcingLessons] = {}
    for block in recipe.blocks:
        watched = ForcingSampler(teacher, guidance, block=block)
        acting = None if student is None else ForcingSampler(student, ONE_STEP, block=block)
        parts: list[ForcingLessons] = []
        for first in range(0, count, recipe.together):
            scenes = source(chance, min(recipe.together, count - first), frames)
            scenes = dropped(scenes, chance, own=recipe.drop_own, user=recipe.drop_user)
            parts.append(lessons(watched, acting, scenes, int(chance.integers(2**31))))
        made[block] = ForcingLessons.joined(parts)
    return made


@dataclass(frozen=True, slots=True)
class Landing:
    """Mean absolute difference of shown motion from where the teacher would have ended.

    `untaught` is of one evaluation of the teacher itself, `taught` of the student's, each after its
    own history; `deviation` is that of the teacher's ends.
    """

    untaught: float
    taught: float
    deviation: float


def judged(
    teacher: ForcingModel, student: ForcingModel, source: Source, recipe: StudentRecipe, block: int
) -> Landing:
    """Compare both in scenes that nobody learned from, in blocks of a length."""
    chance = np.random.default_rng([recipe.seed, 1_000_000])
    scenes = source(chance, recipe.together, teacher.config.clip + round(recipe.rollout_s * FPS))
    guidance = Guidance(recipe.evaluations, recipe.own, recipe.user)
    watched = ForcingSampler(teacher, guidance, block=block)
    clip, errors, deviation = teacher.config.clip, list[float](), 0.0
    for model in (teacher, student):
        acting = ForcingSampler(model, ONE_STEP, block=block)
        found = lessons(watched, acting, scenes, recipe.seed)
        errors.append(float((found.ends - found.shown)[:, clip:].abs().mean()))
        deviation = float(found.ends[:, clip:].std())
    untaught, taught = errors
    return Landing(untaught, taught, deviation)
