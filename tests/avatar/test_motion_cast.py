"""An understudy takes over the face, and gives it back, without a jump."""

import numpy as np
import pytest
from jaxtyping import Float32

from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58, Motions, MotionSpace, Vector
from avatar.motion_cast import BLEND, MotionCast
from avatar.tick import Tick
from avatar.timeline import Timeline
from avatar.voices.base import Speech
from tests.avatar.test_session import Counter

YAW = ARKIT58.index("headYaw")
LARGEST_STEP = 0.2
"""Of the way between the two, that a blend goes in one tick."""


class Steady:
    """A generator whose head is turned by so much, in blocks."""

    space: MotionSpace = ARKIT58
    user_space: MotionSpace = ARKIT58
    look_ahead = 0

    def __init__(self, yaw: float, block: int = 1) -> None:
        self.yaw, self.block = yaw, block
        self.starts = 0

    def start(self, *, seed: int, rest: Vector) -> int:
        self.starts += 1
        return 0

    def step(self, ticks: object, state: int) -> tuple[Motions, int]:
        motions = np.zeros((self.block, ARKIT58.dim), np.float32)
        motions[:, YAW] = self.yaw
        return motions, state + 1


def a_cast(first: object, understudy: object = None) -> MotionCast:
    return MotionCast(first, understudy, seed=3, rest=ARKIT58.rest)  # pyright: ignore[reportArgumentType]


def ticks(count: int, speech: Speech | None = None) -> list[Tick]:
    timeline = Timeline(voice_rate=24_000 if speech is None else speech.rate, look_ahead=0)
    if speech is not None:
        timeline.push_speech(1, speech.pcm, phones=speech.phones)
    return [timeline.next_tick() for _ in range(count)]


def yaws(cast: MotionCast, plan: list[tuple[bool, int]]) -> Float32[np.ndarray, " n"]:
    """The head's turn with the understudy on or off for so many ticks."""
    told: list[float] = []
    rest = iter(ticks(sum(count for _, count in plan)))
    for relieved, count in plan:
        cast.relieve(relieved=relieved)
        told += [float(cast.motion(next(rest))[YAW]) for _ in range(count)]
    return np.array(told, np.float32)


def test_without_an_understudy_nothing_changes(answer: Speech) -> None:
    generator, alone = RuleBasedGenerator(), a_cast(RuleBasedGenerator())
    state, rest = generator.start(seed=3, rest=ARKIT58.rest), ticks(60, answer)
    for index, tick in enumerate(rest):
        alone.relieve(relieved=index % 7 == 3)
        motions, state = generator.step((tick,), state)
        np.testing.assert_array_equal(alone.motion(tick), motions[0])


def test_an_understudy_that_is_not_needed_changes_nothing(answer: Speech) -> None:
    with_one = a_cast(RuleBasedGenerator(), Steady(1.0))
    without = a_cast(RuleBasedGenerator())
    for tick in ticks(40, answer):
        np.testing.assert_array_equal(with_one.motion(tick), without.motion(tick))


def test_it_takes_over_and_gives_back_without_a_jump() -> None:
    told = yaws(a_cast(Steady(0.0), Steady(1.0)), [(False, 10), (True, 30), (False, 30)])
    assert (told[:10] == 0).all()
    assert 0 < told[10] < 0.1, "it begins at once"
    assert told[10 + BLEND - 1 : 40] == pytest.approx(1.0)
    assert told[40 + BLEND - 1 :] == pytest.approx(0.0)
    assert np.abs(np.diff(told)).max() <= LARGEST_STEP
    assert (np.diff(told[9:40]) >= 0).all(), "and goes straight there"


def test_who_changes_their_mind_in_the_middle_does_not_jump() -> None:
    told = yaws(a_cast(Steady(-1.0), Steady(1.0)), [(True, 3), (False, 2), (True, 4)] * 4)
    assert np.abs(np.diff(told)).max() <= 2 * LARGEST_STEP


def test_real_generators_meet_without_a_jump(answer: Speech) -> None:
    cast, told = a_cast(RuleBasedGenerator(), Steady(0.0)), list[Vector]()
    for index, tick in enumerate(ticks(75, answer)):
        cast.relieve(relieved=25 <= index < 50)
        told.append(cast.motion(tick).copy())
    steps = np.abs(np.diff(np.stack(told)[:, YAW]))
    alone = [a_cast(RuleBasedGenerator())] * 1
    own = np.stack([alone[0].motion(tick) for tick in ticks(75, answer)])[:, YAW]
    assert steps.max() <= np.abs(np.diff(own)).max() + LARGEST_STEP * np.abs(own).max()


def test_a_block_under_way_is_left_at_once_and_blocks_are_whole() -> None:
    told = yaws(a_cast(Counter(8), Steady(100.0, block=5)), [(False, 12), (True, 20)])
    assert told[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert told[12] > 11
    assert told[-1] == pytest.approx(100.0)


def test_the_same_changes_give_the_same_motion() -> None:
    plan = [(False, 5), (True, 9), (False, 20)]
    first, again = (yaws(a_cast(Steady(0.2), Steady(1.0, block=3)), plan) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_each_begins_anew_when_it_takes_over() -> None:
    first, understudy = Steady(0.0), Steady(1.0)
    yaws(a_cast(first, understudy), [(False, 3), (True, 3), (True, 3), (False, 3)])
    assert (first.starts, understudy.starts) == (2, 1)
