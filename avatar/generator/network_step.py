"""What a network does between two ticks, without saying in which framework it runs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Float32, Int64

from avatar.generator.network_config import MotionNetworkConfig
from avatar.generator.visibility import bias

Numbers: TypeAlias = Float32[np.ndarray, "..."]
Mask: TypeAlias = Float32[np.ndarray, "_ _"]
Positions: TypeAlias = Int64[np.ndarray, " _"]


class StepInputs(NamedTuple):
    """What a step reads; every array has a leading axis of 1 but masks, positions and the cache.

    `new` ticks have passed since the last step, of whose block as many frames were used: `done`
    with `done_condition`. `noise` has a row for each frame to be made. Windows of the senses hold
    ticks side by side, oldest first. `heard`, `user`, `keys` and `values` are memories.
    """

    own: Numbers
    hearing: Numbers
    sight: Numbers
    control: Numbers
    traits: Numbers
    intents: Numbers
    noise: Numbers
    done: Numbers
    done_condition: Numbers
    heard: Numbers
    user: Numbers
    keys: Numbers
    values: Numbers
    heard_mask: Mask
    user_mask: Mask
    mask: Mask
    heard_at: Positions
    user_at: Positions
    frames_at: Positions
    tokens_at: Positions


class StepOutputs(NamedTuple):
    """The new tokens with their condition, what is expected after them, and the memories."""

    tokens: Numbers
    condition: Numbers
    beginnings: Numbers
    strengths: Numbers
    heard: Numbers
    user: Numbers
    keys: Numbers
    values: Numbers


@runtime_checkable
class NetworkStep(Protocol):
    """A network that can take one step; it holds weights only."""

    config: MotionNetworkConfig

    def __call__(self, given: StepInputs) -> StepOutputs:
        """One step."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """How many ticks are new, frames done and to be made, and how much of the memories is full."""

    new: int
    done: int
    frames: int
    heard: int
    user: int
    tokens: int

    def after(self, config: MotionNetworkConfig, *, frames: int, new: int, done: int) -> "Counts":
        """Of the next step."""
        return Counts(
            new=new,
            done=done,
            frames=frames,
            heard=min(config.user_memory - 1, self.heard + self.new),
            user=min(config.reaction_memory - 1, self.user + self.new),
            tokens=min(config.visibility.context, self.tokens + self.done),
        )


class Geometry(NamedTuple):
    """Masks and positions of a step, which follow from counts alone."""

    heard_mask: Mask
    user_mask: Mask
    mask: Mask
    heard_at: Positions
    user_at: Positions
    frames_at: Positions
    tokens_at: Positions


@lru_cache(maxsize=256)
def geometry(config: MotionNetworkConfig, counts: Counts) -> Geometry:
    """Who may look at whom. Positions count from the first new tick, those of tokens from the
    first new frame; only differences matter.
    """
    newest = counts.new - 1
    heard_at = np.arange(-(config.user_memory - 1), counts.new)
    user_at = np.arange(-(config.reaction_memory - 1), counts.new)
    frames_at = newest + np.arange(counts.frames)
    block_begin = np.full(counts.frames, newest)
    return Geometry(
        heard_mask=_recent(np.arange(counts.new), heard_at, config.user_memory, counts.heard),
        user_mask=_recent(block_begin, user_at, config.reaction_memory, counts.user),
        mask=_token_mask(config, counts),
        heard_at=heard_at,
        user_at=user_at,
        frames_at=frames_at,
        tokens_at=np.arange(-config.visibility.context - counts.done, counts.frames),
    )


def _recent(queries: Positions, keys: Positions, memory: int, known: int) -> Mask:
    distance = queries[:, None] - keys[None]
    return bias((distance >= 0) & (distance < memory) & (keys >= -known)[None])


def _token_mask(config: MotionNetworkConfig, counts: Counts) -> Mask:
    see = config.visibility.pairs
    keys = np.arange(-config.visibility.context - counts.done, counts.frames)
    done, new = np.arange(-counts.done, 0), np.arange(counts.frames)
    visible = np.concatenate(
        [
            see(done, keys, np.full(counts.done, -counts.done), counts.done),
            see(new, keys, np.zeros(counts.frames, np.int64), counts.frames),
        ]
    )
    return bias(visible & (keys >= -counts.done - counts.tokens)[None])
