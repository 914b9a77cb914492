"""Examples: one role of a clip as a generator perceives it, beside what it should have done."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float32, Int32
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from avatar.behaviour.events import MotionEvent
from avatar.data.clip import DyadicClip, Role
from avatar.errors import DataError, MediaError
from avatar.files import beside
from avatar.generator.intents import KINDS, pulses
from avatar.generator.percepts import Perception
from avatar.generator.traits import Traits, traits_of
from avatar.motion import Motions


@dataclass(frozen=True, eq=False, slots=True)
class Example:
    """A conversation of `ticks`; percepts in half precision, for they are many.

    `motion` is the role's own, `pulses` the intents that go with its events, `onsets` one row an
    event: tick, kind and strength in thousandths.
    """

    own: Float16[np.ndarray, "ticks ahead spoken"]
    hearing: Float16[np.ndarray, "ticks heard"]
    sight: Float16[np.ndarray, "ticks seen"]
    control: Float16[np.ndarray, "ticks controls"]
    motion: Motions
    pulses: Float32[np.ndarray, "ticks kinds"]
    onsets: Int32[np.ndarray, "events 3"]
    traits: Traits

    @property
    def ticks(self) -> int:
        """Length."""
        return len(self.motion)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all. Raises MediaError when it cannot be written."""
        arrays = {f.name: np.ascontiguousarray(getattr(self, f.name)) for f in fields(self)}
        with beside(path) as partial:
            try:
                save_file(arrays, partial)
            except SafetensorError as error:
                raise MediaError(f"{path}: cannot be written ({error})") from error

    @classmethod
    def load(cls, path: Path) -> "Example":
        """Read an example. Raises DataError for a file that is none, or cut short."""
        try:
            arrays = load_file(path)
            return cls(**{f.name: arrays[f.name] for f in fields(cls)})
        except (OSError, SafetensorError, KeyError) as error:
            raise DataError(
                f"{path} is no example of this version ({error}): delete it and make it anew"
            ) from error


def examine(clip: DyadicClip, role: Role, perception: Perception, *, look_ahead: int) -> Example:
    """One role of a clip, perceived tick by tick as the live engine would."""
    party = clip.parties[role]
    perceived = perception.whole(clip.ticks(role, look_ahead=look_ahead))
    return Example(
        own=perceived.own.astype(np.float16),
        hearing=perceived.hearing.astype(np.float16),
        sight=perceived.sight.astype(np.float16),
        control=perceived.control.astype(np.float16),
        motion=party.motion,
        pulses=pulses(party.events, clip.length),
        onsets=_onsets(party.events, clip.length),
        traits=traits_of(party.temperament),
    )


def _onsets(events: tuple[MotionEvent, ...], length: int) -> Int32[np.ndarray, "events 3"]:
    rows = [
        (event.onset, KINDS.index(event.kind), round(1000 * event.strength))
        for event in events
        if 0 <= event.onset < length
    ]
    return np.array(rows, np.int32).reshape(-1, 3)
