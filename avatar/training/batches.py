"""Batches: windows of conversations, where things happen more often than they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Int32
from torch import Tensor

from avatar.data.examples import Example
from avatar.generator.intents import AHEAD, KINDS
from avatar.generator.motion_codec import MotionCodec
from avatar.nn.motion_network import Senses

REACTIVE = tuple(KINDS.index(kind) for kind in KINDS if kind not in ("gaze", "blink"))
"""Kinds of events on which windows are centred."""


class Batch(NamedTuple):
    """What was perceived, and what the avatar then did.

    `beginnings` marks acts that begin 1 to `AHEAD` ticks later, `strengths` those of the next tick.
    `natural` windows were drawn evenly over time, so that acts are as frequent in them as they are.
    """

    senses: Senses
    tokens: Float[Tensor, "batch ticks token"]
    intents: Float[Tensor, "batch ticks kinds"]
    beginnings: Float[Tensor, "batch ticks expected kinds"]
    strengths: Float[Tensor, "batch ticks kinds"]
    natural: Float[Tensor, " batch"]

    def on(self, device: torch.device) -> "Batch":
        """The same on a device."""
        return Batch(self.senses.on(device), *(part.to(device) for part in self[1:]))


@dataclass(frozen=True, eq=False, slots=True)
class _Conversation:
    example: Example
    tokens: Float32[np.ndarray, "ticks token"]
    beginning: Float32[np.ndarray, "ticks kinds"]
    strength: Float32[np.ndarray, "ticks kinds"]


class Corpus:
    """Examples in memory, from which windows are drawn."""

    def __init__(self, examples: Sequence[Example], codec: MotionCodec) -> None:
        self.codec = codec
        self._conversations = [_prepared(example, codec) for example in examples]
        self._events = [_events_of(examples, column) for column in REACTIVE]

    def __len__(self) -> int:
        return len(self._conversations)

    def draw(
        self, chance: np.random.Generator, count: int, window: int, event_share: float
    ) -> Batch:
        """`count` windows of `window` ticks; a share of them around events, each kind as often."""
        centred = chance.random(count) < event_share
        places = [self._place(chance, window, centre=bool(centre)) for centre in centred]
        batch = self.batch(places, window)
        return batch._replace(natural=torch.from_numpy(~centred).float())

    def batch(self, places: Sequence[tuple[int, int]], window: int) -> Batch:
        """Windows by conversation and first tick."""
        parts = [_cut(self._conversations[which], begin, window) for which, begin in places]
        own, hearing, sight, control, traits, tokens, pulses, beginnings, strengths = (
            torch.from_numpy(np.stack(column)).float() for column in zip(*parts, strict=True)
        )
        senses = Senses(own, hearing, sight, control, traits)
        natural = torch.ones(len(places))
        return Batch(senses, tokens, pulses, beginnings, strengths, natural)

    def _place(self, chance: np.random.Generator, window: int, *, centre: bool) -> tuple[int, int]:
        events = self._events[chance.integers(len(self._events))]
        if centre and len(events):
            which, tick = events[chance.integers(len(events))].tolist()
            begin = tick - int(chance.integers(window // 4, max(window // 4 + 1, window - 12)))
        else:
            which = int(chance.integers(len(self._conversations)))
            begin = int(chance.integers(max(1, self._conversations[which].example.ticks - window)))
        last = self._conversations[which].example.ticks - window
        return which, min(max(0, begin), max(0, last))


def _prepared(example: Example, codec: MotionCodec) -> _Conversation:
    begins = np.zeros((example.ticks, len(KINDS)), np.float32)
    strength = np.zeros_like(begins)
    for tick, column, thousandths in example.onsets.tolist():
        begins[tick, column] = 1
        strength[tick, column] = thousandths / 1000
    tokens = codec.encode(example.motion, example.motion[0], codec.space.rest)
    return _Conversation(example, tokens, begins, strength)


def _events_of(examples: Sequence[Example], column: int) -> Int32[np.ndarray, "events 2"]:
    rows = [
        (which, tick)
        for which, example in enumerate(examples)
        for tick, kind, _ in example.onsets.tolist()
        if kind == column
    ]
    return np.array(rows, np.int32).reshape(-1, 2)


def _cut(conversation: _Conversation, begin: int, window: int) -> tuple[np.ndarray, ...]:
    example, end = conversation.example, begin + window
    later = [_rows(conversation.beginning, begin + lag, window) for lag in range(1, AHEAD + 1)]
    return (
        example.own[begin:end],
        example.hearing[begin:end],
        example.sight[begin:end],
        example.control[begin:end],
        example.traits,
        conversation.tokens[begin:end],
        example.pulses[begin:end],
        np.stack(later, axis=1),
        _rows(conversation.strength, begin + 1, window),
    )


def _rows(
    values: Float32[np.ndarray, "ticks kinds"], begin: int, count: int
) -> Float32[np.ndarray, "count kinds"]:
    """Rows from a tick on, zeros after the end."""
    rows = values[begin : begin + count]
    return np.pad(rows, ((0, count - len(rows)), (0, 0)))
