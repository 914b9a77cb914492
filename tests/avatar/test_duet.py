"""Two avatars in a closed loop: what reaches whom and when; mirroring does not run away."""

import os
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from avatar.avatar import Avatar
from avatar.clock import FPS, TICK
from avatar.duet import Duet, DuetFrame, Senses
from avatar.errors import SpaceMismatch
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58, LATENT512
from avatar.synthetic.dialogues.scene import Act
from avatar.tick import AvatarState
from tests.avatar.duets import (
    GENERATORS,
    MINUTE,
    Minute,
    a_duet,
    faceless,
    line,
    made_up_lines,
    minutes_of,
    motions,
    played,
    require_stable,
    smiles,
)
from tests.avatar.test_session import Recorder
from tests.unchecked import unchecked

ONSET = 50


def test_each_hears_and_sees_the_other_one_tick_later() -> None:
    frames = list(played(a_duet(), [line(0, 1.0), line(1, 3.5)], 6 * FPS))
    for before, after in pairwise(frames):
        for side in (0, 1):
            other, here = before.sides[1 - side], after.sides[side]
            spoken = other.tick.speech
            heard = here.tick.user_audio
            assert heard is not None
            expected = np.zeros(TICK) if spoken is None else spoken / 32_768
            assert np.abs(heard - expected).max() < 1e-6
            face = here.tick.user_face
            assert face is not None
            assert face.seen.all()
            assert face.age_ticks == 1
            assert (face.motion == other.motion).all()
    assert frames[0].sides[0].tick.user_face is None
    assert np.abs(frames[ONSET].sound).max() > 500


def test_who_hears_reacts_after_the_others_onset_and_only_then() -> None:
    """Twins, of whom one is deaf; nobody sees anything."""
    lines = [line(0, ONSET / FPS, 3.0)]
    run: dict[bool, np.ndarray] = {}
    for hears in (False, True):
        duet = a_duet(seed=3)
        duet.senses[:] = [Senses(hears=False, sees=False), Senses(hears=hears, sees=False)]
        run[hears] = motions(list(played(duet, lines, 8 * FPS)))
    difference = np.abs(run[True] - run[False]).max(axis=2)
    assert difference[:, 0].max() == 0
    assert difference[: ONSET + 1, 1].max() == 0
    assert difference[ONSET + 1 : ONSET + 5 * FPS, 1].max() > 0.05


def test_a_smile_is_seen_and_given_back() -> None:
    """The right one laughs, the left one hears it and laughs along, which the right one sees."""
    lines = [line(1, 1.0, 1.6, Act.LAUGH)]
    answered: dict[bool, float] = {}
    for sees in (False, True):
        duet = a_duet(seed=1)
        duet.senses[1] = Senses(hears=False, sees=sees)
        frames = list(played(duet, lines, 8 * FPS))
        answered[sees] = float(smiles(motions(frames))[:, 1].mean())
        assert smiles(motions(frames))[:, 0].max() > 0.4
    assert answered[True] > answered[False] + 0.05


def test_the_same_seed_gives_the_same_duet_and_another_one_another() -> None:
    lines = made_up_lines(1, 10)
    first, again, other = (
        motions(list(played(a_duet(seed), lines, 5 * FPS))) for seed in (5, 5, 6)
    )
    assert (first == again).all()
    assert np.abs(first - other).max() > 0.05
    assert np.abs(first[:, 0] - first[:, 1]).max() > 0.05


def test_states_follow_the_turns() -> None:
    lines = [
        line(0, 1.0, 2.0, ends=False),
        line(0, 3.4, 1.0),
        line(1, 5.4, 2.0),
        line(0, 6.0, 0.6, Act.BACKCHANNEL),
    ]
    frames = list(played(a_duet(), lines, 14 * FPS))

    def states(side: int, start_s: float, end_s: float) -> set[AvatarState]:
        span = frames[round(start_s * FPS) : round(end_s * FPS)]
        return {frame.sides[side].tick.state for frame in span}

    assert states(0, 1.0, 4.4) == {AvatarState.SPEAKING}
    assert states(1, 1.0, 4.6) == {AvatarState.LISTENING}
    assert states(1, 4.7, 5.4) == {AvatarState.THINKING}
    assert states(1, 5.4, 7.4) == {AvatarState.SPEAKING}
    assert states(0, 5.5, 7.5) == {AvatarState.LISTENING}
    assert states(0, 12.0, 14.0) == {AvatarState.IDLE}


def test_a_deaf_one_does_not_know_that_it_was_asked() -> None:
    duet = a_duet()
    duet.senses[1] = Senses(hears=False)
    frames = list(played(duet, [line(0, 1.0)], 7 * FPS))
    states = [frame.sides[1].tick.state for frame in frames]
    assert AvatarState.THINKING not in states
    assert states[-1] is AvatarState.IDLE
    assert all(frame.sides[1].tick.user_audio is None for frame in frames)


def test_senses_may_change_in_the_middle() -> None:
    duet = a_duet()
    list(played(duet, [line(0, 0.2, 3.0)], 2 * FPS))
    duet.senses[1] = Senses(hears=False, sees=False)
    later = list(played(duet, [], 3 * FPS))
    assert later[-1].sides[1].tick.user_audio is None
    assert later[-1].sides[1].tick.user_face is None
    duet.senses[1] = Senses()
    back = next(played(duet, [], 1)).sides[1].tick
    assert back.user_audio is not None
    assert back.user_face is not None


def test_a_line_that_comes_too_early_waits_for_the_one_before() -> None:
    lines = [line(0, 1.0, 2.0), line(0, 2.0, 1.0)]
    frames = list(played(a_duet(), lines, 5 * FPS))
    said = [frame.sides[0].tick.speech is not None for frame in frames]
    assert said == [False] * 25 + [True] * 75 + [False] * 25


def test_both_voices_are_in_the_sound_and_loud_ones_are_limited() -> None:
    loud = replace(line(0, 0.0, 1.0), pcm=np.full(16_000, 30_000, np.int16))
    frames: list[DuetFrame] = list(played(a_duet(), [loud, replace(loud, side=1)], 30))
    assert (frames[0].sound == 32_767).all()
    assert (frames[29].sound == 0).all()
    assert frames[0].sound.shape == (TICK,)


def test_faces_of_different_spaces_cannot_see_each_other() -> None:
    class Other(RuleBasedGenerator):
        user_space = LATENT512

    blind = Avatar("blind", "none", Other(), Recorder(), ARKIT58.rest)
    duet = Duet((blind, faceless()), seed=0)
    duet.step()
    with pytest.raises(SpaceMismatch, match="latent512"):
        duet.step()


@pytest.mark.parametrize(
    ("channel", "value"),
    [("mouthSmile", 0.7), ("mouthSmile", 0.25), ("browInnerUp", 0.5), ("headYaw", 0.5)],
)
def test_a_runaway_would_be_noticed(channel: str, value: float) -> None:
    calm = np.random.default_rng(0).normal(0, 0.03, (2, MINUTE, 2, ARKIT58.dim))
    require_stable([Minute.of(minute) for minute in calm])
    calm[1] += ARKIT58.vector({channel: value})
    with pytest.raises(AssertionError):
        require_stable([Minute.of(minute) for minute in calm])


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_minutes_on_end_do_not_run_away(generator: str) -> None:
    """Ten of them, or as many as are asked for: half an hour is for whoever has the time."""
    require_stable(elsewhere(generator, int(os.environ.get("VISAVIS_DUET_MINUTES", "10"))))


def elsewhere(generator: str, count: int) -> list[Minute]:
    """Figures made where no types are checked."""
    return unchecked(minutes_of, [(generator, count)])[0]
