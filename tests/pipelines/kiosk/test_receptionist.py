"""A receptionist in a real pipeline: who is noticed, greeted, heard, answered and forgotten."""

import asyncio
from datetime import datetime
from itertools import pairwise

import pytest
from pipecat.frames.frames import LLMConfigureOutputFrame, LLMMessagesAppendFrame

from agent.frames import (
    AvatarEffortFrame,
    AvatarLoadFrame,
    ForgetFrame,
    LanguageRequestFrame,
    UserCaptionFrame,
)
from tests.agent.turns.theatre import Speaks
from tests.pipelines.kiosk.lobby import RESET, TOUCH, Lobby, Stands, visitor

GREETING = "Good morning. I am Ana, an AI. How can I help you?"
FAREWELL = "Goodbye. I forget our conversation now."
WHOLE_VISIT = ["attract", "noticed", "greeting", "conversing", "farewell", "reset", "attract"]


async def test_a_visit_from_a_glance_of_the_camera_until_it_is_forgotten() -> None:
    lobby = await Lobby(
        40, camera=[Stands(2, 20)], script=[Speaks(8, 9.5, "where is the lift")]
    ).run()
    assert lobby.states == WHOLE_VISIT
    (noticed,), (greeting,) = lobby.since("noticed"), lobby.since("greeting")
    assert 2.8 <= noticed <= 3.1, "a face is confirmed after 0.8 s"
    assert greeting - noticed == pytest.approx(0.3, abs=0.05)
    assert lobby.tts.asked[0] == GREETING
    assert lobby.client.voice[0][0] - greeting < 0.1
    assert lobby.llm.asked == ["where is the lift"]
    assert lobby.since("farewell")[0] == pytest.approx(25.6, abs=0.3)
    assert FAREWELL not in lobby.tts.asked, "nobody is there to hear it"
    assert lobby.moments == ["noticed", "greeted", "conversed", "answered", "reset"]
    assert lobby.said == []
    assert len(lobby.client.at(ForgetFrame)) == 1


async def test_nobody_is_heard_while_nobody_is_served() -> None:
    lobby = await Lobby(
        30, camera=[Stands(2, 12)], script=[Speaks(7, 8, "where is the lift")]
    ).run()
    (noticed,), (reset,) = lobby.since("noticed"), lobby.since("reset")
    assert lobby.mutes == [
        (0.0, True),
        (pytest.approx(noticed), False),
        (pytest.approx(reset), True),
    ]


async def test_who_speaks_up_is_noticed_understood_and_answered() -> None:
    lobby = await Lobby(14, script=[Speaks(3, 5, "where is the lift")]).run()
    (noticed,) = lobby.since("noticed")
    assert noticed == pytest.approx(3.6, abs=0.1), "0.6 s after the voice began"
    assert lobby.mutes[1] == (pytest.approx(noticed, abs=0.02), False), "before the voice ends"
    assert lobby.llm.asked == ["where is the lift"]
    assert lobby.tts.asked == ["I am Ana, an AI.", "one two three four five six"]
    assert lobby.said[-1].endswith("one two three four five six")


async def test_a_cough_in_an_empty_lobby_is_nobody() -> None:
    lobby = await Lobby(10, script=[Speaks(3, 3.3, "hm")]).run()
    assert lobby.states == ["attract"]
    assert lobby.mutes == [(0.0, True)]
    assert lobby.llm.asked == []


async def test_where_speech_does_not_count_a_voice_opens_nothing_and_costs_nothing() -> None:
    lobby = await Lobby(
        10, script=[Speaks(3, 9, "hello hello")],
        settings={"presence": {"speech": False}},
    ).run()  # fmt: skip
    assert lobby.states == ["attract"]
    assert lobby.looks <= 30, "twice a second"


async def test_a_sensor_and_a_touch_are_noticed_at_once() -> None:
    for frame in (visitor("kiosk.presence.update", present=True), TOUCH):
        lobby = await Lobby(4, extra=[(2, frame)]).run()
        assert lobby.since("noticed") == [pytest.approx(2.0, abs=0.03)]
        assert lobby.tts.asked == [GREETING]


async def test_who_says_goodbye_is_forgotten_without_another_word() -> None:
    lobby = await Lobby(
        30, camera=[Stands(1, 30)],
        script=[Speaks(7, 8, "where is the lift"), Speaks(12, 13, "thank you goodbye")],
        answer=lambda asked: "bye" if "goodbye" in asked else "on the left",
    ).run()  # fmt: skip
    assert lobby.states == WHOLE_VISIT
    assert lobby.since("reset")[0] < 13 + 1 + 4 + 3 + 1
    assert FAREWELL not in lobby.tts.asked
    assert lobby.moments.count("noticed") == 1, "who stands there still is not greeted again"


async def test_who_is_silent_for_long_hears_a_farewell_and_is_forgotten() -> None:
    lobby = await Lobby(30, extra=[(1, TOUCH)], settings={"visit": {"inactive_s": 10}}).run()
    assert lobby.states == WHOLE_VISIT
    assert lobby.tts.asked == [GREETING, FAREWELL]
    assert lobby.said == []
    forgotten = lobby.client.at(ForgetFrame)[0]
    assert all(at < forgotten for at, _ in lobby.client.voice), "the farewell is said to its end"
    assert len(lobby.client.voice) == 3 * (len(GREETING.split()) + len(FAREWELL.split()))


async def test_who_speaks_for_a_minute_is_heard_out() -> None:
    lobby = await Lobby(
        76, camera=[Stands(1, 80)], script=[Speaks(8, 70, "my story is long")],
        settings={"visit": {"inactive_s": 10, "patience_s": 10}},
    ).run()  # fmt: skip
    assert lobby.states == ["attract", "noticed", "greeting", "conversing"]
    assert lobby.llm.asked == ["my story is long"]


async def test_a_reset_stops_the_avatar_and_wipes_what_was_said() -> None:
    lobby = await Lobby(
        14, extra=[(1, TOUCH), (10, RESET)], script=[Speaks(7, 8, "where is the lift")],
        answer=lambda _: "one " * 60,
    ).run()  # fmt: skip
    assert lobby.since("reset") == [pytest.approx(10.0, abs=0.03)]
    assert lobby.client.voice[-1][0] < 10.15
    assert lobby.said == []
    assert lobby.mutes[-1] == (pytest.approx(10.0, abs=0.03), True)


async def test_the_next_visitor_begins_anew_in_the_language_of_the_house() -> None:
    lobby = await Lobby(
        26, languages=("en", "de"), eared=frozenset({"en"}),
        extra=[(1, TOUCH), (6, LanguageRequestFrame("de")), (9, RESET), (12, TOUCH)],
        script=[Speaks(17, 18, "where is the lift")],
    ).run()  # fmt: skip
    spoken = [(state.state, state.language) for _, state in lobby.told]
    assert ("conversing", "de") in spoken
    assert spoken[-1] == ("conversing", "en")
    assert lobby.tts.asked[:2] == [GREETING, GREETING]
    assert lobby.llm.asked == ["where is the lift"]


async def test_a_language_without_ears_is_typed_and_answered() -> None:
    typed = LLMMessagesAppendFrame([{"role": "user", "content": "Wo ist der Lift?"}], run_llm=True)
    caption = UserCaptionFrame("Wo ist der Lift?", final=True, typed=True)
    lobby = await Lobby(
        16, languages=("en", "de"), eared=frozenset({"en"}),
        extra=[(1, TOUCH), (6, LanguageRequestFrame("de")), (8, caption), (8, typed)],
        script=[Speaks(11, 12, "this is not understood")],
    ).run()  # fmt: skip
    assert lobby.mutes[-1] == (pytest.approx(6.0, abs=0.03), True)
    assert lobby.llm.asked == ["Wo ist der Lift?"]
    assert lobby.states[-1] == "conversing"
    assert "conversed" in lobby.moments


async def test_a_house_asleep_greets_whoever_touches_and_nobody_else() -> None:
    lobby = await Lobby(
        20, camera=[Stands(2, 20)], extra=[(10, TOUCH)],
        settings={"quiet_hours": ["22:00-06:30"]}, begins=datetime(2026, 3, 2, 23, 0, 0),
    ).run()  # fmt: skip
    assert lobby.since("noticed") == [pytest.approx(10.0, abs=0.03)]
    assert lobby.told[-1][1].quiet
    assert lobby.tts.asked[0].startswith("Good evening.")


async def test_a_house_wakes_up_and_greets_who_stands_there() -> None:
    lobby = await Lobby(
        12, camera=[Stands(1, 12)],
        settings={"quiet_hours": ["22:00-06:30"]}, begins=datetime(2026, 3, 2, 6, 29, 55),
    ).run()  # fmt: skip
    assert lobby.since("noticed") == [pytest.approx(5.25, abs=0.3)]


def faults(lobby: Lobby, part: str) -> list[tuple[float, bool]]:
    """When a fault came and went on the screen."""
    told = [(at, part in state.faults) for at, state in lobby.told]
    return [(at, now) for (_, before), (at, now) in pairwise(told) if now != before]


async def test_a_microphone_that_falls_silent_is_told_within_five_seconds_and_taken_back() -> None:
    lobby = await Lobby(20, extra=[(1, TOUCH)], microphone=lambda at: not 8 < at < 15).run()
    (came, there), (went, still) = faults(lobby, "microphone")
    assert (there, still) == (True, False)
    assert 8 + 3 <= came <= 8 + 5
    assert 15 <= went <= 16


async def test_a_camera_that_stops_is_told_within_five_seconds() -> None:
    lobby = await Lobby(14, camera=[], camera_until=4).run()
    ((came, there),) = faults(lobby, "camera")
    assert there
    assert 4 + 4 <= came <= 4 + 5


async def test_a_part_that_its_probe_finds_dead_is_told_and_taken_back() -> None:
    loop, dead = asyncio.get_running_loop(), (6.0, 12.0)
    start = loop.time()

    async def ask() -> bool:
        return not dead[0] < loop.time() - start < dead[1]

    async def hangs() -> bool:
        await asyncio.sleep(3600)
        return True

    lobby = await Lobby(20, probes={"answers": ask, "ears": hangs}).run()
    (came, _), (went, _) = faults(lobby, "answers")
    assert dead[0] < came <= dead[0] + 5
    assert dead[1] < went <= dead[1] + 5
    ((hung, there),) = faults(lobby, "ears")
    assert there
    assert hung <= 5


async def test_an_answer_that_hangs_is_told_within_five_seconds() -> None:
    lobby = await Lobby(
        18, extra=[(1, TOUCH)], script=[Speaks(7, 8, "where is the lift")], delay_s=8
    ).run()
    (came, _), (went, _) = faults(lobby, "answers")
    assert 8 < came <= 8 + 5.5
    assert went == pytest.approx(8 + 8.5, abs=0.6)


async def test_a_voice_that_breaks_leaves_text_and_comes_back_when_it_is_heard() -> None:
    lobby = await Lobby(9, extra=[(1, TOUCH)], tts_fails=lambda text: True).run()
    ((_, there),) = faults(lobby, "voice")[:1]
    assert there
    assert 5 in {state.rung for _, state in lobby.told}
    assert lobby.client.frames(LLMConfigureOutputFrame)[0].skip_tts is True


async def test_who_is_only_written_to_is_answered_and_not_sent_away() -> None:
    lobby = await Lobby(
        40, camera=[Stands(1, 60)], extra=[(0.5, LLMConfigureOutputFrame(skip_tts=True))],
        script=[Speaks(8, 9, "where is the lift")],
    ).run()  # fmt: skip
    assert lobby.client.voice[-1][0] < 7, "but for the greeting, which is not written anywhere"
    assert lobby.moments == ["noticed", "greeted", "conversed", "answered"]
    assert lobby.states[-1] == "conversing"
    assert faults(lobby, "answers") == []


async def test_each_rung_of_the_ladder_is_an_effort() -> None:
    late = [(2 + n, AvatarLoadFrame(0.6)) for n in range(8)]
    calm = [(12 + n, AvatarLoadFrame(0.0)) for n in range(40)]
    lobby = await Lobby(54, extra=[*late, *calm]).run()
    efforts = lobby.client.frames(AvatarEffortFrame)
    told = [(e.every, e.smaller, e.rules, e.pictures, e.voice) for e in efforts]
    down = [
        (2, 1, False, True, True),
        (2, 2, False, True, True),
        (2, 2, True, True, True),
        (2, 2, True, False, True),
    ]
    assert told == [*down, *down[2::-1], (1, 1, False, True, True)]
    (came, _), (went, _) = faults(lobby, "load")
    assert 3 <= came <= 3.6
    assert 51 <= went <= 51.6
