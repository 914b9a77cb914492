"""A receptionist in a real pipeline: who is noticed, greeted, heard, answered and forgotten."""

from agent.frames import SayFrame
from tests.agent.turns.theatre import Speaks
from tests.pipelines.kiosk.lobby import RESET, TOUCH, Lobby, Stands, visitor


async def test_a_visit_from_a_glance_of_the_camera_until_it_is_forgotten() -> None:
    lobby = await Lobby(
        40, camera=[Stands(2, 20)], script=[Speaks(8, 9.5, "where is the lift")]
    ).run()
    print(lobby.told, lobby.mutes, lobby.said, lobby.tts.asked, lobby.moments, lobby.llm.asked)
    assert 0
