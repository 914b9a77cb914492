"""Recipes of motion auto-encoders, and of the painters of eyes and mouth beside them."""

from dataclasses import dataclass, field, replace

from avatar.autoencoder.config import AutoencoderConfig
from avatar.training.recipe_files import TrainingRecipe, find_recipe
from avatar.training.recipes import OptimiserRecipe


@dataclass(frozen=True, slots=True)
class PeopleRecipe:
    """How many albums there are of each kind, and pictures in each of them.

    The held out ones come last; nobody in them is learned from. The avatars that ship are all
    learned from. `side` are the pixels of a picture.
    """

    shipped: int = 5
    stills: int = 150
    held_out_stills: int = 10
    drawn: int = 32
    held_out_drawn: int = 4
    humans: int = 160
    held_out_humans: int = 12
    shipped_pictures: int = 64
    pictures: int = 16
    side: int = 256

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Albums by kind, and how many of them are held out."""
        return {
            "shipped": (self.shipped, 0),
            "human": (self.humans, self.held_out_humans),
            "still": (self.stills, self.held_out_stills),
            "drawn": (self.drawn, self.held_out_drawn),
        }


@dataclass(frozen=True, slots=True)
class LossRecipe:
    """Weights of the parts of the loss; those at 0 cost nothing.

    `eyes` and `mouth` are by how much more a pixel counts there. `flow` holds the network to where
    colours come from, in sides of the picture, where that is known; `agreement` the motion that is
    seen to that of coefficients; `shown` is the price of paint. `paint` and `choice` teach a flow
    to paint what it cannot move, for recipes without painters.
    """

    pixels: float = 1.0
    details: float = 1.0
    small: float = 0.3
    eyes: float = 4.0
    mouth: float = 4.0
    flow: float = 10.0
    agreement: float = 0.2
    smoothness: float = 0.02
    shown: float = 1.0
    paint: float = 0.0
    choice: float = 0.0
    features: float = 0.0
    identity: float = 0.0
    adversarial: float = 0.0


@dataclass(frozen=True, slots=True)
class DrawRecipe:
    """What a step is shown: `people`, and of each of them so many drivers, pictures to be made.

    All are made from their motion, and the first drivers of so many people also as they are `seen`;
    what is seen of first drivers learns to say their motion. In a share of draws a driver is a
    lively one whose head hardly turns. In a share the source is the portrait at rest, else any
    picture of the person; in another share the person is one of those who ship. Composites are of
    `coarse` pixels at first and of `fine` ones in the rest of the steps.
    """

    people: int = 8
    drivers: int = 2
    seen: int = 0
    lively_share: float = 0.15
    portrait_share: float = 0.85
    shipped_share: float = 0.15
    coarse: int = 128
    fine: int = 256
    fine_from: float = 0.97


@dataclass(frozen=True, slots=True)
class PartPeopleRecipe:
    """Of whom eyes and mouths are made, and in how many pictures; the held out ones come last."""

    shipped: int = 5
    stills: int = 180
    held_out_stills: int = 10
    drawn: int = 36
    held_out_drawn: int = 4
    shipped_pictures: int = 480
    pictures: int = 32

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """People by kind, and how many of them are held out."""
        return {
            "shipped": (self.shipped, 0),
            "still": (self.stills, self.held_out_stills),
            "drawn": (self.drawn, self.held_out_drawn),
        }


@dataclass(frozen=True, slots=True)
class PartLossRecipe:
    """Weights of the parts of the loss of painters.

    `changed` is by how much more a pixel counts that differs wholly from the part at rest.
    """

    changed: float = 20.0
    pixels: float = 1.0
    details: float = 1.0
    flow: float = 10.0
    shown: float = 0.2
    paint: float = 0.5
    photo: float = 0.5
    smoothness: float = 0.01


@dataclass(frozen=True, slots=True)
class PartsRecipe:
    """A training of painters: so many people a step for each part, and motions of each."""

    optimiser: OptimiserRecipe
    made: PartPeopleRecipe = field(default_factory=PartPeopleRecipe)
    losses: PartLossRecipe = field(default_factory=PartLossRecipe)
    people: int = 8
    drivers: int = 4
    shipped_share: float = 0.3
    channels: tuple[int, ...] = (16, 32, 64, 96)


@dataclass(frozen=True, slots=True)
class AutoencoderRecipe(TrainingRecipe):
    """A whole training of a motion auto-encoder.

    With `flow` its last step is a flow that moves portraits of any size; without it the decoder's
    own picture is the last, as in the paper. With `parts` eyes and mouth have painters of their
    own, and the flow is asked for head and brows alone.
    """

    network: AutoencoderConfig
    people: PeopleRecipe
    draw: DrawRecipe
    losses: LossRecipe
    optimiser: OptimiserRecipe
    flow: bool = True
    parts: PartsRecipe | None = None


SMALL = AutoencoderRecipe(
    name="small",
    seed=1,
    network=AutoencoderConfig(
        size=64,
        latent=128,
        directions=32,
        channels=((4, 128), (8, 128), (16, 128), (32, 64), (64, 32)),
    ),
    people=PeopleRecipe(),
    draw=DrawRecipe(),
    losses=LossRecipe(),
    optimiser=OptimiserRecipe(
        steps=4_000, batch=8, learning_rate=5e-3, warm_up=100, weight_decay=0.0, average=0.998
    ),
    parts=PartsRecipe(
        OptimiserRecipe(
            steps=6_000, batch=8, learning_rate=4e-3, warm_up=50, weight_decay=0.0, average=0.998
        )
    ),
)
"""The weights that ship: ten minutes of pictures on two cores, fifty of the flow's training and
thirty of the painters' on one."""

TINY = replace(
    SMALL,
    name="tiny",
    network=AutoencoderConfig(
        size=64,
        latent=16,
        directions=6,
        channels=((4, 8), (8, 8), (16, 8), (32, 8), (64, 8)),
    ),
    people=PeopleRecipe(
        shipped=1, stills=0, held_out_stills=0, drawn=2, held_out_drawn=1, humans=0,
        held_out_humans=0, shipped_pictures=4, pictures=4, side=128,
    ),
    draw=DrawRecipe(people=2, drivers=1, seen=1, coarse=64, fine=128, fine_from=0.5),
    losses=LossRecipe(features=0.1, identity=0.1, adversarial=0.01),
    optimiser=OptimiserRecipe(steps=8, batch=2, warm_up=2, weight_decay=0.0, average=0.9),
    parts=PartsRecipe(
        OptimiserRecipe(steps=4, batch=2, warm_up=2, weight_decay=0.0, average=0.9),
        made=PartPeopleRecipe(
            shipped=1, stills=0, held_out_stills=0, drawn=2, held_out_drawn=1, shipped_pictures=4,
            pictures=4,
        ),
        people=2, drivers=2, channels=(4, 8, 8),
    ),
)  # fmt: skip
"""Everything in half a minute, every loss among it, for tests; it learns next to nothing."""

PAPER = replace(
    SMALL,
    name="paper",
    network=AutoencoderConfig(),
    people=PeopleRecipe(
        shipped=0, stills=0, held_out_stills=0, drawn=0, held_out_drawn=0, humans=0,
        held_out_humans=0, side=512,
    ),
    draw=DrawRecipe(people=8, drivers=1, seen=8, portrait_share=0.0, shipped_share=0.0, coarse=512,
                    fine=512),
    losses=LossRecipe(
        details=0.0, small=0.0, eyes=0.0, mouth=0.0, flow=0.0, smoothness=0.0, shown=0.0,
        features=10.0, adversarial=1.0,
    ),
    optimiser=OptimiserRecipe(steps=800_000, batch=8, learning_rate=2e-3, weight_decay=0.0),
    flow=False,
    parts=None,
)  # fmt: skip
"""The sizes of Avatar Forcing's auto-encoder and the losses of its family, for a GPU and a folder
of face videos; batch and steps are not told by the paper."""

RECIPES = {recipe.name: recipe for recipe in (TINY, SMALL, PAPER)}


def load_recipe(name_or_file: str) -> AutoencoderRecipe:
    """A recipe by name or from a file. Raises DataError for what is none."""
    return find_recipe(name_or_file, RECIPES, AutoencoderRecipe)
