"""Reactions are seen in the motion and traced to what of the user they answer."""

from collections.abc import Callable

import numpy as np
import pytest

from agent.reactions import ANSWERED_WITHIN, Cause, Reaction, ReactionObserver
from avatar.clock import FPS, TICK, TICK_S
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58, FaceObservation, Vector
from avatar.tick import AvatarState, Samples, Tick
from avatar.timeline import Timeline
from tests.sounds import silence, tone

PITCH = ARKIT58.index("headPitch")
EVERYTHING = np.ones(ARKIT58.dim, bool)
SMILE = {"mouthSmile": 0.7, "cheekSquint": 0.5}
LAUGH = {**SMILE, "jawOpen": 0.5}


def at(begin_s: float, shape: dict[str, float], lasts_s: float = 2.0) -> Callable[[float], Vector]:
    """A face that shows a shape for a while."""

    def face(now_s: float) -> Vector:
        return ARKIT58.vector(shape if begin_s <= now_s < begin_s + lasts_s else {})

    return face


def nod_at(begin_s: float, depth: float = 0.12) -> Callable[[float], Vector]:
    """A head that goes down and comes back within half a second."""

    def face(now_s: float) -> Vector:
        phase = np.clip((now_s - begin_s) / 0.5, 0.0, 1.0)
        return ARKIT58.vector({"headPitch": -depth * float(np.sin(np.pi * phase))})

    return face


def still(_: float) -> Vector:
    return ARKIT58.rest


def observed(
    seconds: float,
    *,
    user: Samples | None = None,
    user_face: Callable[[float], Vector] | None = None,
    speech_s: float = 0.0,
    face: Callable[[float], Vector] = still,
) -> list[Reaction]:
    """What is seen in a given motion of the avatar."""
    timeline = Timeline(voice_rate=16_000, look_ahead=0)
    if speech_s:
        timeline.push_speech(1, np.zeros(round(16_000 * speech_s), np.int16), last=True)
    observer = ReactionObserver()
    seen: list[Reaction] = []
    for index in range(round(seconds * FPS)):
        tick = next_tick(timeline, index, user, user_face)
        seen += observer.step(tick, face(index * TICK_S))
    return seen


def next_tick(
    timeline: Timeline,
    index: int,
    user: Samples | None,
    user_face: Callable[[float], Vector] | None,
) -> Tick:
    if user is not None:
        piece = user[index * TICK : (index + 1) * TICK]
        timeline.push_user_audio(np.pad(piece, (0, TICK - len(piece))))
    if user_face is not None:
        motion = user_face(index * TICK_S)
        timeline.push_user_face(FaceObservation(ARKIT58, motion, EVERYTHING))
    return timeline.next_tick()


def only(kind: str, reactions: list[Reaction]) -> Reaction:
    (reaction,) = [reaction for reaction in reactions if reaction.kind == kind]
    return reaction


def test_a_smile_answers_a_smile_and_its_latency_is_the_time_between() -> None:
    seen = observed(4, user_face=at(1.0, SMILE), face=at(1.4, SMILE))
    smile = only("smile", seen)
    assert smile.cause is Cause.USER_SMILE
    assert smile.onset == 35
    assert smile.latency_s == pytest.approx(0.4)
    assert smile.strength == pytest.approx(0.7)


def test_a_laugh_answers_a_laugh() -> None:
    laugh = only("laugh", observed(4, user_face=at(1.0, LAUGH), face=at(1.6, LAUGH)))
    assert laugh.cause is Cause.USER_LAUGH
    assert laugh.latency_s == pytest.approx(0.6)


def test_a_nod_answers_a_pause_counted_from_its_beginning() -> None:
    user = np.concatenate([silence(0.5), tone(1.5), silence(2.5)])
    nod = only("nod", observed(4, user=user, face=nod_at(2.5)))
    assert nod.cause is Cause.USER_PAUSE
    assert nod.latency_s is not None
    assert 0.3 <= nod.latency_s <= 0.7


def test_a_nod_during_speech_answers_the_speech() -> None:
    user = np.concatenate([silence(0.5), tone(4.0)])
    nod = only("nod", observed(4, user=user, face=nod_at(3.0)))
    assert nod.cause is Cause.USER_SPEECH


def test_what_nothing_came_before_is_its_own_doing() -> None:
    smile = only("smile", observed(3, face=at(1.0, SMILE)))
    assert smile.cause is Cause.POLICY
    assert smile.latency_s is None


def test_a_cause_too_long_ago_is_none() -> None:
    late = 1.0 + ANSWERED_WITHIN * TICK_S + 0.1
    user_face, face = at(1.0, SMILE, lasts_s=4), at(late, SMILE)
    assert only("smile", observed(4, user_face=user_face, face=face)).cause is Cause.POLICY


def test_a_smile_before_the_users_answers_nothing() -> None:
    seen = observed(4, user_face=at(1.5, SMILE), face=at(1.0, SMILE))
    assert only("smile", seen).cause is Cause.POLICY


def test_a_speakers_smile_answers_nothing() -> None:
    seen = observed(4, speech_s=4.0, user_face=at(1.0, SMILE), face=at(1.4, SMILE))
    assert only("smile", seen).cause is Cause.POLICY


def test_blinks_are_no_reactions() -> None:
    assert observed(3, user=tone(3.0), face=at(1.0, {"eyeBlink": 1.0}, lasts_s=0.2)) == []


def test_the_rules_smile_back_and_the_observer_sees_it() -> None:
    generator = RuleBasedGenerator()
    state = generator.start(seed=3, rest=ARKIT58.rest)
    timeline = Timeline(voice_rate=16_000, look_ahead=generator.look_ahead)
    timeline.direct(state=AvatarState.LISTENING)
    observer = ReactionObserver()
    seen: list[Reaction] = []
    for index in range(5 * FPS):
        tick = next_tick(timeline, index, silence(5.0), at(2.0, SMILE))
        motions, state = generator.step([tick], state)
        seen += observer.step(tick, motions[0])
    smile = next(reaction for reaction in seen if reaction.kind == "smile")
    assert smile.cause is Cause.USER_SMILE
    assert smile.latency_s is not None
    assert 0 < smile.latency_s <= ANSWERED_WITHIN * TICK_S
