"""How one person moves: every move by kind, sized by temperament, intensity and mood."""

from dataclasses import dataclass
from math import radians
from typing import TypeAlias

from avatar.behaviour.chance import Chance
from avatar.behaviour.events import Kind
from avatar.behaviour.gestures import Beat, BrowFlash, Nod, Shake
from avatar.clock import FPS, TICK_S
from avatar.synthetic.dialogues.faces import FadingSmile, Grimace, Inclination, Mirth
from avatar.synthetic.dialogues.scene import Person

Gesture: TypeAlias = Nod | Shake | Inclination | BrowFlash | Beat | FadingSmile | Mirth | Grimace

NOD_CYCLES = {1: 0.40, 2: 0.33, 3: 0.18, 4: 0.09}
FAST_CYCLES = {2: 0.5, 3: 0.35, 4: 0.15}
FAST_NODS = 0.30
LONGEST_NOD_S = 1.4
"""The slower, the fewer cycles."""
SLOW_HZ, FAST_HZ = (1.2, 2.6), (2.6, 5.0)
SLOW_DEGREES, FAST_DEGREES = (3.5, 8.0), (2.2, 3.6)
SPEAKING_DEGREES = (6.5, 9.0)
"""A speaker's nod is deeper: the head moves with the words anyway."""
FULL_NOD, FULL_SHAKE, FULL_TILT = 0.14, 0.25, 0.15
"""Radians at which an event counts as of strength 1."""
LEAST_SMILE = 0.2
"""A weaker smile is no event."""
QUIET_SMILE = 0.55
"""A smile without a laugh stays below the strength at which lips would part."""
SMIRKS = 0.12
LONG_TILTS = 0.4
BROW_FACE = 0.75
"""Mean rise of the brows in a flash of strength 1."""
FROWNS = {"concern": 0.42, "frown": 0.52}
EVENT_OF: dict[str, Kind | None] = {
    "nod": "nod",
    "shake": "shake",
    "tilt": "tilt",
    "mirrored tilt": "tilt",
    "smile": "smile",
    "faint smile": "smile",
    "mirrored smile": "smile",
    "brow": "brow",
    "surprise": "brow",
    "frown": "frown",
    "concern": "frown",
    "small": None,
}
"""Which event each way to move is; small grimaces are none."""
MOODS: dict[str, dict[Kind, float]] = {
    "neutral": {},
    "happy": {"smile": 1.5, "frown": 0.4},
    "sad": {"smile": 0.45, "nod": 0.8, "frown": 1.6, "brow": 0.7},
    "surprised": {"brow": 1.7, "smile": 1.1},
    "concerned": {"smile": 0.6, "frown": 1.9, "tilt": 1.3},
}
"""How much likelier a mood makes a move."""


@dataclass(frozen=True, slots=True)
class Move:
    """A gesture that is going to be made from tick `start` on.

    `kind` is None for what is no event of its own. `answers` is how many moves it answers in a row:
    0 when it answers none but words or comes by itself, 1 when it answers such a move.
    """

    start: int
    kind: Kind | None
    strength: float
    gesture: Gesture
    answers: int = 0

    @property
    def end(self) -> int:
        """The tick in which the face is back."""
        return self.start + max(1, round((self.gesture.end_s - self.gesture.start_s) * FPS))


@dataclass(frozen=True, slots=True)
class Repertoire:
    """One person's moves; chance is drawn by the tick of the decision."""

    chance: Chance
    person: Person

    @property
    def intensity(self) -> float:
        """0 composed, 1 lively."""
        return self.person.style.intensity

    @property
    def amplitude(self) -> float:
        """Size of moves by intensity."""
        return 0.7 + 0.3 * self.intensity

    def rate(self, kind: Kind | None) -> float:
        """How much oftener than usual a person makes a move of a kind, by mood and liveliness."""
        temperament = self.person.temperament
        own = {"nod": temperament.nods, "smile": temperament.smiles}.get(kind or "", 1.0)
        mood = MOODS[self.person.style.emotion].get(kind, 1.0) if kind else 1.0
        return own * mood * (0.45 + 0.55 * self.intensity)

    def nod(self, index: int, start: int, *, speaking: bool = False, answers: int = 0) -> Move:
        """Slow and deep or fast and small."""
        chance = self.chance
        if not speaking and chance.happens("nod/fast", index, FAST_NODS):
            cycles = chance.pick("nod/cycles", index, FAST_CYCLES)
            rate, degrees = chance.between("nod/rate", index, *FAST_HZ), FAST_DEGREES
        else:
            cycles = chance.pick("nod/cycles", index, NOD_CYCLES)
            rate = chance.between("nod/rate", index, *SLOW_HZ)
            cycles = min(cycles, max(1, int(LONGEST_NOD_S * rate)))
            degrees = SPEAKING_DEGREES if speaking else SLOW_DEGREES
        depth = radians(chance.between("nod/depth", index, *degrees)) * self._head()
        gesture = Nod(start * TICK_S, cycles, rate, depth)
        return Move(start, "nod", min(1.0, depth / FULL_NOD), gesture, answers)

    def shake(self, index: int, start: int, *, answers: int = 0) -> Move:
        """No, or not to be believed."""
        chance = self.chance
        cycles = chance.pick("shake/cycles", index, {3: 0.3, 4: 0.4, 5: 0.3}) / 2
        width = radians(chance.between("shake/width", index, 4.5, 9.0)) * self._head()
        rate = chance.between("shake/rate", index, 1.5, 2.6)
        strength = min(1.0, 1.6 * width / FULL_SHAKE)
        return Move(start, "shake", strength, Shake(start * TICK_S, cycles, rate, width), answers)

    def tilt(self, index: int, start: int, *, side: int = 0, answers: int = 0) -> Move:
        """To a side, or to the given one."""
        chance = self.chance
        angle = radians(chance.between("tilt/angle", index, 4.5, 9.0)) * self._head()
        long = chance.happens("tilt/long", index, LONG_TILTS)
        gesture = Inclination(
            start_s=start * TICK_S,
            attack_s=chance.between("tilt/attack", index, 0.4, 0.55),
            hold_s=chance.between("tilt/hold", index, *((0.4, 1.4) if long else (0.02, 0.25))),
            release_s=chance.between("tilt/release", index, *((3.6, 5.0) if long else (0.6, 0.9))),
            angle=(side or chance.sign("tilt/side", index)) * angle,
        )
        return Move(start, "tilt", min(1.0, angle / FULL_TILT), gesture, answers)

    def smile(self, index: int, start: int, strength: float, *, answers: int = 0) -> Move:
        """A smile; a smirk now and then."""
        chance = self.chance
        strength = min(QUIET_SMILE, strength * (0.8 + 0.2 * self.intensity))
        smirk = chance.happens("smile/smirk", index, SMIRKS)
        lean = chance.between("smile/lean", index, -0.12, 0.12) + self.person.temperament.smile_lean
        if smirk:
            lean = chance.sign("smile/side", index) * chance.between(
                "smile/smirk lean", 0, 0.4, 0.7
            )
        gesture = FadingSmile(
            start_s=start * TICK_S,
            attack_s=chance.between("smile/attack", index, 0.22, 0.48),
            hold_s=chance.between("smile/hold", index, 0.5, 2.6),
            release_s=chance.between("smile/release", index, 0.5, 1.1),
            strength=strength,
            lean=max(-0.75, min(0.75, lean)),
            fade_s=chance.between("smile/fade", index, 1.8, 6.0),
            warmth=chance.between("smile/warmth", index, 0.5, 1.1),
        )
        return Move(start, "smile" if strength >= LEAST_SMILE else None, strength, gesture, answers)

    def brow(self, index: int, start: int, *, answers: int = 0) -> Move:
        """The brows rise for a moment."""
        strength = self.chance.between("brow/strength", index, 0.50, 1.0) * self.amplitude
        hold = self.chance.between("brow/hold", index, 0.1, 0.6)
        gesture = BrowFlash(start * TICK_S, hold, strength)
        return Move(start, "brow", BROW_FACE * strength, gesture, answers)

    def frown(self, index: int, start: int, *, answers: int = 0, name: str = "concern") -> Move:
        """Concern with the other, or a frown in thought."""
        strength = self.chance.between("frown/strength", index, 0.78, 1.15) * self.amplitude
        hold = self.chance.between("frown/hold", index, 0.5, 1.8)
        grimace = self._grimace(index, start, name, strength, hold)
        return Move(start, "frown", min(1.0, FROWNS[name] * strength), grimace, answers)

    def surprise(self, index: int, start: int, *, answers: int = 0) -> Move:
        """Brows up, eyes wide, the jaw a little open."""
        strength = self.chance.between("surprise/strength", index, 0.6, 1.0) * self.amplitude
        hold = self.chance.between("surprise/hold", index, 0.3, 0.9)
        gesture = Grimace(start * TICK_S, 0.18, hold, 0.5, strength, "surprise")
        return Move(start, "brow", 0.72 * strength, gesture, answers)

    def mirth(self, index: int, start: int, length_s: float) -> Move:
        """The face of laughter that is heard."""
        strength = self.chance.between("laugh/strength", index, 0.72, 1.0) * self.amplitude
        side = self.chance.sign("laugh/side", index)
        strength = max(0.62, strength)
        return Move(start, "laugh", strength, Mirth(start * TICK_S, length_s, strength, side))

    def small(self, index: int, start: int, name: str) -> Move:
        """A grimace that is no event."""
        strength = self.chance.between("small/strength", index, 0.6, 1.0) * self.amplitude
        hold = self.chance.between("small/hold", index, 0.2, 0.9)
        return Move(start, None, strength, self._grimace(index, start, name, strength, hold))

    def beat(self, index: int) -> Move:
        """A dip of the head on an accent, 0.5 to 4 degrees."""
        depth = radians(self.chance.between("beat/depth", index, 0.8, 2.8))
        depth *= self.person.temperament.head * self.amplitude
        return Move(index, None, depth, Beat(index * TICK_S, depth))

    def _head(self) -> float:
        return self.person.temperament.head**0.5 * self.amplitude

    def _grimace(self, index: int, start: int, name: str, strength: float, hold: float) -> Grimace:
        return Grimace(
            start_s=start * TICK_S,
            attack_s=self.chance.between("grimace/attack", index, 0.2, 0.4),
            hold_s=hold,
            release_s=self.chance.between("grimace/release", index, 0.35, 0.8),
            strength=strength,
            name=name,
            side=self.chance.sign("grimace/side", index),
            lean=self.chance.between("grimace/lean", index, -0.15, 0.15),
        )
