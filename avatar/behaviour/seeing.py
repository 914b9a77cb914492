"""Seeing: what in a user's face a listener answers. Only channels that were seen count."""

from dataclasses import dataclass, replace

from avatar.behaviour.shapes import toward
from avatar.motion import FaceObservation
from avatar.tick import Tick

SMILE_ON, SMILE_OFF = 0.28, 0.15
LAUGH_JAW_ON, LAUGH_JAW_OFF = 0.25, 0.12
BROW_ON, BROW_OFF = 0.35, 0.2
NOD_WINDOW = 18
"""Ticks in which the head must go down and come back."""
NOD_RISE = 0.045
"""Radians of pitch between the lowest point of a nod and both of its ends."""
MIMICRY_FOLLOWS = 0.06
"""Share of the user's posture taken over in a tick: about 0.6 s of lag (Hale et al. 2019)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What begins in the user's face in this tick, by its strength; 0 is nothing."""

    smile: float = 0.0
    laugh: float = 0.0
    nod: float = 0.0
    brow: float = 0.0


NOTHING = Sight()


@dataclass(frozen=True, eq=False, slots=True)
class SeeingState:
    """What the user's face is doing; `roll` and `yaw` are the posture, slowly followed."""

    smiling: bool = False
    laughing: bool = False
    brows_up: bool = False
    pitches: tuple[float, ...] = ()
    since_nod: int = NOD_WINDOW
    roll: float = 0.0
    yaw: float = 0.0
    smile: float = 0.0


def see(tick: Tick, state: SeeingState) -> tuple[Sight, SeeingState]:
    """See one tick of the user's face."""
    face = tick.user_face
    if face is None:
        gone = {
            name: (1 - MIMICRY_FOLLOWS) * getattr(state, name) for name in ("roll", "yaw", "smile")
        }
        return NOTHING, replace(
            state, smiling=False, laughing=False, brows_up=False, pitches=(), **gone
        )
    smile, jaw = _pair(face, "mouthSmile"), face.value("jawOpen") or 0.0
    brow = max(face.value("browInnerUp") or 0.0, _pair(face, "browOuterUp"))
    smiling = smile > (SMILE_OFF if state.smiling else SMILE_ON)
    open_jaw = jaw > (LAUGH_JAW_OFF if state.laughing else LAUGH_JAW_ON)
    laughing = smile > 0.45 and open_jaw
    brows_up = brow > (BROW_OFF if state.brows_up else BROW_ON)
    nod, pitches, since_nod = _nod(face, state)
    after = replace(
        state,
        smiling=smiling,
        laughing=laughing,
        brows_up=brows_up,
        pitches=pitches,
        since_nod=since_nod,
        roll=_follow(state.roll, face.value("headRoll")),
        yaw=_follow(state.yaw, face.value("headYaw")),
        smile=toward(state.smile, smile, up=0.35, down=0.1),
    )
    sight = Sight(
        smile=smile if smiling and not state.smiling else 0.0,
        laugh=min(1.0, smile) if laughing and not state.laughing else 0.0,
        nod=nod,
        brow=brow if brows_up and not state.brows_up else 0.0,
    )
    return sight, after


def _pair(face: FaceObservation, channel: str) -> float:
    seen = [
        value for side in ("Left", "Right") if (value := face.value(channel + side)) is not None
    ]
    return sum(seen) / len(seen) if seen else 0.0


def _follow(value: float, target: float | None) -> float:
    return value if target is None else value + MIMICRY_FOLLOWS * (target - value)


def _nod(face: FaceObservation, state: SeeingState) -> tuple[float, tuple[float, ...], int]:
    """Strength of a nod that has just come back up, with the pitches kept and the time since."""
    pitch = face.value("headPitch")
    if pitch is None:
        return 0.0, (), state.since_nod + 1
    pitches = (*state.pitches, pitch)[-NOD_WINDOW:]
    lowest = min(range(len(pitches)), key=pitches.__getitem__)
    before, after = max(pitches[: lowest + 1]), max(pitches[lowest:])
    depth = min(before, after) - pitches[lowest]
    if depth > NOD_RISE and state.since_nod >= NOD_WINDOW:
        return min(1.0, depth / 0.12), pitches, 0
    return 0.0, pitches, state.since_nod + 1
