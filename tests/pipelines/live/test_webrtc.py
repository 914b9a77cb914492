"""A call over WebRTC to a real server, by a client that shares no code with it."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Generator
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from tests.pipelines.live.caller import call, fell_silent, until_alone, watched
from tests.pipelines.live.conftest import Server, started, stopped
from tests.pipelines.live.test_bad_input import until

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

QUESTION = "What is the wifi password?"


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    """A server with one place."""
    running = started(
        "--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt", "--sessions", "1"
    )
    yield running
    stopped(running)


async def is_full(server: Server) -> bool:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{server.port}/v1/realtime") as answer,
    ):
        return answer.status == 503


@pytest.fixture(autouse=True)
async def place(server: Server) -> AsyncGenerator[None]:
    """Each test leaves the only place free, within five seconds."""
    yield
    async with asyncio.timeout(5):
        while True:
            if not await is_full(server):
                return
            await asyncio.sleep(0.05)


async def test_the_head_is_seen_at_the_right_speed(server: Server) -> None:
    async with call(server.port) as caller:
        await asyncio.sleep(5)
        video = await watched(caller, 8)
    assert video.size == (512, 512)
    assert video.rate >= 24
    assert video.clock == pytest.approx(1.0, abs=0.01)
    assert video.colours > 1000
    assert video.change > 2
    assert video.bits >= 500_000


async def test_a_question_is_answered_aloud(server: Server, tmp_path: Path) -> None:
    async with call(server.port) as caller:
        await asyncio.sleep(1.5)
        end = await caller.ask(QUESTION, tmp_path)
        first = await caller.until_loud(end, 3)
        assert first.at - end <= 3
        await asyncio.sleep(1.5)
        assert len(caller.loud_since(end)) > 30
        kinds = {message["type"] for message in caller.messages}
        assert kinds >= {"bot-ready", "user-transcription", "bot-started-speaking"}


async def test_an_answer_can_be_cut_off(server: Server, tmp_path: Path) -> None:
    async with call(server.port) as caller:
        await asyncio.sleep(1.5)
        end = await caller.ask(QUESTION, tmp_path)
        first = await caller.until_loud(end, 3)
        await asyncio.sleep(0.5)
        begin = caller.sounds[-1].at
        speaking = asyncio.create_task(caller.ask("Excuse me, please stop talking.", tmp_path))
        assert await fell_silent(caller, begin, within=1.5) <= 1.5
        await speaking
        kinds = [message["type"] for message in caller.messages]
        assert kinds.count("bot-interrupted") == 1
        gaps = [b.at - a.at for a, b in pairwise(caller.pictures)]
        assert first.at < begin
        assert max(gaps[10:]) < 0.3


async def test_hanging_up_frees_the_place(server: Server) -> None:
    async with call(server.port):
        await until(lambda: len(server.recognisers) == 2, 5)
        assert await is_full(server)
    await until_alone(server.process.pid, waiting=1)
    await asyncio.sleep(0.5)
    assert not await is_full(server)
    assert "exception receiving data" not in "".join(server.lines)
