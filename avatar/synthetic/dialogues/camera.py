"""What a camera and a tracker tell of a face: late, at a rate of their own, smoothed, noisy, wrong
by a gain and an offset, with channels that leak into others or are missing, and with gaps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import pi, radians
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int16, Int64

from avatar.clock import FPS, TICK_S
from avatar.data.clip import NOTHING_NEW
from avatar.motion import ARKIT58, COEFFICIENTS, Motions

Channels: TypeAlias = Bool[np.ndarray, " dim"]
Tracked: TypeAlias = tuple[Motions, Bool[np.ndarray, "ticks dim"], Int16[np.ndarray, " ticks"]]
"""Motion, channels that are seen, and age in ticks of what arrives in each tick, as `Signals`."""
Spans: TypeAlias = tuple[tuple[float, float], ...]
Sight: TypeAlias = Literal["all", "pose", "eyes and mouth"]

ABSENT, EXACT = 0.15, 0.25
"""Shares of people without a camera, and with a tracker that makes no error."""
SIGHTS: Mapping[Sight, float] = {"all": 0.55, "pose": 0.25, "eyes and mouth": 0.20}
"""What trackers see, with their shares: also pose alone, as `avatar.tracking` does."""
EYES_AND_MOUTH = ("eye", "jaw", "mouth", "head")
LATE_S, RATES_HZ = (0.025, 0.080), (12.0, 30.0)
CUTOFFS_HZ = (3.0, 10.0)
CUTOFF_RISE_HZ, SPEED_CUTOFF_HZ = 4.0, 1.0
"""The filter gives way by so much for each unit a second; low pass of that speed."""
TURN_NOISE, SHIFT_NOISE = (radians(0.3), radians(1.0)), (0.005, 0.02)
"""Standard deviations: radians, inter-ocular distances."""
COEFFICIENT_NOISE = (0.01, 0.05)
GAIN_SPREAD, GAIN_SPREAD_ALONE = 0.15, 0.25
"""Of the logarithm; trackers of pose alone take every head for the same ellipsoid."""
TURN_OFFSET, SHIFT_OFFSET, COEFFICIENT_OFFSET = radians(1.5), 0.1, 0.03
TURNS, SHIFTS = slice(len(COEFFICIENTS), len(COEFFICIENTS) + 3), slice(-3, None)
LEAKS: tuple[tuple[str, str, float], ...] = (
    ("jawOpen", "mouthSmileLeft", 0.12),
    ("jawOpen", "mouthSmileRight", 0.12),
    ("jawOpen", "mouthLowerDownLeft", 0.30),
    ("jawOpen", "mouthLowerDownRight", 0.30),
    ("mouthSmileLeft", "eyeSquintLeft", 0.25),
    ("mouthSmileRight", "eyeSquintRight", 0.25),
    ("mouthSmileLeft", "mouthSmileRight", 0.30),
    ("mouthSmileRight", "mouthSmileLeft", 0.30),
    ("mouthPucker", "mouthFunnel", 0.30),
    ("eyeBlinkLeft", "eyeBlinkRight", 0.30),
    ("eyeBlinkRight", "eyeBlinkLeft", 0.30),
    ("eyeBlinkLeft", "eyeLookDownLeft", 0.40),
    ("eyeBlinkRight", "eyeLookDownRight", 0.40),
    ("browDownLeft", "eyeSquintLeft", 0.20),
    ("browDownRight", "eyeSquintRight", 0.20),
    ("headPitch", "browInnerUp", 0.40),
    ("headRoll", "headPitch", 0.30),
    ("headX", "headYaw", 0.08),
    ("headY", "headPitch", 0.08),
)
"""Which channel leaks into which, and how much of it at most."""
GAPPY, GAPS_A_MINUTE, GAP_S = 0.30, (0.5, 4.0), (0.3, 5.0)
PARTLY_ON = 0.06
"""Share of cameras that are switched on late or off early."""
FROZEN, JUMPING = 0.02, 0.03
JUMP, JUMP_TURN, JUMP_COEFFICIENT = 0.02, radians(10), 0.3
"""Share of pictures in which a jumping tracker is wrong, and how far."""


@dataclass(frozen=True, eq=False, slots=True)
class Tracker:
    """How one person's face is followed; every array has a value a channel.

    `late_s` passes between a picture and its use. `cutoff_hz` is infinite for no smoothing. `leak`
    multiplies a motion from the right. In `gaps` (seconds) nothing comes; from `frozen_s`
    on the same face comes again and again.
    """

    seen: Channels
    late_s: float = 0.0
    rate_hz: float = FPS
    jitter_s: float = 0.0
    cutoff_hz: float = np.inf
    gain: Float[np.ndarray, " dim"] | float = 1.0
    offset: Float[np.ndarray, " dim"] | float = 0.0
    noise: Float[np.ndarray, " dim"] | float = 0.0
    leak: Float[np.ndarray, "dim dim"] | None = None
    gaps: Spans = ()
    frozen_s: float = np.inf
    jumps: bool = False


def track(rng: np.random.Generator, motion: Motions, *, working: bool = False) -> Tracked:
    """What a tracker drawn by chance tells of a face in `ARKIT58`, tick by tick.

    A `working` one is there, sees every channel and does not freeze.
    """
    tracker = drawn_tracker(rng, len(motion) * TICK_S)
    while working and (tracker is None or not tracker.seen.all() or np.isfinite(tracker.frozen_s)):
        tracker = drawn_tracker(rng, len(motion) * TICK_S)
    return nothing(len(motion)) if tracker is None else tracked(tracker, rng, motion)


def nothing(ticks: int) -> Tracked:
    """What comes without a camera."""
    shape = (ticks, ARKIT58.dim)
    rest = np.tile(ARKIT58.rest, (ticks, 1))
    return rest, np.zeros(shape, bool), np.full(ticks, NOTHING_NEW, np.int16)


def sight(name: Sight) -> Channels:
    """The channels that a kind of tracker sees."""
    parts = {"all": ("",), "pose": ("head",), "eyes and mouth": EYES_AND_MOUTH}[name]
    return np.array([channel.startswith(parts) for channel in ARKIT58.channels])


def drawn_tracker(rng: np.random.Generator, seconds: float) -> Tracker | None:
    """A camera and a tracker as people have them; None for no camera."""
    if rng.random() < ABSENT:
        return None
    kind: Sight = list(SIGHTS)[rng.choice(len(SIGHTS), p=list(SIGHTS.values()))]
    if rng.random() < EXACT / (1 - ABSENT):
        return Tracker(sight(kind), late_s=TICK_S * int(rng.integers(0, 2)))
    spread = GAIN_SPREAD_ALONE if kind == "pose" else GAIN_SPREAD
    return Tracker(
        seen=sight(kind),
        late_s=rng.uniform(*LATE_S),
        rate_hz=rng.uniform(*RATES_HZ),
        jitter_s=rng.uniform(0, 0.006),
        cutoff_hz=rng.uniform(*CUTOFFS_HZ) if rng.random() < 0.6 else np.inf,
        gain=np.exp(spread * rng.standard_normal(ARKIT58.dim)),
        offset=_offsets(rng),
        noise=_noises(rng),
        leak=_leaks(rng),
        gaps=_gaps(rng, seconds),
        frozen_s=rng.uniform(0, seconds) if rng.random() < FROZEN else np.inf,
        jumps=rng.random() < JUMPING,
    )


def tracked(tracker: Tracker, rng: np.random.Generator, motion: Motions) -> Tracked:
    """What this tracker tells. A picture shows nothing of later ticks than its own."""
    taken = _pictures(tracker, rng, len(motion))
    faces = _at(motion, taken)
    if tracker.leak is not None:
        faces = faces @ tracker.leak
    faces = faces * tracker.gain + tracker.offset
    faces += tracker.noise * rng.standard_normal(faces.shape)
    if tracker.jumps:
        faces += _jumps(rng, len(faces))
    faces = _smoothed(faces, tracker.cutoff_hz, 1 / tracker.rate_hz)
    faces = _frozen(faces, taken, tracker.frozen_s)
    result, seen, age = nothing(len(motion))
    arrives = np.round((taken + tracker.late_s) * FPS).astype(np.int64)
    comes = (arrives < len(motion)) & ~_inside(taken, tracker.gaps)
    at = arrives[comes]
    result[at] = np.where(tracker.seen, ARKIT58.clamp(faces[comes].astype(np.float32)), result[at])
    seen[at] = tracker.seen
    age[at] = np.round(at - taken[comes] * FPS)
    return result, seen, age


def _pictures(tracker: Tracker, rng: np.random.Generator, ticks: int) -> Float[np.ndarray, " n"]:
    """When pictures are taken, in seconds."""
    count = int(ticks * TICK_S * tracker.rate_hz)
    exact = tracker.rate_hz == FPS and tracker.jitter_s == 0
    phase = 0.0 if exact else rng.random()
    times = (np.arange(count) + phase) / tracker.rate_hz
    times += tracker.jitter_s * rng.uniform(-1, 1, count)
    return np.clip(times, 0, (ticks - 1) * TICK_S)


def _at(motion: Motions, times: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n dim"]:
    """The motion between ticks."""
    place = np.round(times * FPS, 6)
    before: Int64[np.ndarray, " n"] = np.floor(place).astype(np.int64)
    after = np.minimum(before + 1, len(motion) - 1)
    share = (place - before)[:, None]
    return motion[before] * (1 - share) + motion[after] * share


def _smoothed(
    faces: Float[np.ndarray, "n dim"], cutoff_hz: float, passed_s: float
) -> Float[np.ndarray, "n dim"]:
    """The One-Euro filter (Casiez et al. 2012)."""
    if np.isinf(cutoff_hz) or len(faces) == 0:
        return faces
    follows = 1 - np.exp(-2 * pi * SPEED_CUTOFF_HZ * passed_s)
    result, speed = faces.copy(), np.zeros(faces.shape[1])
    for before, face in pairwise(result):
        moved = face - before
        speed += follows * (moved / passed_s - speed)
        cutoff = cutoff_hz + CUTOFF_RISE_HZ * np.abs(speed)
        face -= moved * np.exp(-2 * pi * passed_s * cutoff)
    return result


def _frozen(
    faces: Float[np.ndarray, "n dim"], taken: Float[np.ndarray, " n"], from_s: float
) -> Float[np.ndarray, "n dim"]:
    last = np.minimum(np.arange(len(faces)), np.searchsorted(taken, from_s))
    return faces[np.minimum(last, len(faces) - 1)]


def _jumps(rng: np.random.Generator, count: int) -> Float[np.ndarray, "n dim"]:
    wrong = rng.random(count) < JUMP
    size = _by_group(JUMP_TURN, 10 * SHIFT_OFFSET, JUMP_COEFFICIENT)
    return wrong[:, None] * size * rng.standard_normal((count, ARKIT58.dim))


def _inside(times: Float[np.ndarray, " n"], spans: Spans) -> Bool[np.ndarray, " n"]:
    inside = np.zeros(len(times), bool)
    for begin, end in spans:
        inside |= (times >= begin) & (times < end)
    return inside


def _by_group(turn: float, shift: float, coefficient: float) -> Float[np.ndarray, " dim"]:
    """A value for turns of the head, one for its shifts, one for coefficients."""
    values = np.full(ARKIT58.dim, coefficient)
    values[TURNS], values[SHIFTS] = turn, shift
    return values


def _noises(rng: np.random.Generator) -> Float[np.ndarray, " dim"]:
    return _by_group(
        rng.uniform(*TURN_NOISE), rng.uniform(*SHIFT_NOISE), rng.uniform(*COEFFICIENT_NOISE)
    )


def _offsets(rng: np.random.Generator) -> Float[np.ndarray, " dim"]:
    scale = _by_group(TURN_OFFSET, SHIFT_OFFSET, COEFFICIENT_OFFSET)
    return scale * rng.standard_normal(ARKIT58.dim)


def _leaks(rng: np.random.Generator) -> Float[np.ndarray, "dim dim"]:
    leak = np.eye(ARKIT58.dim)
    for source, target, most in LEAKS:
        leak[ARKIT58.index(source), ARKIT58.index(target)] = rng.uniform(0, most)
    return leak


def _gaps(rng: np.random.Generator, seconds: float) -> Spans:
    gaps: list[tuple[float, float]] = []
    if rng.random() < GAPPY:
        for _ in range(rng.poisson(rng.uniform(*GAPS_A_MINUTE) * seconds / 60)):
            begin = rng.uniform(0, seconds)
            gaps.append((begin, begin + rng.uniform(*GAP_S)))
    if rng.random() < PARTLY_ON:
        switched = rng.uniform(0.1, 0.9) * seconds
        gaps.append((0.0, switched) if rng.random() < 0.5 else (switched, seconds))
    return tuple(gaps)
