"""How soon the face answers: twin conversations that differ in one event of the user's."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from jaxtyping import Bool, Float32

from avatar.avatar import Avatar
from avatar.clock import SAMPLE_RATE, TICK_S
from avatar.motion import ARKIT58, FaceObservation
from avatar.session import AvatarSession
from avatar.tick import Samples

VOICE_RATE = 24_000
PIECE_S = 0.02
"""Sound arrives in pieces of this length, each when it is complete."""
SEEN_AFTER_S = 0.03
"""How late a tracker sees a smile."""
DIFFERS = 1e-3
BEFORE_S, AFTER_S = 2.0, 1.5
ROOM = 3e-4
"""Level of a quiet room, of full scale."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the user does at a moment: begin to speak, or smile."""

    at_s: float
    voice: Samples | None


def reaction_latencies_ms(avatar: Avatar, voice: Samples, *, runs: int = 20) -> list[float]:
    """From an event's first sample to the frame that differs, pictures and all, as they arrive.

    Half of the events are voice onsets, half are smiles; each falls at another place in a tick.
    """
    phases = np.random.default_rng(0).uniform(0, TICK_S, runs)
    return [
        _latency_ms(avatar, Event(BEFORE_S + float(phase), voice if run % 2 else None), run)
        for run, phase in enumerate(phases)
    ]


def _latency_ms(avatar: Avatar, event: Event, seed: int) -> float:
    calm = _Twin(avatar, seed, None)
    stirred = _Twin(avatar, seed, event)
    for tick in range(round((BEFORE_S + AFTER_S) / TICK_S)):
        without, _ = calm.tick(tick)
        motion, took_s = stirred.tick(tick)
        if np.abs(motion - without).max() > DIFFERS:
            return 1000 * (tick * TICK_S + took_s - event.at_s)
    return float("inf")


class _Twin:
    """One conversation: a quiet room, and the event when there is one."""

    def __init__(self, avatar: Avatar, seed: int, event: Event | None) -> None:
        self._session: AvatarSession = avatar.session(voice_rate=VOICE_RATE, seed=seed)
        self._event = event
        self._sound = _sound(event)
        self._sent = 0

    def tick(self, index: int) -> tuple[Float32[np.ndarray, " dim"], float]:
        """The motion of a tick, and how long it took to make with its picture."""
        now_s = index * TICK_S
        self._arrive(now_s)
        begin = perf_counter()
        frame = self._session.step()
        return frame.motion, perf_counter() - begin

    def _arrive(self, now_s: float) -> None:
        piece = round(PIECE_S * SAMPLE_RATE)
        while (self._sent + piece) / SAMPLE_RATE <= now_s + 1e-9:
            self._session.timeline.push_user_audio(self._sound[self._sent : self._sent + piece])
            self._sent += piece
        self._session.timeline.push_user_face(_face(self._event, now_s))


def _sound(event: Event | None) -> Samples:
    room = np.random.default_rng(7).normal(0, ROOM, round((BEFORE_S + AFTER_S + 1) * SAMPLE_RATE))
    sound = room.astype(np.float32)
    if event is not None and event.voice is not None:
        begin = round(event.at_s * SAMPLE_RATE)
        said = event.voice[: len(sound) - begin]
        sound[begin : begin + len(said)] += said
    return sound


def _face(event: Event | None, now_s: float) -> FaceObservation:
    smiles = event is not None and event.voice is None and now_s >= event.at_s + SEEN_AFTER_S
    motion = ARKIT58.vector({"mouthSmile": 0.6} if smiles else {})
    seen: Bool[np.ndarray, "58"] = np.ones(ARKIT58.dim, np.bool_)
    return FaceObservation(ARKIT58, motion, seen)
