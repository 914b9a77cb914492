"""Which frames may look at which: the mask policies of the papers and of their code.

All are functions of positions, so that a stream asks the same question about a few frames that
training asks about many. `released` is what the published Avatar Forcing code does: every frame
sees the past and `look_ahead` frames more, whatever its block. `blockwise` is the paper's text
(Eq. 5 with the look-ahead counted in frames): a block sees itself, the past, and `look_ahead`
frames beyond its end. `windowed` is the online transformer of Social Telepresence: a frame sees
itself and the past only. Every policy is cut to `context` past frames.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float32, Int64

MaskPolicy: TypeAlias = Literal["released", "blockwise", "windowed"]
Positions: TypeAlias = Int64[np.ndarray, " _"]

HIDDEN = np.float32(-1e4)
"""Added to the score of a pair that may not look; finite, so that half precision can hold it."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """A policy with its numbers, in frames."""

    policy: MaskPolicy = "blockwise"
    context: int = 50
    look_ahead: int = 0

    def pairs(
        self,
        queries: Int64[np.ndarray, " q"],
        keys: Int64[np.ndarray, " k"],
        query_blocks: Int64[np.ndarray, " q"],
        block: int,
    ) -> Bool[np.ndarray, "q k"]:
        """Whether each query sees each key; `query_blocks` is where the query's block begins."""
        query, key, begin = queries[:, None], keys[None], query_blocks[:, None]
        if self.policy == "blockwise":
            return (key >= begin - self.context) & (key < begin + block + self.look_ahead)
        ahead = self.look_ahead if self.policy == "released" else 0
        return (key >= query - self.context) & (key <= query + ahead)


def block_starts(frames: int, block: int, offset: int = 0) -> Positions:
    """The first frame of the block of every frame, when a block begins at frame `-offset`."""
    return (np.arange(frames) + offset) // block * block - offset


def block_ends(starts: Positions) -> Positions:
    """The last frame of the block of every frame, from where the blocks begin."""
    return np.searchsorted(starts, starts, side="right") - 1


def bias(visible: Bool[np.ndarray, "q k"]) -> Float32[np.ndarray, "q k"]:
    """What to add to attention scores."""
    return np.where(visible, np.float32(0), HIDDEN).astype(np.float32)
