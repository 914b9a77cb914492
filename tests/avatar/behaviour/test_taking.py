"""Taking the turn is seen within a fifth of a second, whatever moves the face."""

from dataclasses import replace

import numpy as np
import pytest

from avatar.assets import shipped_generators
from avatar.avatar import Avatar
from avatar.clock import ticks_in
from avatar.motion import ARKIT58, Motions
from avatar.rendering.warp import WarpRenderer
from avatar.tick import AvatarState, Tick
from pipelines.build import build_generator

LISTENS = ticks_in(4.0)
BROWS = [ARKIT58.index(name) for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")]
EYES = [ARKIT58.index("eyeLookUpLeft"), ARKIT58.index("eyeLookDownLeft")]
KINDS = ["rules", *(["learned"] if shipped_generators() else [])]


def motions(renderer: WarpRenderer, kind: str, seed: int, *, takes: bool) -> Motions:
    avatar = Avatar("ana", "", build_generator(kind), renderer, ARKIT58.rest)
    session = avatar.session(voice_rate=24_000, seed=seed)
    rng = np.random.default_rng(seed)
    ticks: list[Tick] = []
    for n in range(LISTENS + ticks_in(1.6)):
        loud = 0.05 if n < LISTENS - ticks_in(0.6) else 2e-4
        session.timeline.push_user_audio(rng.normal(0, loud, 640).astype(np.float32))
        thinks = takes and n >= LISTENS
        state = AvatarState.THINKING if thinks else AvatarState.LISTENING
        ticks.append(replace(session.timeline.next_tick(), state=state))
    return np.stack([frame.motion for frame in session.perform(ticks, draw=False)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_it_is_seen_at_once_and_passes(renderer: WarpRenderer, kind: str, seed: int) -> None:
    still = motions(renderer, kind, seed, takes=False)
    taken = motions(renderer, kind, seed, takes=True)
    change = taken - still
    assert not change[:LISTENS].any()
    fifth = change[LISTENS : LISTENS + ticks_in(0.2)]
    assert fifth[:, BROWS].mean(axis=1).max() > 0.1
    assert (fifth[:, EYES[0]] - fifth[:, EYES[1]]).max() > 0.1
    assert np.abs(np.diff(fifth[:, BROWS], axis=0)).max() < 0.2, "no jerk"


def test_the_rest_of_a_conversation_is_left_as_it_is(renderer: WarpRenderer) -> None:
    avatar = Avatar("ana", "", build_generator("rules"), renderer, ARKIT58.rest)
    session = avatar.session(voice_rate=24_000, seed=1)
    generator, state = (
        build_generator("rules"),
        build_generator("rules").start(seed=1, rest=ARKIT58.rest),
    )
    for _ in range(ticks_in(2.0)):
        tick = replace(session.timeline.next_tick(), state=AvatarState.SPEAKING)
        motion, state = generator.step([tick], state)
        assert (session.perform([tick], draw=False)[0].motion == motion[0]).all()
