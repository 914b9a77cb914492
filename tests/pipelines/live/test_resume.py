"""Connections that are lost, and conversations that go on over others."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import pytest
import websockets

from agent.client import ConnectionBack, ConnectionLost, connect
from agent.protocol.events.response import OutputTranscriptDone, ResponseDone
from agent.protocol.media import MediaKind
from tests.pipelines.live import test_client as sdk
from tests.pipelines.live.conftest import Server, started, stopped
from tests.pipelines.live.test_bad_input import SMALL, status, typed, until, workers
from tests.pipelines.live.visitor import Visitor, visit

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

FULL, ROOM = 503, 426
TAKEN_OVER = 4409


@pytest.fixture(scope="module")
def house() -> Generator[Server]:
    """A server with two places, where lost conversations wait for half a minute."""
    options = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt")
    running = started(*options, "--generator", "rules", "--sessions", "2")
    yield running
    stopped(running)
    assert "Traceback" not in "".join(running.lines)


@pytest.fixture(autouse=True)
async def everybody_leaves(house: Server) -> AsyncGenerator[None]:
    """Each test ends with no conversation left, and with both places free."""
    yield
    await until(lambda: workers(house) == [] and status(house) == ROOM, 5)


@asynccontextmanager
async def greeted(server: Server, *protocols: str) -> AsyncGenerator[Visitor]:
    """One who has said nothing yet."""
    uri = f"ws://127.0.0.1:{server.port}/v1/realtime"
    names = [websockets.Subprotocol(name) for name in protocols] or None
    async with websockets.connect(
        uri, max_size=None, compression=None, subprotocols=names
    ) as socket:
        visitor = Visitor(socket)
        listening = asyncio.create_task(visitor.listen())
        try:
            await visitor.until("session.created")
            yield visitor
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def wish(visitor: Visitor, token: str | None = None) -> None:
    """Begin, or go on with what a token stands for."""
    again = {} if token is None else {"resume_token": token}
    media = {"media": "binary", "video": SMALL}
    await visitor.tell(type="session.update", session={"avatar": media, **again})


async def refusal(visitor: Visitor) -> str:
    return (await visitor.until("error"))["error"]["code"]


async def closed(visitor: Visitor) -> int:
    await asyncio.wait_for(visitor.socket.wait_closed(), 5)
    return visitor.socket.close_code


async def ask(visitor: Visitor, text: str) -> None:
    await visitor.tell(**typed(text))
    await visitor.tell(type="response.create")


def token_of(visitor: Visitor) -> str:
    return visitor.of("session.created")[0]["session"]["avatar"]["resume_token"]


def session_of(visitor: Visitor) -> str:
    return visitor.of("session.updated")[-1]["session"]["id"]


async def becomes(server: Server, code: int) -> None:
    await until(lambda: status(server) == code, 5)


async def loses(visitor: Visitor, server: Server) -> None:
    """Its connection breaks, and the server has seen it."""
    visitor.socket.transport.abort()
    await asyncio.to_thread(status, server)


async def test_a_conversation_goes_on_over_another_connection(house: Server) -> None:
    async with visit(house.port, motion=False, video=SMALL) as before:
        await ask(before, "Where is the exit?")
        await until(lambda: len(before.of_kind(2)) > 10, 10)
        await loses(before, house)
    last = before.of_kind(3)[-1]
    async with greeted(house) as after:
        await wish(after, token_of(before))
        await after.until("session.updated")
        assert session_of(after) == session_of(before)
        state = await after.until("avatar.state")
        assert (state["state"], state["turn"]) == ("speaking", 1)
        assert (await after.until("response.done"))["response"]["metadata"]["turn"] == "1"
        await after.until("caption.done", role="assistant")
        first = after.of_kind(3)[0]
        assert first.us > last.us
        assert (first.us - last.us) / 1e6 == pytest.approx(first.at - last.at, abs=0.5)
        await ask(after, "Please repeat that.")
        assert "glass door" in (await after.until("caption.done", role="assistant"))["text"]
        await after.tell(type="avatar.say", text="Goodbye.")
        await until(lambda: len(after.of("response.created")) == 2, 5)
        turns = [event["response"]["metadata"]["turn"] for event in after.of("response.created")]
        assert turns == ["2", "3"]


async def test_tokens_that_are_guessed_or_used_are_refused(house: Server) -> None:
    async with visit(house.port, video=None) as first:
        await loses(first, house)
    async with greeted(house) as second:
        await wish(second, token_of(first))
        await second.until("session.updated")
        await loses(second, house)
    async with greeted(house) as third:
        for token in ("guessed", token_of(first), "x" * 256):
            await wish(third, token)
            assert await refusal(third) == "invalid_resume_token"
        await wish(third, token_of(second))
        await third.until("session.updated")
        assert session_of(third) == session_of(second) == session_of(first)
        await until(lambda: len(third.of_kind(3)) > 2, 2)


async def test_one_who_is_refused_may_begin_anew_over_the_same_socket(house: Server) -> None:
    async with greeted(house) as visitor:
        await wish(visitor, "guessed")
        assert await refusal(visitor) == "invalid_resume_token"
        await wish(visitor)
        await visitor.until("session.updated")
        await until(lambda: len(visitor.of_kind(3)) > 2, 2)


async def test_ten_guesses_end_the_connection(house: Server) -> None:
    async with greeted(house) as visitor:
        for number in range(10):
            await wish(visitor, f"guess {number}")
        assert await closed(visitor) == 1008


@pytest.mark.parametrize("stuck", [False, True])
async def test_a_connection_that_only_its_client_has_lost_is_closed(
    house: Server, stuck: bool
) -> None:
    async with visit(house.port, motion=False, video=SMALL) as before:
        if stuck:
            before.socket.transport.pause_reading()
        async with greeted(house) as after:
            await wish(after, token_of(before))
            await after.until("session.updated", seconds=3)
            assert session_of(after) == session_of(before)
            if stuck:
                before.socket.transport.resume_reading()
            assert await closed(before) == TAKEN_OVER
            shown = len(after.of_kind(3))
            await until(lambda: len(after.of_kind(3)) > shown + 10, 2)


async def test_one_who_has_a_place_comes_back_to_a_full_house(house: Server) -> None:
    async with visit(house.port, video=SMALL) as lost, visit(house.port, video=SMALL):
        for names in ((), ("realtime", "visavis-resume.guessed")):
            with pytest.raises(websockets.InvalidStatus, match="503"):
                await greeted(house, *names).__aenter__()
        async with greeted(house, "realtime", f"visavis-resume.{token_of(lost)}") as back:
            await wish(back, token_of(lost))
            await back.until("session.updated")
            assert session_of(back) == session_of(lost)
            assert await closed(lost) == TAKEN_OVER


async def test_a_token_lets_nobody_begin_anew_in_a_full_house(house: Server) -> None:
    async with visit(house.port, video=None) as one, visit(house.port, video=None):
        async with greeted(house, f"visavis-resume.{token_of(one)}") as other:
            await wish(other)
            await closed(other)
            assert other.of("session.updated") == []
        await asyncio.wait_for(await one.socket.ping(), 2)


async def test_a_lost_conversation_holds_no_place_and_makes_room(house: Server) -> None:
    async with visit(house.port, video=SMALL) as lost, visit(house.port, video=SMALL) as other:
        await becomes(house, FULL)
        await loses(lost, house)
        await becomes(house, ROOM)
        async with visit(house.port, video=SMALL):
            await becomes(house, FULL)
        await becomes(house, ROOM)
        async with greeted(house) as back:
            await wish(back, token_of(lost))
            assert await refusal(back) == "invalid_resume_token"
        shown = len(other.of_kind(3))
        await until(lambda: len(other.of_kind(3)) > shown + 10, 2)


async def test_who_was_lost_first_makes_room_first(house: Server) -> None:
    async with visit(house.port, video=None) as older, visit(house.port, video=None) as newer:
        await loses(newer, house)
        await loses(older, house)
    async with visit(house.port, video=None), greeted(house) as back:
        await wish(back, token_of(newer))
        assert await refusal(back) == "invalid_resume_token"
        await wish(back, token_of(older))
        await back.until("session.updated")
        assert session_of(back) == session_of(older)


@pytest.mark.parametrize("code", [1000, 1001, TAKEN_OVER])
async def test_a_goodbye_ends_the_conversation_at_once(house: Server, code: int) -> None:
    async with visit(house.port, video=None) as visitor:
        await visitor.socket.close(code)
    await until(lambda: workers(house) == [], 3)
    async with greeted(house) as back:
        await wish(back, token_of(visitor))
        assert await refusal(back) == "invalid_resume_token"


async def test_the_python_client_comes_back_by_itself(house: Server) -> None:
    async with connect(sdk.url(house), video=SMALL) as session:
        await session.send_text("Where is the exit?")
        await sdk.until(session, OutputTranscriptDone)
        session._socket.transport.abort()
        gone = await sdk.until(session, ConnectionBack)
        assert any(isinstance(happening, ConnectionLost) for happening in gone)
        assert gone[-1] == ConnectionBack(resumed=True)
        await session.send_text("Please repeat that.")
        came = await sdk.until(session, ResponseDone)
        (said,) = [each for each in came if isinstance(each, OutputTranscriptDone)]
        assert "glass door" in said.transcript
        assert len(sdk.media(came, MediaKind.AVATAR_PICTURE)) > 20
        assert len(sdk.media(came, MediaKind.AVATAR_AUDIO)) > 20
