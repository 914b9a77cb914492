"""What networks say of pictures: FID, FVD, CSIM, LPIPS, LSE. Any network of the right kind will do.

`avatar.evaluation.feature_networks` loads the usual ones from files that a person has.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

from avatar.errors import DataError
from avatar.metrics.distances import Features, cosines, frechet_distance
from avatar.metrics.synchrony import Synchrony, synchrony
from avatar.rendering.base import Picture
from avatar.tick import Samples

Pictures = UInt8[np.ndarray, "pictures height width 3"]
Clips = UInt8[np.ndarray, "clips ticks height width 3"]

BATCH, CLIP_BATCH = 16, 4
"""Pictures, and clips of FVD, that a network is given at once."""
FVD_TICKS, FVD_STRIDE = 16, 8
"""Length of a clip of FVD, and from one to the next."""
LIPS_TICKS = 5
"""Length of a clip of SyncNet."""

Item = TypeVar("Item")


@runtime_checkable
class PictureNetwork(Protocol):
    """Tells features of each picture: FID's Inception, an embedding of identity."""

    def __call__(self, pictures: Pictures) -> Features:
        """One row a picture."""
        ...


@runtime_checkable
class ClipNetwork(Protocol):
    """Tells features of each clip: FVD's I3D."""

    def __call__(self, clips: Clips) -> Features:
        """One row a clip."""
        ...


@runtime_checkable
class PairNetwork(Protocol):
    """Tells how far pictures are apart: LPIPS."""

    def __call__(self, pictures: Pictures, others: Pictures) -> Float[np.ndarray, " pictures"]:
        """One distance a pair."""
        ...


@runtime_checkable
class LipNetwork(Protocol):
    """Embeds lips and voice in one space: SyncNet."""

    def lips(self, clips: Clips) -> Features:
        """One row a clip of five pictures."""
        ...

    def voice(self, samples: Samples) -> Features:
        """One row for every 0.2 s of 16 kHz sound, a tick from each to the next."""
        ...


def fid(pictures: Iterable[Picture], others: Iterable[Picture], network: PictureNetwork) -> float:
    """FID: Frechet distance of features of pictures (Heusel et al. 2017), lower is better.

    The papers' FID has the features of Inception v3 before its last layer, 2048 of them. Fewer
    pictures than features make it too large.
    """
    return frechet_distance(_told(pictures, network), _told(others, network))


def csim(pictures: Iterable[Picture], others: Iterable[Picture], network: PictureNetwork) -> float:
    """CSIM: mean cosine of identities of pictures in pairs, or with one other: higher is better."""
    faces, wanted = _told(pictures, network), _told(others, network)
    common = len(faces) if len(wanted) == 1 else min(len(faces), len(wanted))
    return float(cosines(faces[:common], wanted[:common]).mean())


def fvd(pictures: Iterable[Picture], others: Iterable[Picture], network: ClipNetwork) -> float:
    """FVD: Frechet distance of features of clips (Unterthiner et al. 2018), lower is better.

    Clips of 16 pictures, one begun every 8. The papers' FVD has the 400 logits of I3D.
    """
    told = [
        _rows(
            network(np.stack(batch))
            for batch in batches(windows(each, FVD_TICKS, FVD_STRIDE), CLIP_BATCH)
        )
        for each in (pictures, others)
    ]
    return frechet_distance(*told)


def lse(pictures: Iterable[Picture], samples: Samples, network: LipNetwork) -> Synchrony:
    """LSE-D and LSE-C of 25 pictures a second and 16 kHz sound; see `synchrony`."""
    lips = _rows(
        network.lips(np.stack(batch)) for batch in batches(windows(pictures, LIPS_TICKS, 1))
    )
    voice = network.voice(samples)
    common = min(len(lips), len(voice))
    return synchrony(lips[:common], voice[:common])


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Items in lists of `size`; the last one may be shorter."""
    waiting = list[Item]()
    for item in items:
        waiting.append(item)
        if len(waiting) == size:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def windows(
    pictures: Iterable[Picture], length: int, stride: int
) -> Iterator[UInt8[np.ndarray, "length height width 3"]]:
    """Every whole window of `length` pictures, `stride` from one to the next."""
    held = list[Picture]()
    for index, picture in enumerate(pictures):
        held = [*held, picture][-length:]
        if len(held) == length and (index - length + 1) % stride == 0:
            yield np.stack(held)


def _told(pictures: Iterable[Picture], network: PictureNetwork) -> Features:
    return _rows(network(np.stack(batch)) for batch in batches(pictures))


def _rows(parts: Iterable[Features]) -> Features:
    kept = list(parts)
    if not kept:
        raise DataError("there are too few pictures for this figure: 16 make a clip")
    return np.concatenate(kept)
