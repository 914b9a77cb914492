"""Reactions: what a listener answers to what it hears and sees, when, and how strongly.

Latencies and probabilities: nods 0.2 to 0.6 s after a pause or question, 0.7 s into a low-pitch
region (Ward and Tsukahara 2000); slow nods of 1 to 3 cycles at 1.2 to 2.6 Hz and small fast ones at
2.6 to 5 Hz (Hale et al. 2019); smiles returned mostly within a second, many within 0.2 to 0.5 s
(Riehle et al. 2017); laughter answered by laughter or a smile within 0.25 to 0.6 s.
"""

from dataclasses import dataclass, replace
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.face import Face
from avatar.behaviour.gestures import (
    BrowFlash,
    Gesture,
    Laugh,
    Nod,
    Smile,
    Tilt,
    play,
    unfinished,
)
from avatar.behaviour.listening import Cue
from avatar.behaviour.seeing import Sight
from avatar.behaviour.temperament import Temperament
from avatar.clock import TICK_S
from avatar.tick import AvatarState, Tick

NOD_REFRACTORY_S = 1.0
NOD_AFTER = {Cue.PHRASE: 0.45, Cue.PAUSE: 0.70, Cue.QUESTION: 0.62, Cue.LOW_PITCH: 0.40}
NOD_DELAY_S = {
    Cue.PHRASE: (0.05, 0.30),
    Cue.PAUSE: (0.0, 0.25),
    Cue.QUESTION: (0.0, 0.20),
    Cue.LOW_PITCH: (0.45, 0.70),
}
"""After the cue is known: a phrase 0.16 s and a pause 0.28 s after the last sound."""
CONTINUERS_A_MINUTE = 8.0
"""Nods that answer no cue but that the user goes on speaking, after `CONTINUER_AFTER_S` of it."""
CONTINUER_AFTER_S = 1.5
NOD_CYCLES = {1: 0.40, 2: 0.33, 3: 0.18, 4: 0.09}
FAST_NODS = 0.30
SMILE_BACK, LAUGH_ALONG = 0.90, 0.92
SMILE_GAIN = (0.8, 1.1)
QUIET_SMILE = 0.55
"""A listener's smile stays below the strength at which its lips would part."""


@dataclass(frozen=True, eq=False, slots=True)
class ReactionState:
    """Gestures under way or to come, and when the last nod, smile and laugh end."""

    gestures: tuple[Gesture, ...] = ()
    nods_end_s: float = -1e9
    smiles_end_s: float = -1e9
    laughs_end_s: float = -1e9


@dataclass(frozen=True, slots=True)
class Listener:
    """Who reacts: chance, temperament and the style's intensity in [0, 1]."""

    chance: Chance
    person: Temperament
    intensity: float

    def react(
        self,
        tick: Tick,
        cues: tuple[Cue, ...],
        sight: Sight,
        spoken_s: float,
        state: ReactionState,
    ) -> ReactionState:
        """Decide what to answer in this tick; `spoken_s` is how long the user has been speaking."""
        now, state = (
            tick.index * TICK_S,
            replace(state, gestures=unfinished(state.gestures, tick.index * TICK_S)),
        )
        listening = tick.state is not AvatarState.SPEAKING
        if not listening:
            state = replace(state, gestures=_without_coming_nods(state.gestures, now))
        laughed = Cue.LAUGH in cues or sight.laugh > 0
        if laughed:
            state = self._laugh_along(tick.index, now, sight.laugh or 0.8, state, aloud=listening)
        elif sight.smile > 0:
            state = self._smile_back(tick.index, now, sight.smile, state)
        if listening:
            for cue in cues:
                state = self._answer(tick.index, now, cue, state)
            if sight.nod > 0:
                state = self._nod(tick.index, now + 0.2, 0.75, state)
            if spoken_s > CONTINUER_AFTER_S and self.chance.happens(
                "nod/continuer", tick.index, CONTINUERS_A_MINUTE / 60 * TICK_S * self.person.nods
            ):
                state = self._nod(tick.index, now, 1.0, state)
            if sight.brow > 0 and self.chance.happens("brow/mirror", tick.index, 0.35):
                delay = self.chance.between("brow/delay", tick.index, 0.3, 0.6)
                flash = BrowFlash(now + delay, 0.35, 0.7 * sight.brow * self.intensity)
                state = _with(state, flash)
        return state

    def _answer(self, index: int, now: float, cue: Cue, state: ReactionState) -> ReactionState:
        chance = self.chance
        if cue not in NOD_AFTER:
            return state
        if cue is Cue.QUESTION and chance.happens("question/brow", index, 0.5):
            strength = chance.between("question/strength", index, 0.4, 0.8) * self.intensity
            state = _with(state, BrowFlash(now + 0.1, 0.5, strength))
        if cue is Cue.QUESTION and chance.happens("question/tilt", index, 0.3):
            angle = chance.sign("question/side", index) * radians(4) * self.intensity
            state = _with(state, Tilt(now + 0.15, 0.8, angle))
        if cue is Cue.PAUSE and chance.happens("pause/smile", index, 0.15 * self.person.smiles):
            strength = chance.between("pause/strength", index, 0.15, 0.35) * self.intensity
            state = _with(state, Smile(now + 0.1, 0.8, strength, self.person.smile_lean))
        delay = chance.between("nod/delay", index, *NOD_DELAY_S[cue])
        return self._nod(index, now + delay, NOD_AFTER[cue] * self.person.nods, state)

    def _nod(
        self, index: int, start: float, probability: float, state: ReactionState
    ) -> ReactionState:
        chance = self.chance
        if start < state.nods_end_s + NOD_REFRACTORY_S:
            return state
        if not chance.happens("nod", index, probability * (0.35 + 0.65 * self.intensity)):
            return state
        if chance.happens("nod/fast", index, FAST_NODS):
            cycles = chance.pick("nod/cycles", index, {2: 0.5, 3: 0.35, 4: 0.15})
            rate = chance.between("nod/rate", index, 2.6, 4.2)
            depth = radians(chance.between("nod/depth", index, 1.8, 3.2))
        else:
            cycles = chance.pick("nod/cycles", index, NOD_CYCLES)
            rate = chance.between("nod/rate", index, 1.2, 2.4)
            depth = radians(chance.between("nod/depth", index, 3.5, 8.0))
        nod = Nod(start, cycles, rate, depth * self.person.head**0.5 * (0.5 + 0.5 * self.intensity))
        return replace(_with(state, nod), nods_end_s=nod.end_s)

    def _smile_back(
        self, index: int, now: float, strength: float, state: ReactionState
    ) -> ReactionState:
        chance = self.chance
        if now < state.smiles_end_s or not chance.happens(
            "smile", index, SMILE_BACK * (0.4 + 0.6 * self.intensity)
        ):
            return state
        delay = chance.between("smile/delay", index, 0.2, 0.6)
        gain = chance.between("smile/gain", index, *SMILE_GAIN) * self.person.smiles
        hold = chance.between("smile/hold", index, 1.2, 2.6)
        answer = min(QUIET_SMILE, strength * gain) * (0.5 + 0.5 * self.intensity)
        smile = Smile(now + delay, hold, answer, self.person.smile_lean)
        return replace(_with(state, smile), smiles_end_s=smile.end_s)

    def _laugh_along(
        self, index: int, now: float, strength: float, state: ReactionState, *, aloud: bool
    ) -> ReactionState:
        chance = self.chance
        if now < state.laughs_end_s or not chance.happens("laugh", index, LAUGH_ALONG):
            return state
        delay = chance.between("laugh/delay", index, 0.15, 0.40)
        if not aloud or self.intensity < 0.3:
            smile = Smile(now + delay, 1.8, QUIET_SMILE, self.person.smile_lean)
            return replace(_with(state, smile), laughs_end_s=smile.end_s, smiles_end_s=smile.end_s)
        laugh = Laugh(
            start_s=now + delay,
            length_s=chance.between("laugh/length", index, 1.1, 1.9),
            rate_hz=chance.between("laugh/rate", index, 4.2, 5.2),
            strength=min(1.0, (0.55 + 0.45 * strength) * (0.6 + 0.4 * self.intensity)),
            side=chance.sign("laugh/side", index),
        )
        return replace(_with(state, laugh), laughs_end_s=laugh.end_s)


def _without_coming_nods(gestures: tuple[Gesture, ...], now: float) -> tuple[Gesture, ...]:
    """A nod that has not begun when the own turn begins does not come any more."""
    return tuple(g for g in gestures if not (isinstance(g, Nod) and g.start_s > now))


def laughs(state: ReactionState, now: float) -> bool:
    """Whether a laugh is under way."""
    return any(isinstance(g, Laugh) and g.start_s <= now < g.end_s for g in state.gestures)


def _with(state: ReactionState, *gestures: Gesture) -> ReactionState:
    return replace(state, gestures=state.gestures + gestures)


def add_reactions(state: ReactionState, face: Face, tick: Tick) -> None:
    """Put the gestures of this tick on a face."""
    play(state.gestures, face, tick.index * TICK_S)
