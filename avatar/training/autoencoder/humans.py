"""Albums of parametric people who move before a camera that stands still."""

import numpy as np

from avatar.motion import ARKIT58, POSE, Vector
from avatar.rendering.close_up import CloseUp
from avatar.rendering.part_painter import without_painted
from avatar.synthetic.actors.acting import act
from avatar.synthetic.actors.camera import View
from avatar.synthetic.actors.casting import cast
from avatar.synthetic.actors.humans import shown
from avatar.synthetic.actors.lighting import lit
from avatar.synthetic.actors.stage import Actor, Stage
from avatar.synthetic.actors.walls import wall
from avatar.tracking.networks import eye_middle
from avatar.tracking.places import regions_seen
from avatar.tracking.rotation import rotation_of
from avatar.training.autoencoder.albums import Album, AlbumSize
from avatar.training.autoencoder.portraits import POSED_SHARE

EYES, DISTANCES = 0.2, (7.0, 14.0)
"""Inter-ocular distance as a part of the stage's picture, and decimetres to the camera."""
CALM = 0.3
"""By how much heads turn less than before a tracker."""
AIM = np.array([0, -0.32, 0.25], np.float32)
"""From the eyes to what the stage's camera looks at, in decimetres."""


def human_album(stage: Stage, size: AlbumSize, rng: np.random.Generator) -> Album:
    """Somebody whose face is not hidden."""
    while True:
        actor = Actor(stage, cast(stage.assets, rng))
        try:
            taken = _session(stage, actor, size, rng)
        finally:
            actor.release()
        if taken is not None:
            return taken


def _session(stage: Stage, actor: Actor, size: AlbumSize, rng: np.random.Generator) -> Album | None:
    """None of somebody whose face is hidden."""
    lighting, behind = lit(rng), wall(rng)
    distance = float(rng.uniform(*DISTANCES))
    portrait = stage.shoot(actor, ARKIT58.rest, View(distance, EYES), lighting, behind)
    if not regions_seen(portrait.covered).all():
        return None
    right, left = (eye_middle(portrait.places, side) for side in ("right", "left"))
    close_up = CloseUp.of_eyes(right, left)
    motions, pictures = [ARKIT58.rest], [portrait.image]
    for _ in range(size.pictures - 1):
        motion = act(rng, calm=CALM)
        motion = shown(without_painted(motion) if rng.random() < POSED_SHARE else motion)
        view = still_view(stage, actor, motion, distance)
        motions.append(motion)
        pictures.append(stage.shoot(actor, motion, view, lighting, behind).image)
    return Album(
        tuple(size.cut(picture, close_up) for picture in pictures),
        np.stack(motions),
        size.nobody_knows(len(motions)),
        size.seen(portrait.places, close_up),
    )


def still_view(stage: Stage, actor: Actor, motion: Vector, distance: float) -> View:
    """The camera of the portrait: the stage's own follows the face."""
    pivot = stage.assets.joint(actor.person.body, "head____head")
    face = actor.eyeballs.middle + AIM - pivot
    yaw, pitch, roll = (float(motion[ARKIT58.index(name)]) for name in POSE[:3])
    away = rotation_of(yaw, pitch, roll) @ face - face
    apart, now = actor.eyeballs.apart, distance - float(away[2])
    return View(now, EYES * distance / now, (float(away[0] / apart), float(away[1] / apart)))
