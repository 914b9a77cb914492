"""Posture: sway, what each state looks like, emotion, and the small answer to a voice at once."""

from dataclasses import dataclass, replace
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.face import Face
from avatar.behaviour.listening import ListeningState
from avatar.behaviour.seeing import SeeingState
from avatar.behaviour.shapes import toward
from avatar.behaviour.temperament import Temperament
from avatar.clock import TICK_S
from avatar.motion import ARKIT58
from avatar.tick import AvatarState, Style, Tick

SWAY = {
    "headYaw": (radians(1.3), 5.5),
    "headPitch": (radians(0.8), 4.7),
    "headRoll": (radians(0.9), 6.3),
    "headX": (0.022, 6.1),
    "headY": (0.012, 5.1),
    "headZ": (0.030, 6.7),
}
"""Amplitude and period in seconds of the slow drift of each pose channel."""
TALK_SWAY = {
    "headYaw": (radians(1.4), 0.9),
    "headPitch": (radians(1.0), 0.7),
    "headRoll": (radians(0.8), 1.1),
}
"""What speaking adds."""
MIMICRY = 0.35
"""Part of the user's turn and tilt of the head that a listener takes over (Hale et al. 2019)."""

EMOTION_FACES: dict[str, dict[str, float]] = {
    "neutral": {},
    "happy": {"mouthSmile": 0.30, "cheekSquint": 0.18, "eyeSquint": 0.08},
    "sad": {"browInnerUp": 0.40, "mouthFrown": 0.28, "eyeBlink": 0.06},
    "surprised": {"browInnerUp": 0.45, "browOuterUp": 0.45, "eyeWide": 0.30},
    "concerned": {"browInnerUp": 0.35, "browDown": 0.18, "mouthPress": 0.12},
}
STATE_FACES: dict[AvatarState, dict[str, float]] = {
    AvatarState.INITIALIZING: {},
    AvatarState.IDLE: {"mouthSmile": 0.06, "cheekSquint": 0.03},
    AvatarState.LISTENING: {"mouthSmile": 0.12, "cheekSquint": 0.07, "browInnerUp": 0.05},
    AvatarState.THINKING: {
        "browInnerUp": 0.14,
        "browDown": 0.05,
        "mouthPress": 0.15,
        "eyeSquint": 0.08,
    },
    AvatarState.SPEAKING: {"mouthSmile": 0.08, "cheekSquint": 0.05},
}
STATE_LEAN = {AvatarState.LISTENING: 0.05, AvatarState.THINKING: -0.02, AvatarState.SPEAKING: 0.02}
"""How far the head comes forward, in inter-ocular distances."""

_BLENDED = sorted(
    {name for faces in (EMOTION_FACES, STATE_FACES) for face in faces.values() for name in face}
)


@dataclass(frozen=True, slots=True)
class PostureState:
    """The held expression, easing from one state and emotion to the next."""

    held: tuple[float, ...] = (0.0,) * len(_BLENDED)
    lean: float = 0.0
    talking: float = 0.0


def settle(tick: Tick, state: PostureState) -> PostureState:
    """Ease the held expression toward what state and emotion ask for."""
    wanted = _wanted(tick.state, tick.style)
    return replace(
        state,
        held=tuple(
            toward(value, wanted.get(name, 0.0), up=0.12, down=0.08)
            for name, value in zip(_BLENDED, state.held, strict=True)
        ),
        lean=toward(state.lean, STATE_LEAN.get(tick.state, 0.0), up=0.06, down=0.06),
        talking=toward(state.talking, float(tick.speech is not None), up=0.12, down=0.05),
    )


def _wanted(state: AvatarState, style: Style) -> dict[str, float]:
    wanted = dict(STATE_FACES[state])
    for name, amount in EMOTION_FACES.get(style.emotion, {}).items():
        wanted[name] = max(wanted.get(name, 0.0), amount)
    return wanted


def apply_posture(
    face: Face, tick: Tick, state: PostureState, chance: Chance, person: Temperament
) -> None:
    """Put held expression, lean and sway on a face."""
    for name, amount in zip(_BLENDED, state.held, strict=True):
        if name in ARKIT58.channels:
            face.add(name, amount)
        else:
            face.both(name, amount)
    face.add("headZ", state.lean)
    now = tick.index * TICK_S
    for channel, (amplitude, period) in SWAY.items():
        face.add(channel, amplitude * person.head * chance.drift(f"sway/{channel}", now, period))
    for channel, (amplitude, period) in TALK_SWAY.items():
        drift = chance.drift(f"talk/{channel}", now, period)
        face.add(channel, amplitude * person.head * state.talking * drift)


def apply_attention(face: Face, heard: ListeningState, seen: SeeingState, intensity: float) -> None:
    """The small answer at once: brows, lids and head follow the user's voice and posture."""
    voice, engaged = heard.level * intensity, heard.engaged * intensity
    face.add("browInnerUp", 0.10 * voice)
    face.both("browOuterUp", 0.06 * voice)
    face.both("eyeWide", 0.05 * voice)
    face.add("headZ", 0.03 * engaged)
    face.add("headPitch", radians(-0.5) * engaged + radians(0.5) * voice)
    face.both("mouthSmile", 0.40 * seen.smile * intensity)
    face.both("cheekSquint", 0.24 * seen.smile * intensity)
    face.add("headRoll", -MIMICRY * seen.roll * intensity)
    face.add("headYaw", -MIMICRY * seen.yaw * intensity)
