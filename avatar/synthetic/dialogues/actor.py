"""One person of a conversation, played tick by tick.

A person decides from what was said up to now and from what the other's face did up to the tick
before; then the moves that are under way are drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, radians

import numpy as np

from avatar.behaviour.blinks import BlinkState, apply_blink, blink
from avatar.behaviour.chance import Chance
from avatar.behaviour.events import Kind, MotionEvent
from avatar.behaviour.face import Face
from avatar.behaviour.gaze import GazeState, apply_gaze, look
from avatar.behaviour.shapes import toward
from avatar.behaviour.visemes import apply_mouth
from avatar.clock import NO_TURN, TICK_S, ticks_in
from avatar.motion import ARKIT58, COEFFICIENTS, Vector
from avatar.synthetic.dialogues.bearing import Bearing, Surroundings, bear, held_faces, settle, sway
from avatar.synthetic.dialogues.cues import Cue, Part
from avatar.synthetic.dialogues.expressing import ACCENT_APART, by_itself, on_accent, with_line
from avatar.synthetic.dialogues.faces import FadingSmile, Grimace, Mirth
from avatar.synthetic.dialogues.looking import glance, look_back
from avatar.synthetic.dialogues.reacting import going_on, heard, seen
from avatar.synthetic.dialogues.repertoire import LEAST_SMILE, QUIET_SMILE, Move, Repertoire
from avatar.synthetic.dialogues.scene import Act, Person
from avatar.tick import AvatarState, Tick

GROUPS: dict[Kind | None, str] = {
    "nod": "head",
    "shake": "head",
    "tilt": "tilt",
    "smile": "smile",
    "laugh": "smile",
    "brow": "brow",
    "frown": "brow",
}
"""Moves of one group follow each other and never overlap."""
APART = {"head": ticks_in(0.8), "tilt": ticks_in(1.0), "smile": 2, "brow": ticks_in(0.4), "": 25}
QUIET_BEFORE_OWN = ticks_in(0.3)
"""Nobody has spoken for so long when a silent move comes by itself."""
SMILE_SPEAKING = 0.4
"""Part of a smile that speaking takes back."""
LAUGH_BOB = radians(1.1)
FULL_AVERSION = radians(18)
MOUTH = [
    ARKIT58.index(name)
    for name in COEFFICIENTS
    if name.startswith(("jaw", "mouth", "cheekPuff")) and not name.startswith("mouthFrown")
]
"""Channels that speech needs for itself."""
SMIRK_MORE = 0.15
"""How much farther one corner may go."""
SMILES = FadingSmile | Mirth
SILENT = np.zeros(640, np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Glimpse:
    """What another can see of a person in a tick: the face, and the moves that begin in it."""

    face: Vector
    began: tuple[Move, ...] = ()
    looked_away: float = 0.0


class Actor:
    """Plays one party of a conversation."""

    def __init__(self, seed: int, party: int, person: Person, own: Part, other: Part) -> None:
        self._chance = Chance(2 * seed + party)
        self._who = Repertoire(self._chance, person)
        self._own, self._other = own, other
        length = len(own.states)
        self._always, self._talking = sway((seed, party), person, length)
        self._held = held_faces(person)
        self._bearing = Bearing.start(self._held[own.states[0]])
        self._gaze, self._blinking = GazeState(), BlinkState()
        self._moves: list[Move] = []
        self._ends: dict[str, int] = {}
        self._accented, self._quiet, self._spoken = -ACCENT_APART, 0, 0
        self._mouth_free = 1.0
        self._events: list[MotionEvent] = []

    @property
    def events(self) -> tuple[MotionEvent, ...]:
        """What the face did so far, in order."""
        return tuple(self._events)

    def step(self, index: int, other: Glimpse) -> Glimpse:
        """Play one tick, having seen the other in the one before."""
        state = self._own.states[index]
        self._count(index)
        self._take_turn(index)
        for move in self._decide(index, state, other):
            self._admit(move)
        began = self._begin(index)
        away = self._look(index, state, other)
        face = self._draw(index, state, other)
        return Glimpse(face, began, away)

    def _count(self, index: int) -> None:
        """For how long nobody has spoken, and for how long the other has."""
        other, own = self._other.lines[index], self._own.lines[index]
        self._quiet = self._quiet + 1 if other is None and own is None else 0
        if self._other.turns[index] == NO_TURN or self._own.turns[index] != NO_TURN:
            self._spoken = 0
        elif other is not None:
            self._spoken += 1

    def _decide(self, index: int, state: AvatarState, other: Glimpse) -> list[Move]:
        who, moves = self._who, list[Move]()
        line = self._own.lines[index]
        if line is not None and line.start == index:
            moves += with_line(line, index, who)
        for cue in self._cues(index):
            moves += heard(cue, index, state, who)
        for move in other.began:
            moves += seen(move, index, state, who)
        speaks = self._other.lines[index] is not None
        if speaks:
            moves += going_on(self._spoken, index, state, who)
        if self._quiet > QUIET_BEFORE_OWN or speaks:
            moves += by_itself(index, state, who, quiet=not speaks)
        if self._accents(index):
            self._accented = index
            moves += on_accent(index, who)
        return moves

    def _cues(self, index: int) -> Sequence[Cue]:
        return self._other.cues.get(index, ())

    def _accents(self, index: int) -> bool:
        accented = index in self._own.lips.accents and index - self._accented >= ACCENT_APART
        return accented and not self._busy("head", index)

    def _busy(self, group: str, index: int) -> bool:
        return index < self._ends.get(group, -1)

    def _admit(self, move: Move) -> None:
        """Keep a move unless another of its group is in the way; a laugh always comes."""
        group = GROUPS.get(move.kind, "")
        beat = move.kind is None and not isinstance(move.gesture, Grimace | FadingSmile)
        if isinstance(move.gesture, FadingSmile):
            group = "smile"
        if not beat and move.kind != "laugh":
            if move.start < self._ends.get(group, -(10**6)) + APART[group]:
                return
            if move.kind in ("nod", "frown") and self._laughs(move.start):
                return
            if move.kind == "frown" and self._busy("smile", move.start):
                return
        if not beat:
            self._ends[group] = max(move.end, self._ends.get(group, 0))
        self._moves.append(move)

    def _laughs(self, index: int) -> bool:
        return any(isinstance(m.gesture, Mirth) and m.start <= index < m.end for m in self._moves)

    def _begin(self, index: int) -> tuple[Move, ...]:
        """The moves that begin now."""
        self._moves = [move for move in self._moves if move.end > index]
        began = [move for move in self._moves if move.start == index]
        smiles = any(
            isinstance(m.gesture, SMILES) and m.kind and m.start < index for m in self._moves
        )
        for move in began:
            self._record(move, index, smiles=smiles)
        return tuple(began)

    def _record(self, move: Move, index: int, *, smiles: bool) -> None:
        """Write down what is put on the face; a laugh is a smile as well."""
        strength = min(1.0, move.strength)
        if move.kind == "smile" and self._own.states[index] is AvatarState.SPEAKING:
            strength *= 1 - SMILE_SPEAKING
        if move.kind is not None and (move.kind != "smile" or strength >= LEAST_SMILE):
            self._events.append(MotionEvent(move.kind, index, strength))
        if move.kind == "laugh" and not smiles:
            self._events.append(MotionEvent("smile", index, strength))

    def _take_turn(self, index: int) -> None:
        """A nod that has not begun when the own turn begins does not come any more."""
        turns = self._own.turns
        if turns[index] == NO_TURN or (index > 0 and turns[index - 1] == turns[index]):
            return
        if any(move.kind == "nod" and move.start >= index for move in self._moves):
            self._moves = [m for m in self._moves if m.kind != "nod" or m.start < index]
            self._ends["head"] = index

    def _look(self, index: int, state: AvatarState, other: Glimpse) -> float:
        """Move the eyes and the lids; how far a look away that begins now goes to the own left."""
        before = self._gaze
        tick = self._tick(index, state, self._own.turns[index])
        gaze = look(tick, before, self._chance)
        gaze = look_back(gaze, index, self._own.lines[index])
        gaze = glance(gaze, index, other.looked_away, self._chance)
        away = 0.0
        if gaze.away_until_s > before.away_until_s and gaze.away_until_s > index * TICK_S:
            away = gaze.away_yaw
            size = hypot(gaze.away_yaw, gaze.away_pitch)
            self._events.append(MotionEvent("gaze", index, min(1.0, size / FULL_AVERSION)))
        self._gaze = gaze
        said = self._own.lines[index]
        spoken = replace(tick, turn=0 if said is None or said.act is Act.LAUGH else said.start + 1)
        blinking = blink(
            spoken, gaze.shift, self._blinking, self._chance, self._who.person.temperament
        )
        if blinking.start_s > self._blinking.start_s:
            self._events.append(MotionEvent("blink", index, 1.0))
        self._blinking = blinking
        return away

    def _tick(self, index: int, state: AvatarState, turn: int) -> Tick:
        return Tick(
            index=index,
            turn=turn,
            state=state,
            style=self._who.person.style,
            user_audio=None,
            user_face=None,
            speech=None,
            avatar_audio=SILENT,
            look_ahead=0,
            position_s=0.0,
            phones=(),
            marks=(),
            revised=False,
        )

    def _draw(self, index: int, state: AvatarState, other: Glimpse) -> Vector:
        line = self._own.lines[index]
        speaks = line is not None and line.act is not Act.LAUGH
        voice = self._other.lips.loudness[index]
        around = Surroundings(
            wanted=self._held[state],
            speaks=speaks,
            voice=float(voice),
            other_turn=float(other.face[ARKIT58.index("headYaw")]),
            other_lean=float(other.face[ARKIT58.index("headRoll")]),
        )
        intensity = self._who.intensity
        self._bearing = settle(self._bearing, around, intensity)
        held = bear(self._bearing, self._always[index], self._talking[index], intensity)
        self._mouth_free = toward(self._mouth_free, float(not speaks), up=0.12, down=0.6)
        face = self._play(held.astype(np.float32), index)
        self._restrain(face, index)
        self._speak(face, index)
        apply_gaze(face, self._gaze)
        apply_blink(face, self._tick(index, state, NO_TURN), self._blinking)
        return face.motion()

    def _play(self, held: Vector, index: int) -> Face:
        """Draw all moves: smiles do not add up, and grimaces leave a mouth that speaks alone."""
        now = index * TICK_S
        smile, made, moved = ARKIT58.rest.copy(), Face(ARKIT58.rest), Face(held)
        for move in self._moves:
            gesture = move.gesture
            if move.start > index:
                continue
            if isinstance(gesture, SMILES):
                one = Face(ARKIT58.rest)
                gesture.add_to(one, now)
                smile = np.where(np.abs(one.motion()) > np.abs(smile), one.motion(), smile)
            else:
                gesture.add_to(made if isinstance(gesture, Grimace) else moved, now)
        grimace = made.motion()
        grimace[MOUTH] *= np.float32(self._mouth_free)
        return Face(moved.motion() + smile + grimace)

    def _restrain(self, face: Face, index: int) -> None:
        """Speaking takes back some of a smile, and only laughter parts the lips."""
        part = 1 - SMILE_SPEAKING * self._bearing.talking
        laughs = self._laughs(index)
        for side in ("Left", "Right"):
            face.scale("mouthSmile" + side, part)
            if not laughs:
                face.limit("mouthSmile" + side, QUIET_SMILE + SMIRK_MORE)

    def _speak(self, face: Face, index: int) -> None:
        """Put the voice on the mouth; laughter shakes the head a little."""
        mouth = self._own.lips.mouths[index]
        if mouth.any():
            apply_mouth(face, mouth.astype(np.float32), self._who.person.temperament.mouth)
        line = self._own.lines[index]
        if line is not None and line.act is Act.LAUGH:
            loud = float(self._own.lips.loudness[index])
            face.add("headPitch", LAUGH_BOB * loud)
            face.add("headY", 0.02 * loud)
