"""Nods and smiles of strangers as events: what the whole tracker sees of people in motion."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8

from avatar.behaviour.events import Kind
from avatar.clock import FPS
from avatar.metrics.events import Match, detect, match
from avatar.motion import ARKIT58, POSE, Motions
from avatar.synthetic.actors.assets import HumanAssets
from avatar.synthetic.actors.casting import cast
from avatar.synthetic.actors.humans import SHOWN
from avatar.synthetic.actors.lighting import lit
from avatar.synthetic.actors.stage import Actor, Stage, View
from avatar.synthetic.actors.walls import wall
from avatar.synthetic.dialogues.conversation import converse
from avatar.tracking.base import UserTracker

WIDTH, HEIGHT = 640, 480
STAGE = 480
FIRST_PERSON = 500_000
"""Seeds of people whom no shard holds."""
EYES = (0.075, 0.14)
"""Inter-ocular distance as a part of the picture's height: half a metre to a metre away."""
BEFORE_S = 2.0
"""At rest before the camera, so that the tracker learns the rest."""
TOLERANCE = 8
"""Ticks by which two onsets may differ."""
KINDS: tuple[Kind, ...] = ("nod", "smile")

_PLACE = [ARKIT58.index(name) for name in POSE[3:]]


def seen_events(
    tracker: UserTracker[Any], assets: HumanAssets, people: int, length_s: float
) -> dict[Kind, Match]:
    """What of the nods and smiles of people in conversation is seen, by kind."""
    stage = Stage(assets, STAGE)
    total: dict[Kind, Match] = {kind: Match(0, 0, 0) for kind in KINDS}
    for seed in range(FIRST_PERSON, FIRST_PERSON + people):
        true = _motion(seed, length_s)
        found = np.stack(list(watched(tracker, performed(stage, seed, true))))
        made, wanted = detect(found), detect(true)
        for kind in KINDS:
            total[kind] = total[kind] + match(made, wanted, kind, tolerance=TOLERANCE)
    return total


def _motion(seed: int, length_s: float) -> Motions:
    """A party of a synthetic conversation, as far as a parametric person shows it."""
    motion = converse(seed, length_s=length_s, split="held out voice").parties[0].motion.copy()
    motion[:, ~SHOWN] = 0
    motion[:, _PLACE] = 0
    still = np.tile(ARKIT58.rest, (round(BEFORE_S * FPS), 1))
    return np.concatenate([still, motion]).astype(np.float32)


def performed(stage: Stage, seed: int, motion: Motions) -> Iterator[UInt8[np.ndarray, "480 640 3"]]:
    """Pictures of a person who performs a motion before a webcam."""
    rng = np.random.default_rng([seed, 7])
    actor = Actor(stage, cast(stage.assets, rng))
    lighting, behind = lit(rng), wall(rng)
    view = View(float(rng.uniform(5, 12)), float(rng.uniform(*EYES)))
    try:
        for face in motion:
            shot = stage.shoot(actor, face, view, lighting, behind)
            yield _webcam(shot.image, rng)
    finally:
        actor.release()


def _webcam(
    image: UInt8[np.ndarray, "480 480 3"], rng: np.random.Generator
) -> UInt8[np.ndarray, "480 640 3"]:
    side = (WIDTH - STAGE) // 2
    wide = cv2.copyMakeBorder(image, 0, 0, side, side, cv2.BORDER_REPLICATE)
    noisy = wide + rng.normal(0, 3, wide.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def watched(
    tracker: UserTracker[Any], pictures: Iterator[UInt8[np.ndarray, "480 640 3"]]
) -> Iterator[np.ndarray]:
    """What a tracker says of pictures, a motion each; at rest when it sees nobody."""
    state = tracker.start()
    for index, picture in enumerate(pictures):
        face, state = tracker.step(picture, index / FPS, state)
        yield ARKIT58.rest if face is None else face.motion
