"""Speaking: the mouth, and what head and brows do on stressed syllables."""

from dataclasses import dataclass, field, replace
from math import radians

import numpy as np

from avatar.behaviour.articulation import ArticulationState, articulate
from avatar.behaviour.chance import Chance
from avatar.behaviour.gestures import Beat, BrowFlash, Gesture
from avatar.behaviour.shapes import toward
from avatar.behaviour.temperament import Temperament
from avatar.behaviour.visemes import SHAPE, STRESS, Mouth, mouth_shape
from avatar.clock import NO_TURN, TICK_S
from avatar.tick import Tick

BEAT_REFRACTORY_S = 0.5
BEAT_ON_STRESS, BEAT_ON_PEAK = 0.45, 0.6
BROW_WITH_BEAT = 0.22
SETTLE = 0.55
"""Share of the way to rest that the mouth goes in a tick of silence."""
JAW, LIPS = SHAPE.index("jaw"), [SHAPE.index(name) for name in ("press", "close")]
SUB_TICKS_S = (0.005, 0.015, 0.025, 0.035)


@dataclass(frozen=True, eq=False, slots=True)
class SpeakingState:
    """The mouth as it is, how loud the voice is, and when the last beat began."""

    mouth: Mouth = field(default_factory=lambda: np.zeros(len(SHAPE), np.float32))
    sound: ArticulationState = field(default_factory=ArticulationState)
    last_beat_s: float = -1e9
    level: float = 0.0


def speak(tick: Tick, state: SpeakingState) -> SpeakingState:
    """Move the mouth by one tick, from phones where they are known, else from the sound.

    Only the avatar's own voice moves it: never the user's.
    """
    heard, sound = articulate(tick.avatar_audio, state.sound)
    if tick.phones and tick.speech is not None:
        shapes = [mouth_shape(tick.phones, tick.position_s + offset) for offset in SUB_TICKS_S]
        target = np.mean(shapes, axis=0).astype(np.float32)
        target[JAW] *= 0.35 + 0.85 * heard.loudness
        mouth = target
    elif tick.speech is not None:
        mouth = heard.mouth.copy()
        mouth[LIPS] = 0.5 * (mouth[LIPS] + state.mouth[LIPS])
    else:
        mouth = (1 - SETTLE) * state.mouth
        mouth[mouth < 4e-3] = 0
    if tick.speech is not None and not state.mouth.any():
        mouth = 0.6 * mouth
    loudness = heard.loudness if tick.speech is not None else 0.0
    return replace(
        state,
        mouth=mouth.astype(np.float32),
        sound=sound,
        level=toward(state.level, loudness, up=0.5, down=0.25),
    )


def accents(
    tick: Tick, before: SpeakingState, after: SpeakingState, chance: Chance, person: Temperament
) -> tuple[tuple[Gesture, ...], SpeakingState]:
    """Beats of the head, and sometimes the brows, on stress.

    A dip of 0.5 to 4 degrees; about one in five with a brow flash (Cave et al. 1996 found brows to
    rise with accents far less often than the head moves).
    """
    now = tick.index * TICK_S
    if tick.turn == NO_TURN or now - after.last_beat_s < BEAT_REFRACTORY_S:
        return (), after
    if not _accented(tick, before, after, chance):
        return (), after
    depth = radians(chance.between("beat/depth", tick.index, 0.8, 2.8)) * person.head
    gestures: list[Gesture] = [Beat(now, depth)]
    if chance.happens("beat/brow", tick.index, BROW_WITH_BEAT):
        strength = chance.between("beat/brow strength", tick.index, 0.3, 0.6)
        gestures.append(BrowFlash(now, 0.15, strength))
    return tuple(gestures), replace(after, last_beat_s=now)


def _accented(tick: Tick, before: SpeakingState, after: SpeakingState, chance: Chance) -> bool:
    if any(STRESS in phone.symbol for phone in tick.phones):
        stressed = any(
            STRESS in phone.symbol and tick.position_s <= phone.start_s < tick.position_s + TICK_S
            for phone in tick.phones
        )
        return stressed and chance.happens("beat/stress", tick.index, BEAT_ON_STRESS)
    rising = after.level > 0.6 and after.level > before.level + 0.08
    return rising and chance.happens("beat/peak", tick.index, BEAT_ON_PEAK)
