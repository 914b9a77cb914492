"""Training a motion generator from a recipe to a student, stage after stage."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from avatar.errors import DataError
from avatar.generator.motion_codec import NUMBERS, MotionCodec
from avatar.motion import ARKIT58
from avatar.nn.motion_network import MotionNetwork
from avatar.training.batches import Corpus
from avatar.training.corpus import Made, load_corpus, make_corpus
from avatar.training.diffusion_forcing import ForcingStage
from avatar.training.distillation import DistillationStage, Teacher, student_of
from avatar.training.loop import Report, Stage, train
from avatar.training.preference import PreferenceStage, make_pairs
from avatar.training.recipes import Recipe
from avatar.training.run import Run, state_on_cpu
from avatar.training.sharpening import settle, sharpen

BASE, ALIGNED, STUDENT = STAGES = ("base", "aligned", "student")
"""Names of the networks that a run ends with."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how it goes: of the corpus, of steps, and of what is being done in words."""

    made: Made
    report: Report
    say: Callable[[str], None]


class MotionTraining:
    """All stages of one run; what is finished on disk is not done again."""

    def __init__(
        self, run: Run[Recipe], progress: Progress, *, device: torch.device, processes: int
    ) -> None:
        self._run, self._progress, self._device = run, progress, device
        recipe = run.recipe
        paths = make_corpus(recipe, run.folder / "corpus", progress.made, processes=processes)
        examples, codec = load_corpus(paths)
        self._corpus = Corpus(examples, codec)
        save_codec(run, codec)

    def all_until(self, last: str = STUDENT) -> None:
        """Diffusion forcing, preference, distillation, as far as the network of `last`."""
        base = self.base()
        if last == BASE:
            return
        aligned = self.aligned(base)
        if last == STUDENT:
            self.student(aligned)

    def base(self) -> MotionNetwork:
        """The network after diffusion forcing."""
        return self._once(BASE, self._force)

    def aligned(self, base: MotionNetwork) -> MotionNetwork:
        """The network after preference optimisation."""
        return self._once(ALIGNED, lambda: self._prefer(base))

    def student(self, aligned: MotionNetwork) -> MotionNetwork:
        """The network that takes one step."""
        return self._once(STUDENT, lambda: self._distil(aligned))

    def _once(self, name: str, work: Callable[[], MotionNetwork]) -> MotionNetwork:
        there = load_network(self._run, name)
        if there is not None:
            self._progress.say(f"{name} is there")
            return there.to(self._device)
        network = work()
        self._run.save(name, {"network": state_on_cpu(network.state_dict())})
        return network

    def _forcing_stage(self, network: MotionNetwork) -> ForcingStage:
        recipe, channels = self._run.recipe.forcing, self._corpus.codec.space.dim
        return ForcingStage(network, recipe, self._corpus, channels).to(self._device)

    def _force(self) -> MotionNetwork:
        recipe = self._run.recipe
        torch.manual_seed(recipe.seed)
        stage = self._forcing_stage(MotionNetwork(recipe.network))
        plan = Stage("forcing", recipe.forcing.optimiser, stage.losses)
        stage.load_state_dict(train(plan, stage, self._run, self._progress.report))
        sharpen(stage.network, self._corpus, recipe.sharpness, seed=recipe.seed)
        self._progress.say("counting how often it acts")
        settle(stage.network, self._corpus, recipe, steps=recipe.settling.solver_steps)
        return stage.network

    def _prefer(self, base: MotionNetwork) -> MotionNetwork:
        recipe = self._run.recipe
        self._progress.say("rolling out with the user and without")
        pairs = make_pairs(
            base, self._corpus, recipe.preference, block=recipe.block, seed=recipe.seed
        )
        forcing = self._forcing_stage(student_of(base))
        trained = self._run.load("forcing")
        if trained is not None:
            guess = {k: v for k, v in trained["average"].items() if k.startswith("guess.")}
            forcing.load_state_dict(guess, strict=False)
        stage = PreferenceStage(forcing, pairs, recipe.preference, recipe.forcing.blocks)
        plan = Stage("preference", recipe.preference.optimiser, stage.losses)
        stage.load_state_dict(train(plan, stage, self._run, self._progress.report))
        return forcing.network

    def _distil(self, aligned: MotionNetwork) -> MotionNetwork:
        recipe = self._run.recipe
        teacher = Teacher(aligned, recipe, self._corpus)
        student = student_of(aligned)
        for turn in range(recipe.distillation.rounds):
            self._progress.say(f"lessons of round {turn + 1}")
            whose = None if turn == 0 else student
            lessons = teacher.lessons(whose, seed=recipe.seed + 1000 * turn)
            stage = DistillationStage(student, lessons, recipe)
            plan = Stage(f"distillation-{turn + 1}", recipe.distillation.optimiser, stage.losses)
            stage.load_state_dict(train(plan, stage, self._run, self._progress.report))
        settle(student, self._corpus, recipe, steps=1)
        return student


def save_codec(run: Run[Recipe], codec: MotionCodec) -> None:
    """Keep the whitening with the run."""
    run.save("codec", {name: torch.from_numpy(np.array(getattr(codec, name))) for name in NUMBERS})


def load_codec(run: Run[Recipe]) -> MotionCodec | None:
    """The whitening of a run, None before there is one."""
    content: dict[str, Tensor] | None = run.load("codec")
    if content is None:
        return None
    return MotionCodec(space=ARKIT58, **{name: value.numpy() for name, value in content.items()})


def finished(run: Run[Recipe], name: str) -> tuple[MotionNetwork, MotionCodec]:
    """A finished network of a run, and its whitening. Raises DataError before it is finished."""
    network, codec = load_network(run, name), load_codec(run)
    if network is None or codec is None:
        raise DataError(
            f"{run.folder} holds no finished {name}: go on with train motion --resume {run.folder}"
        )
    return network.eval(), codec


def load_network(run: Run[Recipe], name: str) -> MotionNetwork | None:
    """A finished network of a run, None before it is finished."""
    content = run.load(name)
    if content is None:
        return None
    network = MotionNetwork(run.recipe.network)
    network.load_state_dict(content["network"])
    return network
