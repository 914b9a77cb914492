"""Pictures of parametric people, from a seed."""

from collections.abc import Iterator

import numpy as np

from avatar.motion import ARKIT58, COEFFICIENTS, Vector
from avatar.synthetic.actors.acting import act
from avatar.synthetic.actors.camera import View
from avatar.synthetic.actors.casting import cast
from avatar.synthetic.actors.expressions import MOVED
from avatar.synthetic.actors.lighting import lit
from avatar.synthetic.actors.pictures import KNOWN_POSE, ActorPicture, known_channels
from avatar.synthetic.actors.stage import Actor, Stage
from avatar.synthetic.actors.walls import wall

SIZE = 288
"""Pixels of a picture's side."""
EYES = (0.19, 0.235)
"""Inter-ocular distance as a part of the picture's side."""
DISTANCES = (5.0, 16.0)
"""Of the camera, in decimetres."""
PEOPLE, POSES = 40, 12
"""People in a shard, and pictures of each."""
RELIT = 4
"""After how many pictures a person stands in another light."""

GAZE = tuple(name for name in COEFFICIENTS if name.startswith("eyeLook"))
SHOWN = known_channels((*MOVED, *GAZE, *KNOWN_POSE))
"""What a parametric person shows."""


def people(stage: Stage, seed: int) -> Iterator[ActorPicture]:
    """A shard's pictures. Actors are numbered by seed, so that no person is in two shards."""
    rng = np.random.default_rng([seed, 5])
    for number in range(PEOPLE):
        actor = Actor(stage, cast(stage.assets, rng))
        try:
            yield from _session(stage, actor, seed * PEOPLE + number, rng)
        finally:
            actor.release()


def _session(
    stage: Stage, actor: Actor, number: int, rng: np.random.Generator
) -> Iterator[ActorPicture]:
    lighting, behind = lit(rng), wall(rng)
    for shot in range(POSES):
        if shot % RELIT == 0:
            lighting, behind = lit(rng), wall(rng)
        motion = shown(act(rng))
        view = View(
            distance=float(rng.uniform(*DISTANCES)),
            eyes=float(rng.uniform(*EYES)),
            offset=(float(rng.normal(0, 0.08)), float(rng.normal(0, 0.08))),
        )
        taken = stage.shoot(actor, motion, view, lighting, behind)
        yield ActorPicture(taken.image, motion, SHOWN, taken.places, taken.covered, number)


def shown(motion: Vector) -> Vector:
    """The motion without what a parametric person cannot do."""
    return np.where(SHOWN, motion, ARKIT58.rest).astype(np.float32)
