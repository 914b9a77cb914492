"""Losses of the face networks, and batches of examples made in the background."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from avatar.nn.face_networks import FaceNetwork, PartsNetwork
from avatar.tracking.crops import FACE
from avatar.tracking.places import REGIONS, TOLD
from avatar.training.loop import Losses
from avatar.training.tracker.examples import Example, Faces, example

AHEAD, WORKERS = 4, 2
"""Batches that wait for each process that makes them, and how many processes do."""
PLACES_WEIGHT, POSE_WEIGHT, PRESENCE_WEIGHT, TOLD_WEIGHT = 4.0, 4.0, 0.1, 10.0
TOLD_KNEE = 0.5
"""Nearly squares throughout: where a mouth may smile or not, the mean is asked for; a smaller knee
asks for the median, which is no smile.
"""
MATTERS_MOST = ("eyeBlink", "eyeLook", "jawOpen", "mouthSmile", "mouthPucker", "brow")
WEIGHTS = torch.tensor([2.0 if name.startswith(MATTERS_MOST) else 1.0 for name in TOLD])
"""What a conversation turns on counts double."""


class Batch(NamedTuple):
    """Examples as tensors; crops are 0 to 255."""

    face: Tensor
    right_eye: Tensor
    left_eye: Tensor
    mouth: Tensor
    brows: Tensor
    places: Tensor
    pose: Tensor
    told: Tensor
    known: Tensor
    present: Tensor
    seen: Tensor


B = TypeVar("B")


def drawn_batch(faces: Faces, size: int, rng: np.random.Generator) -> Batch:
    """A batch of random examples."""
    chosen = rng.integers(len(faces), size=size)
    return batch_of([example(faces, int(index), rng) for index in chosen])


def batch_of(examples: list[Example]) -> Batch:
    """Stack examples."""
    columns: list[Tensor] = []
    for name in Batch._fields:
        values = torch.from_numpy(np.stack([np.asarray(getattr(e, name)) for e in examples]))
        columns.append(values[:, None].float() if values.dtype == torch.uint8 else values.float())
    return Batch(*columns)


class _Steps(Dataset[B]):
    """The batch of every step: the same seed and step give the same one."""

    def __init__(self, make: Callable[[np.random.Generator], B], seed: int, steps: range) -> None:
        self._make, self._seed, self._steps = make, seed, steps

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, index: int) -> B:
        return self._make(np.random.default_rng([self._seed, 9, self._steps[index]]))


def batches(make: Callable[[np.random.Generator], B], seed: int, steps: range) -> Iterator[B]:
    """Batches of steps, made by processes of their own while the last one is learned from."""
    return iter(
        DataLoader(
            _Steps(make, seed, steps),
            batch_size=None,
            num_workers=WORKERS,
            prefetch_factor=AHEAD,
            worker_init_fn=_one_thread,
        )
    )


def _one_thread(worker: int) -> None:
    del worker
    cv2.setNumThreads(1)


class FaceLearner(nn.Module):
    """Learns landmarks, pose and presence."""

    def __init__(self) -> None:
        super().__init__()
        self.face = FaceNetwork(FACE[0])

    def losses(self, batch: Batch) -> Losses:
        """What is minimised, and its parts."""
        places, pose, presence = self.face(batch.face)
        there = batch.present
        seen = torch.cat([there[:, None], batch.seen * there[:, None]], dim=1)
        return _summed(
            places=PLACES_WEIGHT * places_loss(places.float(), batch.places, there),
            pose=POSE_WEIGHT * _mean(_huber(pose.float() - batch.pose, 0.1), there[:, None]),
            presence=PRESENCE_WEIGHT * F.binary_cross_entropy_with_logits(presence.float(), seen),
        )


class PartsLearner(nn.Module):
    """Learns the coefficients of regions that are seen, as far as the picture shows them."""

    counts: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.parts = PartsNetwork()
        self.register_buffer(
            "counts", torch.tensor([len(channels) for channels in REGIONS.values()])
        )

    def losses(self, batch: Batch) -> Losses:
        """What is minimised."""
        told = self.parts(batch.right_eye, batch.left_eye, batch.mouth, batch.brows, batch.pose)
        asked = batch.known * batch.seen.repeat_interleave(self.counts, dim=1)
        missed = _huber(told.float() - batch.told, TOLD_KNEE) * WEIGHTS
        return _summed(told=TOLD_WEIGHT * _mean(missed, asked))


def _summed(**parts: Tensor) -> Losses:
    return {"loss": torch.stack(list(parts.values())).sum(), **parts}


def places_loss(
    found: Float[Tensor, "batch 96 2"],
    true: Float[Tensor, "batch 96 2"],
    there: Tensor,
    knee: float = 0.04,
) -> Tensor:
    """How far landmarks are off, in reaches; beyond the knee only in proportion."""
    known = torch.isfinite(true).float() * there[:, None, None]
    return _mean(_huber(found - torch.nan_to_num(true), knee), known)


def _huber(miss: Tensor, knee: float) -> Tensor:
    size = miss.abs()
    return torch.where(size < knee, size * size / (2 * knee), size - knee / 2)


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    weights = weights.expand_as(values)
    return (values * weights).sum() / weights.sum().clamp(min=1)
