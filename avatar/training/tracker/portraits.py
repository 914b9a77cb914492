"""Learning where the landmarks of a portrait are: one picture, finely, without hurry."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from avatar.motion import ARKIT58
from avatar.nn import face_networks
from avatar.portraits.network import SIDE, PortraitNetwork
from avatar.tracking.crops import cut
from avatar.tracking.places import regions_seen
from avatar.training.loop import Losses, Report
from avatar.training.run import Run
from avatar.training.tracker.examples import Faces, portrait_crop, upright_picture
from avatar.training.tracker.learning import PLACES_WEIGHT, places_loss
from avatar.training.tracker.recipes import TrackerRecipe
from avatar.training.tracker.training import shards, train_stage

STAGE = "portraits"
KNEE = 0.02
SEEN_WEIGHT = 0.05
MOST_TURN_RAD = (0.45, 0.38)
"""Yaw and pitch up to which a face may be a portrait."""
PORTRAIT_TURN_RAD, PORTRAIT_BLINK, PORTRAIT_JAW = 0.26, 0.3, 0.12
"""What a picture of which an avatar could be made has at most."""
_YAW, _PITCH = ARKIT58.index("headYaw"), ARKIT58.index("headPitch")


class PortraitBatch(NamedTuple):
    """Whole faces, 0 to 255, with what is there."""

    face: Tensor
    places: Tensor
    seen: Tensor


class PortraitLearner(nn.Module):
    """The network of portraits."""

    def __init__(self) -> None:
        super().__init__()
        self.face = face_networks.PortraitNetwork(SIDE)

    def losses(self, batch: PortraitBatch) -> Losses:
        """What is minimised, and its parts."""
        places, seen = self.face(batch.face)
        there = torch.ones(len(batch.face))
        parts = {
            "places": PLACES_WEIGHT * places_loss(places.float(), batch.places, there, KNEE),
            "seen": SEEN_WEIGHT * F.binary_cross_entropy_with_logits(seen.float(), batch.seen),
        }
        return {"loss": torch.stack(list(parts.values())).sum(), **parts}


def frontal(faces: Faces) -> np.ndarray:
    """Which pictures could be portraits."""
    turned = np.abs(faces.motion[:, [_YAW, _PITCH]])
    return np.flatnonzero((turned < np.array(MOST_TURN_RAD)).all(axis=1))


def portrait_batch(
    faces: Faces, chosen: np.ndarray, size: int, rng: np.random.Generator
) -> PortraitBatch:
    """A batch of random portraits."""
    crops, places, seen = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
    for index in rng.choice(chosen, size):
        grey, crop, known, visible = upright_picture(faces, int(index), rng)
        crops.append(cut(grey, crop, (SIDE, SIDE)))
        places.append(crop.inside(known))
        seen.append(visible)
    return PortraitBatch(
        torch.from_numpy(np.stack(crops))[:, None].float(),
        torch.from_numpy(np.stack(places)),
        torch.from_numpy(np.stack(seen)).float(),
    )


def train_portraits(run: Run[TrackerRecipe], pictures: Path, report: Report) -> PortraitLearner:
    """Train to the end of the recipe; the network with averaged weights."""
    torch.manual_seed(run.recipe.seed)
    learner, plan = PortraitLearner(), run.recipe.portraits

    def made() -> dict[str, Tensor]:
        faces = Faces.read(shards(pictures, run.recipe.actors, held_out=False))
        draw = partial(portrait_batch, faces, frontal(faces), plan.batch)
        return train_stage(run, STAGE, plan, learner, draw, learner.losses, report)

    learner.load_state_dict(run.finished(STAGE, made))
    return learner.eval()


def is_portrait(faces: Faces, index: int) -> bool:
    """Whether a picture is one that an avatar could be made of: frontal, nothing before the
    face, eyes open, mouth shut.
    """
    face = dict(zip(ARKIT58.channels, faces.motion[index].tolist(), strict=True))
    turned = abs(face["headYaw"]) > PORTRAIT_TURN_RAD or abs(face["headPitch"]) > PORTRAIT_TURN_RAD
    blink = max(face["eyeBlinkLeft"], face["eyeBlinkRight"])
    at_rest = blink < PORTRAIT_BLINK and face["jawOpen"] < PORTRAIT_JAW
    return not turned and at_rest and bool(regions_seen(faces.covered[index]).all())


def portrait_misses(
    network: PortraitNetwork, faces: Faces, seed: int = 0
) -> Float[np.ndarray, "pictures 96"]:
    """How far landmarks of strangers' portraits are off, in inter-ocular distances; NaN where hair
    hides them.
    """
    rows = list[np.ndarray]()
    for index in range(len(faces)):
        if not is_portrait(faces, index):
            continue
        crop, frame = portrait_crop(faces, index, np.random.default_rng([seed, index]))
        look = network.look(faces.grey[index], crop)
        misses = np.linalg.norm(look.places - faces.places[index], axis=1) / frame.unit
        rows.append(np.where(faces.covered[index], np.nan, misses))
    return np.stack(rows)
