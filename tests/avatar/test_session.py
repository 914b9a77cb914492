from collections.abc import Sequence

import numpy as np
import pytest

from avatar.avatar import Avatar
from avatar.errors import SpaceMismatch
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58, LATENT512, FaceObservation, Motions, MotionSpace, Vector
from avatar.rendering.base import Picture, Renderer
from avatar.session import AvatarSession
from avatar.tick import Tick
from avatar.voices.base import Speech
from tests.sounds import silence, tone


class Recorder:
    """A renderer that draws the jaw as a grey level and counts the ticks that passed."""

    space: MotionSpace = ARKIT58
    size: tuple[int, int] = (2, 2)

    def start(self) -> tuple[int, ...]:
        return ()

    def render(
        self, motion: Vector, state: tuple[int, ...], *, ticks: int = 1
    ) -> tuple[Picture, tuple[int, ...]]:
        grey = int(255 * motion[ARKIT58.index("jawOpen")])
        return np.full((2, 2, 3), grey, np.uint8), (*state, ticks)


class Counter:
    """A generator of blocks: its motion's yaw is the tick, its pitch the turn heard last."""

    space: MotionSpace = ARKIT58
    user_space: MotionSpace = ARKIT58
    look_ahead = 0

    def __init__(self, block: int) -> None:
        self.block = block

    def start(self, *, seed: int, rest: Vector) -> tuple[int, ...]:
        return ()

    def step(
        self, ticks: Sequence[Tick], state: tuple[int, ...]
    ) -> tuple[Motions, tuple[int, ...]]:
        motions = np.zeros((self.block, ARKIT58.dim), np.float32)
        newest = ticks[-1]
        for i in range(self.block):
            motions[i, ARKIT58.index("headYaw")] = newest.index + i
            motions[i, ARKIT58.index("headPitch")] = newest.turn
        return motions, (*state, *(tick.index for tick in ticks))


def a_session(generator: object | None = None, rate: int = 16_000, seed: int = 0) -> AvatarSession:
    generator = generator or RuleBasedGenerator()
    avatar = Avatar("test", "none", generator, Recorder(), ARKIT58.rest)  # pyright: ignore[reportArgumentType]
    return avatar.session(voice_rate=rate, seed=seed)


def test_pieces_of_any_size_give_the_same_motion(answer: Speech) -> None:
    def run(chunk: int) -> np.ndarray:
        session = a_session(rate=answer.rate, seed=4)
        user = tone(3.0)
        motions: list[Vector] = []
        waiting: list[Tick] = []
        session.timeline.push_speech(1, answer.pcm, phones=answer.phones)
        for index in range(75):
            session.timeline.push_user_audio(user[index * 640 : (index + 1) * 640])
            waiting.append(session.timeline.next_tick())
            if len(waiting) == chunk:
                motions += [frame.motion for frame in session.perform(waiting)]
                waiting = []
        return np.stack(motions)

    one = run(1)
    assert (run(3) == one).all()
    assert (run(25) == one).all()


def test_only_the_last_of_several_ticks_is_drawn() -> None:
    session = a_session()
    frames = session.perform([session.timeline.next_tick() for _ in range(4)])
    assert [frame.picture is not None for frame in frames] == [False, False, False, True]
    session.perform([session.timeline.next_tick()])
    assert session._picture_state == (4, 1)


def test_nothing_to_perform_is_nothing() -> None:
    assert a_session().perform([]) == []


@pytest.mark.parametrize("block", [1, 2, 5])
def test_a_block_lasts_for_its_ticks(block: int) -> None:
    session = a_session(Counter(block))
    yaws = [float(session.step().motion[ARKIT58.index("headYaw")]) for _ in range(11)]
    assert yaws == list(range(11))
    assert session._cast._state == tuple(range(10 // block * block + 1))


def test_a_flush_inside_a_block_plans_anew_from_the_state_before_it() -> None:
    session = a_session(Counter(5))
    session.timeline.push_speech(1, np.ones(640 * 20, np.int16))
    before = [session.step() for _ in range(7)]
    assert [frame.motion[ARKIT58.index("headPitch")] for frame in before] == [1.0] * 7
    session.timeline.flush(1)
    after = session.step()
    assert after.motion[ARKIT58.index("headPitch")] == 0.0
    assert after.motion[ARKIT58.index("headYaw")] == 7.0
    assert session._cast._state == tuple(range(8))


def test_a_face_of_another_space_is_refused() -> None:
    session = a_session()
    seen = np.ones(512, bool)
    session.timeline.push_user_face(FaceObservation(LATENT512, LATENT512.rest, seen))
    with pytest.raises(SpaceMismatch, match="the user's face speaks the motion space latent512"):
        session.step()


def test_parts_of_different_spaces_do_not_make_an_avatar() -> None:
    class Latent(Recorder):
        space = LATENT512

    renderer: Renderer[tuple[int, ...]] = Latent()
    with pytest.raises(SpaceMismatch, match=r"the generator.*arkit58.*latent512"):
        Avatar("bad", "none", RuleBasedGenerator(), renderer, ARKIT58.rest)


def test_two_sessions_share_an_avatar_and_nothing_else(avatar: Avatar) -> None:
    def run(other: bool) -> np.ndarray:
        session, beside = (avatar.session(voice_rate=16_000, seed=1) for _ in range(2))
        motions: list[Vector] = []
        for _ in range(20):
            if other:
                beside.timeline.push_user_audio(tone(0.04))
                beside.step()
            session.timeline.push_user_audio(silence(0.04))
            motions.append(session.step().motion)
        return np.stack(motions)

    assert (run(other=True) == run(other=False)).all()
