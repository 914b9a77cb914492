"""Pictures of parametric people who held still for a portrait, which the portrait renderer moves.

They join what the other two kinds have: the people are as varied as parametric ones are, and their
coefficients mean what they mean to the renderer.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from avatar.motion import ARKIT58
from avatar.portraits.creating import Origin, assembled, write_portrait
from avatar.rendering.base import Picture
from avatar.rendering.bundle import load_bundle
from avatar.rendering.warp import WarpRenderer
from avatar.synthetic.actors.camera import View
from avatar.synthetic.actors.casting import cast
from avatar.synthetic.actors.lighting import lit
from avatar.synthetic.actors.moving import moved
from avatar.synthetic.actors.pictures import ActorPicture
from avatar.synthetic.actors.stage import Actor, Stage
from avatar.synthetic.actors.walls import wall
from avatar.tracking.places import Places, regions_seen

SIZE = 384
"""Pixels of a portrait."""
PEOPLE = 8
"""People in a shard."""
EYES, DISTANCE = 0.2, 9.0
"""Inter-ocular distance as a part of the side, and decimetres to the camera."""
GLASSES = ("glasses", "sunglasses")
FIRST_ACTOR = 2_000_000
"""Numbers of these people begin here."""
ORIGIN = Origin(source="a parametric person", consent="nobody is shown")


def stills(stage: Stage, seed: int) -> Iterator[ActorPicture]:
    """A shard's pictures. The stage is of `SIZE`."""
    rng = np.random.default_rng([seed, 8])
    for number in range(PEOPLE):
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder) / "person.avatar"
            _sit(stage, bundle, rng)
            loaded = load_bundle(bundle)
            renderer = WarpRenderer.of(loaded, Path(folder))
        yield from moved(renderer, loaded.landmarks, FIRST_ACTOR + seed * PEOPLE + number, rng)


def _sit(stage: Stage, bundle: Path, rng: np.random.Generator) -> None:
    """Take somebody's portrait and make an avatar of it."""
    portrait = assembled(*sitting(stage, rng))
    write_portrait(portrait, bundle, title="Somebody", origin=ORIGIN)


def sitting(stage: Stage, rng: np.random.Generator) -> tuple[Picture, Places]:
    """Somebody's portrait. Who hides the eyes is sent away: lids drawn over glasses are no lids."""
    while True:
        person = cast(stage.assets, rng)
        if any(kind in GLASSES for kind, _, _ in person.worn):
            continue
        actor = Actor(stage, person)
        try:
            taken = stage.shoot(actor, ARKIT58.rest, View(DISTANCE, EYES), lit(rng), wall(rng))
        finally:
            actor.release()
        if regions_seen(taken.covered).all():
            return taken.image, taken.places
