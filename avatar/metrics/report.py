"""All figures of a generator at once: generated motions and their conversations in, a table out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from jaxtyping import Float64

from avatar.behaviour.events import Kind, MotionEvent
from avatar.clock import FPS
from avatar.data.clip import DyadicClip, Party, Role
from avatar.metrics import dependence, dynamics, events, lips, reactivity, richness
from avatar.metrics.signals import (
    EXPRESSION,
    HEAD,
    Marks,
    channel,
    loudness,
    require_finite,
    speech_ticks,
)
from avatar.motion import ARKIT58, Motions
from avatar.tick import AvatarState

NAMES = (
    "lip_jaw_corr",
    "mouth_corr",
    "bilabial_closure",
    "silence_jaw_mean",
    "smile_xcorr",
    "smile_lag_frames",
    "visual_smile_rate",
    "nod_ratio",
    "rpcc_exp",
    "rpcc_pose",
    "sid_exp",
    "sid_pose",
    "var",
    "fd_exp",
    "fd_pose",
    "jerk",
    "blinks_per_min",
    "shift_null_gain",
    "shift_null_p",
    "reaction_f1",
    "reaction_latency_ms",
)
"""Figures that every report holds, under these names."""
TOLD_STATES = (AvatarState.IDLE, AvatarState.LISTENING, AvatarState.THINKING, AvatarState.SPEAKING)

Figures = dict[str, float | None]


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """A conversation, which party is the avatar, and the motion generated for it."""

    clip: DyadicClip
    avatar: Role
    motion: Motions

    def __post_init__(self) -> None:
        """Raise ValueError when motions are not finite, not `arkit58` or not of one length."""
        if self.clip.space.name != ARKIT58.name:
            raise ValueError(f"metrics read {ARKIT58.name}, {self.clip.source} is in another space")
        if self.motion.shape != self.truth.shape:
            raise ValueError(
                f"{self.clip.source}: a motion of {self.truth.shape} is needed, one of "
                f"{self.motion.shape} came"
            )
        require_finite(self.motion, f"{self.clip.source}, generated motion")
        require_finite(self.truth, f"{self.clip.source}, true motion of the avatar")
        require_finite(self.user.motion, f"{self.clip.source}, motion of the user")

    @property
    def own(self) -> Party:
        """The party that the avatar plays, as it truly was."""
        return self.clip.parties[self.avatar]

    @property
    def user(self) -> Party:
        """The other party."""
        return self.clip.parties[1 - self.avatar]

    @property
    def truth(self) -> Motions:
        """What the avatar's party truly did."""
        return self.own.motion

    @property
    def speaking(self) -> Marks:
        """Ticks of own speech."""
        return speech_ticks(self.own.utterances, self.clip.length)


def evaluate(
    samples: Sequence[Sample],
    reference: richness.Reference | None = None,
    *,
    shifts: int = dependence.SHIFTS,
    seed: int = 0,
) -> Figures:
    """All figures of `NAMES`, pooled over samples; None for one that these samples do not define.

    `reference` is the true motion that SID, Var, FD and jerk are measured against: by default that
    of the samples. `shifts` is how often the shift-null test draws. Besides `NAMES` there are
    `jerk_all` (every channel), `visual_smile_chance`, `reaction_f1_chance` and the F1 of each kind
    as `reaction_f1_nod` and so on. The same arguments give the same figures.
    Raises ValueError when there are no samples.
    """
    if not samples:
        raise ValueError("at least one sample is needed, got none")
    reference = reference or richness.refer([sample.truth for sample in samples], seed=seed)
    figures: Figures = {
        **_lips(samples),
        **_smiles(samples),
        **_nods(samples),
        **_similarity(samples),
        **_richness(samples, reference),
        **_dynamics(samples, reference),
        **_dependence(samples, shifts, seed),
        **_reactions(samples),
    }
    extra = {name: value for name, value in figures.items() if name not in NAMES}
    return {**{name: figures[name] for name in NAMES}, **extra}


def _lips(samples: Sequence[Sample]) -> Figures:
    generated = np.concatenate([sample.motion for sample in samples])
    truth = np.concatenate([sample.truth for sample in samples])
    speaking = np.concatenate([sample.speaking for sample in samples])
    silent = np.concatenate([lips.silent_ticks(each.truth, each.speaking) for each in samples])
    counts = [
        lips.closures(
            each.motion, each.truth, lips.bilabials(each.own.utterances, each.clip.length)
        )
        for each in samples
    ]
    return {
        "lip_jaw_corr": lips.jaw_correlation(generated, truth, speaking),
        "mouth_corr": lips.mouth_correlation(generated, truth, speaking),
        "bilabial_closure": _share(sum(a for a, _ in counts), sum(b for _, b in counts)),
        "silence_jaw_mean": lips.silence_jaw(generated, silent),
    }


def _smiles(samples: Sequence[Sample]) -> Figures:
    smiles = [channel(sample.motion, "mouthSmile") for sample in samples]
    users = [channel(sample.user.motion, "mouthSmile") for sample in samples]
    onsets = [
        reactivity.silent_smiles(
            each.user.events, speech_ticks(each.user.utterances, each.clip.length)
        )
        for each in samples
    ]
    pairs = list(zip(smiles, onsets, strict=True))
    asked = sum(len(each) for each in onsets)
    answered = sum(reactivity.answered_smiles(*pair) for pair in pairs)
    by_chance = sum(reactivity.smiles_by_chance(*pair) for pair in pairs if pair[1])
    response = reactivity.smile_response(users, smiles)
    return {
        "smile_xcorr": response.correlation if response else None,
        "smile_lag_frames": float(response.lag_ticks) if response else None,
        "visual_smile_rate": _share(answered, asked),
        "visual_smile_chance": _share(by_chance, asked),
    }


def _nods(samples: Sequence[Sample]) -> Figures:
    powers = [
        reactivity.nod_power(
            channel(sample.motion, "headPitch"), sample.user.utterances, sample.speaking
        )
        for sample in samples
    ]
    return {"nod_ratio": reactivity.nod_ratio(powers)}


def _similarity(samples: Sequence[Sample]) -> Figures:
    def mean_over(channels: slice) -> float | None:
        values = [
            reactivity.residual_correlation(
                each.motion[:, channels], each.truth[:, channels], each.user.motion[:, channels]
            )
            for each in samples
        ]
        return _mean([value for value in values if value is not None])

    return {"rpcc_exp": mean_over(EXPRESSION), "rpcc_pose": mean_over(HEAD)}


def _richness(samples: Sequence[Sample], reference: richness.Reference) -> Figures:
    motion = np.concatenate([sample.motion for sample in samples])
    spreads = [richness.variance(sample.motion, reference) for sample in samples]
    return {
        "sid_exp": richness.diversity(motion, reference.expression),
        "sid_pose": richness.diversity(motion, reference.pose),
        "var": _mean([spread for spread in spreads if spread is not None]),
        "fd_exp": richness.frechet_distance(motion, reference.expression),
        "fd_pose": richness.frechet_distance(motion, reference.pose),
    }


def _dynamics(samples: Sequence[Sample], reference: richness.Reference) -> Figures:
    def jerk(channels: slice) -> float | None:
        values = [
            (dynamics.jerk(each.motion[:, channels], reference.deviation[channels]), each.clip)
            for each in samples
        ]
        known = [(value, clip.length) for value, clip in values if value is not None]
        return _share(sum(v * n for v, n in known), sum(n for _, n in known))

    minutes = sum(sample.clip.length for sample in samples) / (60 * FPS)
    count = sum(dynamics.blinks(sample.motion) for sample in samples)
    return {
        "jerk": jerk(HEAD),
        "jerk_all": jerk(slice(0, ARKIT58.dim)),
        "blinks_per_min": _share(count, minutes),
    }


def _dependence(samples: Sequence[Sample], shifts: int, seed: int) -> Figures:
    result = dependence.shift_null([_encounter(each) for each in samples], shifts=shifts, seed=seed)
    return {
        "shift_null_gain": result.gain if result else None,
        "shift_null_p": result.p if result else None,
    }


def _encounter(sample: Sample) -> dependence.Encounter:
    own_voice = dependence.voice_signals(loudness(sample.own.audio))
    user_voice = dependence.voice_signals(loudness(sample.user.audio))
    return dependence.Encounter(
        avatar=dependence.face_signals(sample.motion),
        itself=np.hstack([own_voice, sample.speaking[:, None], _told(sample.own)]),
        user=np.hstack([dependence.face_signals(sample.user.motion), user_voice]),
    )


def _told(party: Party) -> Float64[np.ndarray, "ticks states"]:
    """What the party was doing, as it would be told as an avatar."""
    return np.array([[state is told for told in TOLD_STATES] for state in party.states], np.float64)


def _reactions(samples: Sequence[Sample]) -> Figures:
    found: dict[Kind, list[events.Match]] = {kind: [] for kind in events.REACTIONS}
    chance, waits = list[events.Match](), list[float]()
    for sample in samples:
        listening = events.listening_ticks(sample.speaking)
        made = events.reactions(events.detect(sample.motion), listening)
        true = events.reactions(events.detect(sample.truth), listening)
        for kind, matches in found.items():
            matches.append(events.match(made, true, kind))
            chance.append(events.match_by_chance(made, true, kind, listening))
        waits += events.latencies(made, _causes(sample.user), sample.user.utterances)
    pooled = {kind: _pool(matches) for kind, matches in found.items()}
    return {
        "reaction_f1": _pool(list(pooled.values())).f1,
        "reaction_f1_chance": _pool(chance).f1,
        **{f"reaction_f1_{kind}": match.f1 for kind, match in pooled.items()},
        "reaction_latency_ms": float(np.median(waits)) if waits else None,
    }


def _causes(user: Party) -> Sequence[MotionEvent]:
    """What the user's face did: exact events where a clip has them, else those that are seen."""
    return user.events or events.detect(user.motion)


def _pool(matches: Sequence[events.Match]) -> events.Match:
    return reduce(add, matches, events.Match(0, 0, 0))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
