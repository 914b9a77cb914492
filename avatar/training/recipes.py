"""Recipes: every number of a training, by name or from a file."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.percepts import seen_numbers
from avatar.generator.visibility import Visibility
from avatar.motion import ARKIT58, POSE
from avatar.training.recipe_files import TrainingRecipe, find_recipe


@dataclass(frozen=True, slots=True)
class CorpusRecipe:
    """How much conversation is made, in pieces of `length_s`; both parties are learned from."""

    conversations: int = 480
    length_s: float = 60.0
    first_seed: int = 1_000


@dataclass(frozen=True, slots=True)
class OptimiserRecipe:
    """AdamW with warm-up and a cosine to zero, gradients clipped, an average of weights kept."""

    steps: int
    batch: int = 12
    window: int = 96
    learning_rate: float = 1.2e-3
    warm_up: int = 100
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.998


@dataclass(frozen=True, slots=True)
class ForcingRecipe:
    """Diffusion forcing.

    Blocks of a sequence have noise levels of their own. A share of sequences (`history_share`) has
    mostly nearly clean blocks, as a stream has. `event_share` of the windows are centred on
    something that the avatar does. Conditions are dropped with the given probabilities; `loss` is
    the paper's L1 or a squared error weighted by noise level.
    """

    optimiser: OptimiserRecipe
    blocks: tuple[int, ...] = (1, 2, 5)
    history_share: float = 0.6
    event_share: float = 0.5
    drop_own: float = 0.1
    drop_user: float = 0.1
    drop_all: float = 0.05
    drop_one_sense: float = 0.15
    drop_phones: float = 0.4
    drop_traits: float = 0.1
    drop_intents: float = 0.1
    loss: Literal["weighted", "l1"] = "weighted"


@dataclass(frozen=True, slots=True)
class PreferenceRecipe:
    """Label-free preference optimisation: rollouts that perceived the user against rollouts of the
    same chance that did not.
    """

    optimiser: OptimiserRecipe
    rollouts: int = 96
    rollout_s: float = 20.0
    solver_steps: int = 4
    own_guidance: float = 1.0
    user_guidance: float = 1.0
    beta: float = 200.0
    weight: float = 0.05


@dataclass(frozen=True, slots=True)
class DistillationRecipe:
    """One step instead of many: the student learns where the teacher ends, from the same noise.

    Later rounds let the teacher start from the student's own history.
    """

    optimiser: OptimiserRecipe
    rounds: int = 2
    rollouts: int = 240
    later_rollouts: int = 80
    rollout_s: float = 30.0
    solver_steps: int = 6
    own_guidance: float = 1.0
    user_guidance: float = 1.2


@dataclass(frozen=True, slots=True)
class SettlingRecipe:
    """Rollouts in which the network's acts are counted, to make them as frequent as people's."""

    rounds: int = 3
    rollouts: int = 48
    rollout_s: float = 20.0
    solver_steps: int = 4


@dataclass(frozen=True, slots=True)
class Recipe(TrainingRecipe):
    """A whole training of a motion generator.

    `sharpness` is the power to which the odds of beginnings are raised when a network has learned
    them; `block` the frames of a block in rollouts.
    """

    network: MotionNetworkConfig
    corpus: CorpusRecipe
    forcing: ForcingRecipe
    preference: PreferenceRecipe
    distillation: DistillationRecipe
    settling: SettlingRecipe = SettlingRecipe()
    sharpness: float = 2.5
    block: int = 1


def _network(**sizes: Any) -> MotionNetworkConfig:
    return MotionNetworkConfig(token=ARKIT58.dim + len(POSE), sight=seen_numbers(ARKIT58), **sizes)


EMBEDDED = Recipe(
    name="embedded",
    seed=1,
    network=_network(),
    corpus=CorpusRecipe(),
    forcing=ForcingRecipe(OptimiserRecipe(steps=20_000)),
    preference=PreferenceRecipe(OptimiserRecipe(steps=150, learning_rate=5e-5, warm_up=20)),
    distillation=DistillationRecipe(OptimiserRecipe(steps=1_500, learning_rate=3e-4)),
)
"""The weights that ship: a few hours on two cores."""

TINY = replace(
    EMBEDDED,
    name="tiny",
    network=_network(
        encoder=32, width=48, depth=2, heads=2, encoder_heads=2, visibility=Visibility(context=24)
    ),
    corpus=CorpusRecipe(conversations=3, length_s=20.0),
    forcing=ForcingRecipe(OptimiserRecipe(steps=60, batch=4, window=48, average=0.9)),
    preference=PreferenceRecipe(
        OptimiserRecipe(steps=6, batch=4, window=48, learning_rate=5e-5, warm_up=2, average=0.9),
        rollouts=4,
        rollout_s=4.0,
        solver_steps=2,
    ),
    distillation=DistillationRecipe(
        OptimiserRecipe(steps=20, batch=4, window=48, learning_rate=3e-4, warm_up=4, average=0.9),
        rounds=2,
        rollouts=4,
        later_rollouts=2,
        rollout_s=4.0,
        solver_steps=2,
    ),
    settling=SettlingRecipe(rounds=1, rollouts=4, rollout_s=4.0, solver_steps=2),
)
"""Everything in a minute, for tests; it learns next to nothing."""

PAPER = replace(
    EMBEDDED,
    name="paper",
    network=_network(
        encoder=512,
        width=1024,
        depth=8,
        heads=8,
        conditioning="cross",
        reference=True,
        predicts="velocity",
        kinds=0,
        visibility=Visibility(policy="blockwise", context=38, look_ahead=2),
    ),
    forcing=ForcingRecipe(
        OptimiserRecipe(steps=2_000_000, batch=8, window=50, learning_rate=1e-4, weight_decay=0.0),
        blocks=(10,),
        history_share=0.0,
        event_share=0.0,
        drop_all=0.0,
        drop_one_sense=0.0,
        loss="l1",
    ),
    preference=PreferenceRecipe(
        OptimiserRecipe(steps=5_000, batch=8, window=50, learning_rate=1e-4, weight_decay=0.0),
        beta=1000.0,
        weight=0.1,
        solver_steps=9,
        own_guidance=2.0,
        user_guidance=1.0,
    ),
    block=10,
)
"""The structure and the numbers of Avatar Forcing, for a GPU."""

BIDIRECTIONAL = replace(
    EMBEDDED,
    name="bidirectional",
    network=_network(
        kinds=0,
        hears_block=True,
        reaction_memory=100,
        visibility=Visibility(policy="blockwise", context=10),
    ),
    forcing=ForcingRecipe(OptimiserRecipe(steps=5_000, batch=8, window=150), blocks=(75,)),
    block=75,
)
"""A rival in the same data: windows of 75 frames whose future is known, with 10 frames of history,
as INFP generates them. It answers three seconds late."""

RECIPES = {recipe.name: recipe for recipe in (TINY, EMBEDDED, BIDIRECTIONAL, PAPER)}


def load_recipe(name_or_file: str) -> Recipe:
    """A recipe by name, or from a YAML or JSON file with every key of `Recipe`.

    Raises DataError for an unknown name, an unknown key or a value of the wrong kind.
    """
    return find_recipe(name_or_file, RECIPES, Recipe)
