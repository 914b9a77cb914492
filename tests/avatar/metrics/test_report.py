from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from avatar.data.clip import DyadicClip
from avatar.metrics import richness
from avatar.metrics.report import NAMES, Sample, evaluate
from avatar.motion import ARKIT58, LATENT512
from tests.avatar.metrics.conftest import Stage
from tests.unchecked import unchecked

Clips = Callable[[int], tuple[DyadicClip, ...]]


@pytest.fixture(scope="module")
def truth(answered_clips: Clips) -> dict[str, float | None]:
    samples = [Sample(clip, 0, clip.parties[0].motion) for clip in answered_clips(3)]
    return unchecked(evaluate, [samples])[0]


def test_every_name_is_there_first_and_in_order(truth: dict[str, float | None]) -> None:
    assert tuple(truth)[: len(NAMES)] == NAMES
    assert {"jerk_all", "reaction_f1_chance", "reaction_f1_nod", "visual_smile_chance"} <= set(
        truth
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lip_jaw_corr", 1.0),
        ("mouth_corr", 1.0),
        ("bilabial_closure", 1.0),
        ("silence_jaw_mean", 0.0),
        ("rpcc_exp", 0.0),
        ("rpcc_pose", 0.0),
        ("fd_exp", 0.0),
        ("fd_pose", 0.0),
        ("reaction_f1", 1.0),
        ("visual_smile_rate", 1.0),
        ("smile_lag_frames", 12.0),
    ],
)
def test_truth_scores_as_truth(truth: dict[str, float | None], name: str, value: float) -> None:
    assert truth[name] == pytest.approx(value, abs=1e-4)


def test_truth_listens(truth: dict[str, float | None]) -> None:
    chance, p, wait = (
        truth[name] for name in ("reaction_f1_chance", "shift_null_p", "reaction_latency_ms")
    )
    assert chance is not None
    assert p is not None
    assert wait is not None
    assert chance < 0.5
    assert p < 0.01
    assert 500 <= wait <= 900


def test_a_face_that_does_nothing_scores_as_nothing(answered_clips: Clips) -> None:
    (clip,) = answered_clips(1)
    still = Sample(clip, 0, np.zeros_like(clip.parties[0].motion))
    (figures,) = unchecked(evaluate, [[still]])
    for name in ("bilabial_closure", "visual_smile_rate", "var", "sid_exp", "jerk", "reaction_f1"):
        assert figures[name] == 0
    for name in ("lip_jaw_corr", "smile_xcorr", "shift_null_p", "rpcc_exp", "nod_ratio"):
        assert figures[name] is None
    distance = figures["fd_exp"]
    assert distance is not None
    assert distance > 1


def test_a_silent_conversation_leaves_lips_undefined(stage: Stage, answered_clips: Clips) -> None:
    motion = answered_clips(1)[0].parties[1].motion
    clip = stage.clip(stage.party(motion), stage.party(motion))
    (figures,) = unchecked(evaluate, [[Sample(clip, 1, motion)]])
    for name in ("lip_jaw_corr", "mouth_corr", "bilabial_closure", "nod_ratio"):
        assert figures[name] is None
    assert figures["silence_jaw_mean"] == 0


def test_a_reference_of_other_conversations_is_the_measure(answered_clips: Clips) -> None:
    one, *others = answered_clips(3)
    reference = richness.refer([clip.parties[0].motion for clip in others])
    (figures,) = unchecked(
        partial(evaluate, reference=reference), [[Sample(one, 0, one.parties[0].motion)]]
    )
    distance = figures["fd_pose"]
    assert distance is not None
    assert distance > 0.01


def test_the_same_arguments_give_the_same_figures_in_every_process(
    stage: Stage, answered_clips: Clips
) -> None:
    own, user = (party.motion[:300] for party in answered_clips(1)[0].parties)
    sample = Sample(stage.clip(stage.party(own), stage.party(user)), 0, own)
    measure = partial(evaluate, shifts=20, seed=5)
    here = measure([sample])
    assert here["shift_null_p"] is not None
    (there,) = unchecked(measure, [[sample]])
    # The threads of a BLAS sum in an order of their own.
    assert there.keys() == here.keys()
    for name, figure in here.items():
        assert there[name] == (figure if figure is None else pytest.approx(figure, rel=1e-9)), name


def test_bad_samples_are_refused(answered_clips: Clips) -> None:
    (clip,) = answered_clips(1)
    motion = clip.parties[0].motion.copy()
    with pytest.raises(ValueError, match=r"a motion of .* is needed"):
        Sample(clip, 0, motion[:-1])
    motion[40, ARKIT58.index("browInnerUp")] = np.nan
    with pytest.raises(ValueError, match="generated motion: tick 40, browInnerUp is nan"):
        Sample(clip, 0, motion)
    other = np.zeros((clip.length, 512), np.float32)
    signals = replace(clip.parties[0].signals, motion=other, seen=np.zeros(other.shape, bool))
    party = replace(clip.parties[0], motion=other, seen=np.ones(other.shape, bool), signals=signals)
    strange = DyadicClip((party, party), LATENT512, "elsewhere", "")
    with pytest.raises(ValueError, match="metrics read arkit58, elsewhere"):
        Sample(strange, 0, other)
    with pytest.raises(ValueError, match="at least one sample"):
        evaluate([])
