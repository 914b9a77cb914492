"""Clients that vanish or are stuck, workers that are killed, and the server's own end."""

import asyncio
import os
import shutil
import signal
import socket
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import numpy as np
import psutil
import pytest
import websockets

from tests.pipelines.live.conftest import Server, started, stopped
from tests.pipelines.live.test_bad_input import SMALL, beside, status, still_talks, until, workers
from tests.pipelines.live.visitor import Visitor, spoken, visit

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

TERMINATED = 128 + signal.SIGTERM


@pytest.fixture(scope="module")
def narrow() -> Generator[Server]:
    """A server with one place, and a voice in a process of its own."""
    options = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "espeak")
    running = started(*options, "--sessions", "1", "--resume", "0")
    yield running
    assert stopped(running) == TERMINATED
    assert "Traceback" not in "".join(running.lines)


@pytest.fixture(autouse=True)
async def everybody_leaves(narrow: Server) -> AsyncGenerator[None]:
    """Each test ends with no session left."""
    yield
    await until(lambda: workers(narrow) == [], 5)


def named(server: Server, module: str) -> list[psutil.Process]:
    return [worker for worker in workers(server) if module in " ".join(worker.cmdline())]


async def asked(visitor: Visitor, folder: Path) -> str:
    """Ask for the password; what was heard."""
    before = len(visitor.of("caption.done"))
    await visitor.say(spoken("What is the wifi password?", folder))
    quiet = asyncio.create_task(visitor.silence(20))
    await until(lambda: len(visitor.of("caption.done")) > before, 15)
    quiet.cancel()
    return visitor.of("caption.done")[before]["text"].lower()


@pytest.mark.parametrize("words", ["", "This is a very long story. " * 20])
async def test_one_who_vanishes_gives_the_place_back(narrow: Server, words: str) -> None:
    async with visit(narrow.port, video=SMALL) as visitor:
        if words:
            await visitor.tell(type="avatar.say", text=words)
            await visitor.until("response.created")
        await visitor.silence(0.3)
        await until(lambda: len(narrow.recognisers) == 2, 5)
        assert status(narrow) == 503
        visitor.socket.transport.abort()
        await until(lambda: status(narrow) == 426, 3)
        await until(lambda: workers(narrow) == [], 3)


async def test_one_who_never_reads_is_given_up(server: Server) -> None:
    process = psutil.Process(server.process.pid)
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", server.port))
        uri = f"ws://127.0.0.1:{server.port}/v1/realtime"
        stuck = await websockets.connect(uri, sock=narrow, max_queue=1, ping_interval=None)
        media = '{"type":"session.update","session":{"avatar":{"media":"binary","motion":true}}}'
        await stuck.send(media)
        async with beside(server):
            await stuck.send('{"type":"avatar.say","text":"' + "A long story. " * 80 + '"}')
            await asyncio.sleep(2)
            memory = process.memory_info().rss
            await until(lambda: len(workers(server)) == 1, 25)
            assert process.memory_info().rss - memory < 32 << 20
        stuck.transport.abort()


async def test_ears_that_are_killed_hear_the_next_question(server: Server, tmp_path: Path) -> None:
    await until(lambda: len(server.recognisers) == 1, 5)
    async with beside(server):
        await until(lambda: len(server.recognisers) == 2, 5)
        ears = server.recognisers[-1]
        async with visit(server.port, motion=False, video=SMALL) as visitor:
            await visitor.silence(0.5)
            await until(lambda: len(server.recognisers) == 3, 5)
            await visitor.say(spoken("Where can I park my", tmp_path))
            os.kill(ears, signal.SIGKILL)
            killed = time.monotonic()
            await visitor.silence(1.0)
            await until(lambda: len({*server.recognisers} - {ears}) == 3, 5)
            assert time.monotonic() - killed < 5
            await visitor.silence(1.5)
            assert "password" in await asked(visitor, tmp_path)
            await still_talks(visitor)


@pytest.mark.parametrize("speaking", [False, True])
async def test_a_voice_that_is_killed_speaks_again(narrow: Server, *, speaking: bool) -> None:
    async with visit(narrow.port, motion=False, video=SMALL) as visitor:
        await still_talks(visitor)
        if speaking:
            text = "This is the first part. And this is the second. Here is a third. " * 4
            await visitor.tell(type="avatar.say", text=text)
            await visitor.until("response.created")
        (voice,) = named(narrow, "espeak")
        voice.kill()
        await asyncio.sleep(0.3)
        await visitor.tell(type="response.cancel")
        await asyncio.sleep(0.3)
        await still_talks(visitor)
        assert named(narrow, "espeak") != [voice]


async def test_a_page_that_is_broken_is_told_and_the_others_answer(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("## Where is the sauna?\nThe sauna is in the cellar.\n")
    (tmp_path / "broken.md").write_bytes(b"## What?\n\xff\xfe broken")
    options = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt")
    server = started(*options, "--knowledge", str(tmp_path))
    try:
        assert any("broken.md" in line for line in server.lines)
        async with visit(server.port, video=None) as visitor:
            item = {"type": "message", "role": "user"}
            content = [{"type": "input_text", "text": "Where is the sauna?"}]
            await visitor.tell(type="conversation.item.create", item={**item, "content": content})
            await visitor.tell(type="response.create")
            said = await visitor.until("caption.done", role="assistant", seconds=15)
            assert "cellar" in said["text"]
    finally:
        stopped(server)
    written = "".join(server.lines)
    assert "sauna" not in written, "what a user says is not logged"


async def test_the_end_of_the_server_ends_everything_soon() -> None:
    server = started("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "espeak")
    async with visit(server.port, video=SMALL) as one, visit(server.port, video=SMALL) as two:
        for visitor in (one, two):
            await visitor.tell(type="avatar.say", text="This is a very long story. " * 20)
            await visitor.until("response.created")
        await until(lambda: len(workers(server)) == 4, 5)
        begun = psutil.Process(server.process.pid).children(recursive=True)
        began = time.monotonic()
        assert await asyncio.to_thread(stopped, server) == TERMINATED
        assert time.monotonic() - began < 5
    assert [worker for worker in begun if worker.is_running()] == []
    assert "Traceback" not in "".join(server.lines)


async def test_thirty_visits_leave_nothing_behind(server: Server, tmp_path: Path) -> None:
    process = psutil.Process(server.process.pid)
    figures: list[tuple[int, int, int]] = []
    async with beside(server):
        for number in range(30):
            async with visit(server.port, motion=False, video=SMALL) as visitor:
                await visitor.tell(type="avatar.say", text="Hello.")
                await visitor.until("response.created")
                await visitor.silence(0.2)
                if number % 2:
                    visitor.socket.transport.abort()
            await until(lambda: len(workers(server)) == 1, 5)
            await asyncio.sleep(0.7)
            figures.append((process.num_fds(), process.num_threads(), process.memory_info().rss))
    descriptors, threads, memory = np.array(figures).T
    assert descriptors[-5:].min() <= descriptors[9:14].max() + 2
    assert threads[-5:].min() <= threads[9:14].max() + 1
    assert memory[-5:].min() - memory[9:14].min() < 15 << 20
