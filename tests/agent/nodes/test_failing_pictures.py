"""A picture that cannot be made ends nothing."""

from itertools import count

import numpy as np
from pipecat.frames.frames import ClientConnectedFrame, ErrorFrame
from pipecat.tests.utils import SleepFrame, run_test

from agent.frames import AvatarAudioFrame, AvatarImageFrame
from agent.nodes import AvatarService
from avatar.avatar import Avatar
from avatar.errors import PartUnavailable
from avatar.generator.rules import RuleBasedGenerator
from avatar.motion import ARKIT58, Vector
from avatar.rendering.base import Picture
from tests.agent.nodes.test_avatar_service import utterance


class Failing:
    """Has no memory for a while."""

    space, size = ARKIT58, (4, 4)

    def __init__(self) -> None:
        self._calls = count()

    def start(self) -> None:
        """Nothing."""

    def render(self, motion: Vector, state: None, *, ticks: int = 1) -> tuple[Picture, None]:
        """Fail ten times."""
        del motion, state, ticks
        if 5 <= next(self._calls) < 15:
            raise PartUnavailable("the device has no memory left")
        return np.zeros((4, 4, 3), np.uint8), None


async def test_a_conversation_goes_on_without_pictures_until_they_come_again() -> None:
    avatar = Avatar("test", "none", RuleBasedGenerator(), Failing(), ARKIT58.rest)
    frames = [ClientConnectedFrame(), *utterance(1.0), SleepFrame(sleep=1.4)]
    down, up = await run_test(AvatarService(avatar), frames_to_send=frames)
    ticks = [frame.tick for frame in down if isinstance(frame, AvatarImageFrame)]
    assert ticks[:5] == [0, 1, 2, 3, 4]
    assert len(ticks) >= 20
    assert ticks[5] >= 14
    assert len([frame for frame in down if isinstance(frame, AvatarAudioFrame)]) == 25
    told = [frame.error for frame in up if isinstance(frame, ErrorFrame)]
    assert told == ["the device has no memory left"]
