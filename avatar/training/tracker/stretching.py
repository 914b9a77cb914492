"""Giving coefficients back their size.

A network that learned the mean of what a blurred picture may show says less than is there, the less
the less it sees: a smile of 0.4 becomes one of 0.3. Each coefficient is stretched about its mean
until it deviates as much as the truth does.
"""

import numpy as np
import torch
from torch import Tensor, nn

from avatar.tracking.places import LEFT_EYE, REGIONS, RIGHT_EYE
from avatar.training.tracker.examples import Faces
from avatar.training.tracker.learning import Batch, PartsLearner, drawn_batch

EXAMPLES, BATCH = 6_000, 200
MOST = 1.5
"""A coefficient is stretched by so much at most: what is hardly seen stays small."""


def stretch(learner: PartsLearner, faces: Faces, seed: int) -> None:
    """Change the last layers of a network so that its deviations are those of the truth."""
    rng = np.random.default_rng([seed, 11])
    given = [drawn_batch(faces, BATCH, rng) for _ in range(EXAMPLES // BATCH)]
    with torch.no_grad():
        told = torch.cat([_told(learner, batch) for batch in given])
    true = torch.cat([batch.told for batch in given])
    asked = torch.cat([_asked(learner, batch) for batch in given])
    means, gains = _fitted(told, true, asked)
    eyes = len(RIGHT_EYE), len(RIGHT_EYE) + len(LEFT_EYE)
    both = [
        torch.stack([part[: eyes[0]], part[eyes[0] : eyes[1]]]).mean(0) for part in (means, gains)
    ]
    mouth = slice(eyes[1], eyes[1] + len(REGIONS["mouth"]))
    brows = slice(mouth.stop, None)
    parts = learner.parts
    _apply(parts.eye_told.layers[-1], both[0], both[1])
    _apply(parts.mouth_told.layers[-1], means[mouth], gains[mouth])
    _apply(parts.brows_told.layers[-1], means[brows], gains[brows])


def _told(learner: PartsLearner, batch: Batch) -> Tensor:
    return learner.parts(batch.right_eye, batch.left_eye, batch.mouth, batch.brows, batch.pose)


def _asked(learner: PartsLearner, batch: Batch) -> Tensor:
    return (batch.known * batch.seen.repeat_interleave(learner.counts, dim=1)) > 0


def _fitted(told: Tensor, true: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
    """Mean of each coefficient as told, and what its deviation is to be multiplied by."""
    means, gains = torch.zeros(told.shape[1]), torch.ones(told.shape[1])
    for index in range(told.shape[1]):
        known = asked[:, index]
        if int(known.sum()) > 1:
            means[index] = told[known, index].mean()
            spread = told[known, index].std().clamp(min=1e-6)
            gains[index] = (true[known, index].std() / spread).clamp(1.0, MOST)
    return means, gains


def _apply(layer: nn.Module, means: Tensor, gains: Tensor) -> None:
    assert isinstance(layer, nn.Linear)
    with torch.no_grad():
        layer.weight.mul_(gains[:, None])
        layer.bias.mul_(gains).add_(means * (1 - gains))
