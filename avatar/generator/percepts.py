"""What a learned generator perceives of a tick: one front end for the live step and for training.

Four senses, each with marks for what is missing, so that every condition can be absent: the own
voice with what is queued of it, the user's sound, the user's face, and what the avatar is told of
itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from jaxtyping import Float32

from avatar.audio.mel import LogMel, MelConfig, MelFrames, MelState
from avatar.behaviour.visemes import VISEMES, visemes_of
from avatar.clock import TICK, TICK_S
from avatar.motion import ARKIT58, COEFFICIENTS, FaceObservation, MotionSpace, Vector
from avatar.tick import EMOTIONS, AvatarState, Phone, Samples, Tick

MEL = MelConfig()
MEL_CENTRE, MEL_SCALE = -4.5, 2.5
"""Whitening of log-mel features: silence becomes -1.9 and loud bands about 2."""
STATES = tuple(AvatarState)
CLASSES = tuple(VISEMES)
"""Viseme classes, the phones of a voice as a network is told them."""
CONTROLS = len(STATES) + 2 + len(EMOTIONS) + 3
"""Numbers of `Percepts.control`."""
GAZE_SCALE = 0.3
"""Radians that count as one."""
FRESH, OLDEST = 3, 13
"""Ticks of age of an observation that say nothing, for not every tracker tells how late it is, and
that count as one."""
MOST_DEVIATION = 5.0
"""Whitened values of the user's face are held within this."""

COEFFICIENT_SCALE, TURN_SCALE, SHIFT_SCALE = 0.2, 0.12, 0.15
"""Whitening of the user's face: coefficients, radians, inter-ocular distances."""

Row: TypeAlias = Float32[np.ndarray, " numbers"]


def heard_numbers(config: MelConfig = MEL) -> int:
    """Numbers that describe one tick of a sound: its log-mel frames and a mark that it is there."""
    return TICK // config.hop * config.bands + 1


def spoken_numbers() -> int:
    """Numbers that describe one tick of the own voice: its sound, and the visemes of its phones."""
    return heard_numbers() + len(CLASSES)


def seen_numbers(space: MotionSpace) -> int:
    """Numbers that describe one observation: values, marks of what is seen, age, a mark."""
    return 2 * space.dim + 2


def face_scale(space: MotionSpace) -> Vector:
    """What counts as one in each channel of the user's face."""
    scale = np.ones(space.dim, np.float32)
    if space.name == ARKIT58.name:
        turns, shifts = slice(len(COEFFICIENTS), -3), slice(-3, None)
        scale[: len(COEFFICIENTS)] = COEFFICIENT_SCALE
        scale[turns], scale[shifts] = TURN_SCALE, SHIFT_SCALE
    return scale


@dataclass(frozen=True, eq=False, slots=True)
class Percepts:
    """One tick, or many with a leading axis.

    `own` is the own voice at this tick and each queued one, with its phones where the voice tells
    them; `hearing` the user's sound; `sight` the user's face; `control` the state, whether it
    sounds, intensity, emotion and gaze target.
    """

    own: Float32[np.ndarray, "*ticks ahead spoken"]
    hearing: Float32[np.ndarray, "*ticks heard"]
    sight: Float32[np.ndarray, "*ticks seen"]
    control: Float32[np.ndarray, "*ticks controls"]

    @classmethod
    def stacked(cls, percepts: "list[Percepts]") -> "Percepts":
        """Many ticks as one value, time first."""
        return cls(
            **{f.name: np.stack([getattr(p, f.name) for p in percepts]) for f in fields(cls)}
        )


@dataclass(frozen=True, eq=False, slots=True)
class PerceptionState:
    """The last samples of both voices, which the next log-mel frames still need."""

    own: MelState
    user: MelState


class Perception:
    """From ticks to percepts. Holds tables only; `space` and whitening are the user's face's."""

    def __init__(self, space: MotionSpace, mean: Vector, scale: Vector, *, ahead: int) -> None:
        """`ahead` is the longest look-ahead, in ticks, that is ever perceived."""
        self._space, self._mean, self._scale = space, mean, scale
        self._ahead = ahead
        self._mel = LogMel(MEL)

    def start(self) -> PerceptionState:
        """Before the first tick."""
        return PerceptionState(self._mel.start(), self._mel.start())

    def step(self, tick: Tick, state: PerceptionState) -> tuple[Percepts, PerceptionState]:
        """Perceive one tick."""
        own, own_state = self._own(tick, state.own)
        hearing, user_state = self._hear(tick.user_audio, state.user)
        percepts = Percepts(own, hearing, self._see(tick.user_face), control_numbers(tick))
        return percepts, PerceptionState(own_state, user_state)

    def whole(self, ticks: Iterable[Tick]) -> Percepts:
        """Perceive a conversation from its start, as one value."""
        state, perceived = self.start(), list[Percepts]()
        for tick in ticks:
            percepts, state = self.step(tick, state)
            perceived.append(percepts)
        return Percepts.stacked(perceived)

    def _own(
        self, tick: Tick, state: MelState
    ) -> tuple[Float32[np.ndarray, "ahead spoken"], MelState]:
        known = min(tick.look_ahead, self._ahead) + 1
        frames, _ = self._mel.step(tick.avatar_audio[: known * TICK], state)
        _, after = self._mel.step(tick.avatar_audio[:TICK], state)
        result = np.zeros((self._ahead + 1, spoken_numbers()), np.float32)
        sound = heard_numbers()
        result[:known, : sound - 1] = _whitened(frames).reshape(known, -1)
        result[:known, sound - 1] = 1
        result[:known, sound:] = viseme_shares(tick.phones, tick.position_s, known)
        return result, after

    def _hear(self, audio: Samples | None, state: MelState) -> tuple[Row, MelState]:
        if audio is None:
            return np.zeros(heard_numbers(), np.float32), self._mel.start()
        frames, after = self._mel.step(audio, state)
        return np.append(_whitened(frames), np.float32(1)), after

    def _see(self, face: FaceObservation | None) -> Row:
        if face is None:
            return np.zeros(seen_numbers(self._space), np.float32)
        seen = face.seen.astype(np.float32)
        values = np.clip((face.motion - self._mean) / self._scale, -MOST_DEVIATION, MOST_DEVIATION)
        age = min(1.0, max(0.0, (face.age_ticks - FRESH) / (OLDEST - FRESH)))
        return np.concatenate([seen * values, seen, [age, 1.0]]).astype(np.float32)


def viseme_shares(
    phones: Sequence[Phone], begin_s: float, ticks: int
) -> Float32[np.ndarray, "ticks classes"]:
    """How much of each tick belongs to each viseme class; nothing where phones are not known."""
    shares = np.zeros((ticks, len(CLASSES)), np.float32)
    edges = begin_s + TICK_S * np.arange(ticks + 1)
    for phone in phones:
        classes = visemes_of(phone.symbol)
        length = (phone.end_s - phone.start_s) / len(classes)
        for i, name in enumerate(classes):
            start = phone.start_s + i * length
            inside = np.minimum(edges[1:], start + length) - np.maximum(edges[:-1], start)
            shares[:, CLASSES.index(name)] += np.maximum(inside, 0) / TICK_S
    return shares


def control_numbers(tick: Tick) -> Row:
    """What the avatar is told of itself."""
    style, gaze = tick.style, tick.style.gaze or (0.0, 0.0)
    state = [float(tick.state is known) for known in STATES]
    emotion = [float(style.emotion == known) for known in EMOTIONS]
    looks = [angle / GAZE_SCALE for angle in gaze] + [float(style.gaze is not None)]
    sounds = float(tick.speech is not None)
    return np.array([*state, sounds, style.intensity, *emotion, *looks], np.float32)


def _whitened(frames: MelFrames) -> MelFrames:
    return ((frames - MEL_CENTRE) / MEL_SCALE).astype(np.float32)
