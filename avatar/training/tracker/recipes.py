"""Recipes of the networks that see faces."""

from dataclasses import dataclass, replace

from avatar.training.recipe_files import TrainingRecipe, find_recipe
from avatar.training.recipes import OptimiserRecipe


@dataclass(frozen=True, slots=True)
class ActorsRecipe:
    """How many shards of pictures of parametric people, of drawn characters and of
    people whose portrait was moved there are.

    The held out ones come last; nobody in them is learned from.
    """

    humans: int = 110
    held_out_humans: int = 10
    drawn: int = 12
    held_out_drawn: int = 2
    stills: int = 24
    held_out_stills: int = 3

    @property
    def counts(self) -> dict[str, int]:
        """Shards by kind."""
        return {"human": self.humans, "drawn": self.drawn, "still": self.stills}


@dataclass(frozen=True, slots=True)
class TrackerRecipe(TrainingRecipe):
    """A whole training of the networks that see users and of those that see portraits."""

    actors: ActorsRecipe
    face: OptimiserRecipe
    parts: OptimiserRecipe
    portraits: OptimiserRecipe


EMBEDDED = TrackerRecipe(
    name="tracker",
    seed=1,
    actors=ActorsRecipe(),
    face=OptimiserRecipe(steps=8_000, batch=128, learning_rate=2e-3, average=0.999),
    parts=OptimiserRecipe(steps=5_000, batch=128, warm_up=400, average=0.999),
    portraits=OptimiserRecipe(steps=4_500, batch=32, learning_rate=2e-3, average=0.998),
)
"""The weights that ship: an hour of pictures and an hour of training on two cores."""

TINY = replace(
    EMBEDDED,
    name="tiny",
    actors=ActorsRecipe(
        humans=0, held_out_humans=0, drawn=2, held_out_drawn=1, stills=0, held_out_stills=0
    ),
    face=OptimiserRecipe(steps=12, batch=8, warm_up=3, average=0.9),
    parts=OptimiserRecipe(steps=6, batch=8, warm_up=3, average=0.9),
    portraits=OptimiserRecipe(steps=4, batch=4, warm_up=2, average=0.9),
)
"""Everything in a minute, for tests; it learns next to nothing."""

RECIPES = {recipe.name: recipe for recipe in (EMBEDDED, TINY)}


def load_recipe(name_or_file: str) -> TrackerRecipe:
    """A recipe by name or from a file. Raises DataError for what is none."""
    return find_recipe(name_or_file, RECIPES, TrackerRecipe)
