"""How a person holds head and face between moves: sway, shifts of posture, mood, mimicry.

Everything here is smooth to the second order, so that the beginning of a move is not hidden by the
roughness of what is under it.
"""

from dataclasses import dataclass
from math import radians

import numpy as np
from jaxtyping import Float

from avatar.behaviour.posture import STATE_FACES, STATE_LEAN, SWAY, TALK_SWAY
from avatar.clock import TICK_S
from avatar.motion import ARKIT58
from avatar.synthetic.dialogues.scene import Person
from avatar.tick import AvatarState

Channels = Float[np.ndarray, "58"]

SHIFTS = {
    "headYaw": (radians(2.2), 14.0),
    "headRoll": (radians(1.0), 17.0),
    "headPitch": (radians(1.0), 16.0),
    "headX": (0.04, 19.0),
    "headZ": (0.05, 23.0),
}
"""Amplitude and period of the slow shifts of posture."""
TALK_LEAN = 0.6
"""How much of the lean of `TALK_SWAY` is left, so that it is not taken for tilts."""
MOOD_FACES: dict[str, dict[str, float]] = {
    "neutral": {},
    "happy": {"mouthSmile": 0.15, "cheekSquint": 0.10, "eyeSquint": 0.05},
    "sad": {"browInnerUp": 0.20, "mouthFrown": 0.13, "eyeBlink": 0.04, "browDown": 0.03},
    "surprised": {"browInnerUp": 0.14, "browOuterUp": 0.11, "eyeWide": 0.16},
    "concerned": {"browInnerUp": 0.18, "browDown": 0.11, "mouthPress": 0.08, "mouthFrown": 0.05},
}
"""A mood at rest: weaker than a move, so that moves stand out from it."""
MOOD_PITCH = {"sad": radians(-2.0), "happy": radians(0.8)}
HELD_SHARE = 0.16
"""How much of its way a held face goes in a tick, twice in a row."""
MIMICRY = 0.35
"""Part of the other's turn and lean of the head that is taken over, as in a mirror."""
MIMICRY_RATE = 3.3
"""Radians a second of the critically damped follower: 0.6 s of lag (Hale et al. 2019)."""
MIMICRY_SPEAKING = 0.4
TURN, LEAN = ARKIT58.index("headYaw"), ARKIT58.index("headRoll")
VOICE_FACE = ARKIT58.vector({"browInnerUp": 0.09, "browOuterUp": 0.05, "eyeWide": 0.05})
"""What a lively listener's brows and lids do while the other's voice is at its loudest."""
ENGAGED_FACE = ARKIT58.vector({"headZ": 0.03, "headPitch": radians(-0.5)})


def sway(
    seed: tuple[int, int], person: Person, length: int
) -> tuple[Float[np.ndarray, "ticks 58"], Float[np.ndarray, "ticks 58"]]:
    """The drift of the head at any time, and what speaking adds; a function of the seed."""
    always, talking = np.zeros((length, ARKIT58.dim)), np.zeros((length, ARKIT58.dim))
    amount = person.temperament.head * (0.75 + 0.25 * person.style.intensity)
    for stream, (target, table) in enumerate(
        ((always, SWAY), (always, SHIFTS), (talking, TALK_SWAY))
    ):
        for i, (channel, (amplitude, period)) in enumerate(table.items()):
            rng = np.random.default_rng([*seed, stream, i])
            noise = _smooth_noise(rng, length, period)
            target[:, ARKIT58.index(channel)] += amount * amplitude * noise
    talking[:, LEAN] *= TALK_LEAN
    return always, talking


def _smooth_noise(
    rng: np.random.Generator, length: int, period_s: float
) -> Float[np.ndarray, " ticks"]:
    """Noise of about unit variance that changes over a period, with two continuous derivatives."""
    place = np.arange(length) * TICK_S / period_s
    knot = np.floor(place).astype(int)
    values = np.array([rng.standard_normal() for _ in range(int(place[-1]) + 2)])
    x = place - knot
    share = x * x * x * (x * (6 * x - 15) + 10)
    return values[knot] + (values[knot + 1] - values[knot]) * share


def held_faces(person: Person) -> dict[AvatarState, Channels]:
    """What a person's face rests at in every state."""
    style = person.style
    mood = MOOD_FACES[style.emotion]
    faces: dict[AvatarState, Channels] = {}
    for state, usual in STATE_FACES.items():
        wanted = {name: amount * (0.6 + 0.4 * style.intensity) for name, amount in usual.items()}
        if style.emotion in ("sad", "concerned"):
            wanted = {name: a for name, a in wanted.items() if name != "mouthSmile"}
        for name, amount in mood.items():
            wanted[name] = max(wanted.get(name, 0.0), amount)
        face = ARKIT58.vector(wanted).astype(np.float64)
        face[ARKIT58.index("headZ")] = STATE_LEAN.get(state, 0.0)
        face[ARKIT58.index("headPitch")] = MOOD_PITCH.get(style.emotion, 0.0)
        faces[state] = face
    return faces


@dataclass(frozen=True, eq=False, slots=True)
class Bearing:
    """Held face and mimicry as they are: values with what they follow and how fast they move."""

    held: Channels
    behind: Channels
    turn: float = 0.0
    turn_speed: float = 0.0
    lean: float = 0.0
    lean_speed: float = 0.0
    talking: float = 0.0
    talking_behind: float = 0.0
    voice: float = 0.0
    engaged: float = 0.0

    @classmethod
    def start(cls, face: Channels) -> "Bearing":
        """At rest."""
        return cls(face.copy(), face.copy())


@dataclass(frozen=True, eq=False, slots=True)
class Surroundings:
    """What bears on it in a tick: the face that the state asks for, voices, the other's head."""

    wanted: Channels
    speaks: bool
    voice: float
    other_turn: float
    other_lean: float


def settle(now: Bearing, around: Surroundings, intensity: float) -> Bearing:
    """One tick on."""
    part = MIMICRY * (0.5 + 0.5 * intensity) * (1 - (1 - MIMICRY_SPEAKING) * now.talking)
    turn, turn_speed = _follow(now.turn, now.turn_speed, -part * around.other_turn)
    lean, lean_speed = _follow(now.lean, now.lean_speed, -part * around.other_lean)
    behind = now.behind + HELD_SHARE * (around.wanted - now.behind)
    talking_behind = now.talking_behind + 0.22 * (around.speaks - now.talking_behind)
    hears = 0.0 if around.speaks else around.voice
    return Bearing(
        held=now.held + HELD_SHARE * (behind - now.held),
        behind=behind,
        turn=turn,
        turn_speed=turn_speed,
        lean=lean,
        lean_speed=lean_speed,
        talking=now.talking + 0.22 * (talking_behind - now.talking),
        talking_behind=talking_behind,
        voice=now.voice + 0.22 * (hears - now.voice),
        engaged=now.engaged + 0.05 * (float(hears > 0) - now.engaged),
    )


def _follow(value: float, speed: float, target: float) -> tuple[float, float]:
    speed += TICK_S * (MIMICRY_RATE * MIMICRY_RATE * (target - value) - 2 * MIMICRY_RATE * speed)
    return value + TICK_S * speed, speed


def bear(now: Bearing, always: Channels, talking: Channels, intensity: float) -> Channels:
    """The face and head that a bearing gives before any move."""
    face = now.held + always + now.talking * talking
    face += (intensity * now.voice) * VOICE_FACE + (intensity * now.engaged) * ENGAGED_FACE
    face[TURN] += now.turn
    face[LEAN] += now.lean
    return face
