"""How much work the avatar may be: fewer pictures, none, another's motion; and how much it was."""

import asyncio

import pytest

from agent.frames import AvatarEffortFrame, AvatarPicturesFrame
from agent.nodes.stage import Performance, Stage
from avatar.clock import FPS
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58
from avatar.session import AvatarSession
from tests.avatar.test_motion_cast import Steady
from tests.avatar.test_session import Recorder

YAW = ARKIT58.index("headYaw")


def a_session() -> AvatarSession:
    return AvatarSession(
        generator=Steady(0.0),  # pyright: ignore[reportArgumentType]
        understudy=Steady(1.0),  # pyright: ignore[reportArgumentType]
        renderer=Recorder(),
        rest=ARKIT58.rest,
        voice_rate=24_000,
        seed=0,
    )


async def performed(
    stage: Stage, session: AvatarSession, ticks: int, *, takes: int = 1
) -> tuple[list[Performance], list[float]]:
    """What is performed where that takes 10 ms less than so many ticks, and each second's load."""
    came, loads = list[Performance](), list[float]()

    async def perform() -> None:
        while True:
            came.append(await stage.next())
            await asyncio.sleep(0.04 * takes - 0.01)

    performing = asyncio.ensure_future(perform())
    for _ in range(ticks):
        tick = session.timeline.next_tick()
        stage.add(tick)
        if (load := stage.load(tick)) is not None:
            loads.append(load.late)
        await asyncio.sleep(0.04)
    performing.cancel()
    return came, loads


@pytest.mark.parametrize(
    ("frame", "pictures"),
    [
        (AvatarEffortFrame(), 50),
        (AvatarEffortFrame(every=2), 25),
        (AvatarEffortFrame(every=5), 10),
        (AvatarEffortFrame(pictures=False), 0),
        (AvatarPicturesFrame(wanted=False), 0),
    ],
)
async def test_pictures_are_as_many_as_there_may_be_and_motions_are_whole(
    frame: AvatarEffortFrame | AvatarPicturesFrame, pictures: int
) -> None:
    session = a_session()
    stage = Stage(session, None)
    stage.see(frame)
    came, _ = await performed(stage, session, 50)
    frames = [frame for performance in came for frame in performance.frames]
    assert [frame.tick.index for frame in frames] == list(range(50))
    assert sum(frame.picture is not None for frame in frames) == pictures


async def test_effort_and_onlookers_are_two_reasons_not_to_draw() -> None:
    session = a_session()
    stage = Stage(session, None)
    stage.see(AvatarPicturesFrame(wanted=False))
    stage.see(AvatarEffortFrame())
    came, _ = await performed(stage, session, 5)
    stage.see(AvatarPicturesFrame(wanted=True))
    seen, _ = await performed(stage, session, 5)
    assert not any(frame.picture is not None for p in came for frame in p.frames)
    assert all(frame.picture is not None for p in seen for frame in p.frames)


async def test_motion_by_rules_is_the_understudys_and_goes_back() -> None:
    session = a_session()
    stage, ends = Stage(session, None), list[float]()
    for rules in (False, True, False):
        stage.see(AvatarEffortFrame(rules=rules))
        came, _ = await performed(stage, session, 20)
        ends.append(float(came[-1].frames[-1].motion[YAW]))
    assert ends == pytest.approx([0.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("every", "takes", "late"),
    [(1, 1, 0.0), (1, 2, 0.43), (1, 4, 0.73), (2, 2, 0.0), (2, 4, 0.47), (2, 1, 0.0)],
)
async def test_the_load_is_the_share_of_pictures_that_there_was_no_time_for(
    every: int, takes: int, late: float
) -> None:
    session = a_session()
    stage = Stage(session, None)
    stage.see(AvatarEffortFrame(every=every))
    _, loads = await performed(stage, session, 4 * FPS + 1, takes=takes)
    assert len(loads) == 5
    assert sum(loads[1:]) / 4 == pytest.approx(late, abs=0.06)


async def test_a_session_without_an_understudy_goes_on_as_it_is() -> None:
    session = AvatarSession(
        generator=RuleBasedGenerator(), renderer=Recorder(), rest=ARKIT58.rest,
        voice_rate=24_000, seed=0,
    )  # fmt: skip
    stage = Stage(session, None)
    stage.see(AvatarEffortFrame(rules=True))
    came, _ = await performed(stage, session, 10)
    assert sum(len(performance.frames) for performance in came) == 10
