"""The example bot as its user starts it, called over WebRTC."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pipelines.live import ROOT
from tests.pipelines.live.caller import call, fell_silent, until_alone, watched

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]


@dataclass(frozen=True)
class Bot:
    port: int
    process: subprocess.Popen[bytes]
    log: Path


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Generator[Bot]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    log = tmp_path_factory.mktemp("bot") / "log.txt"
    command = [sys.executable, "examples/02_pipecat_bot.py", "-t", "webrtc", "--port", str(port)]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=known, stdout=out, stderr=out) as process,
    ):
        try:
            limit = time.monotonic() + 30
            while "Uvicorn running" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < limit, log.read_text()
                time.sleep(0.1)
            yield Bot(port, process, log)
        finally:
            process.terminate()


async def test_the_bot_has_a_face_that_hears_and_answers(bot: Bot, tmp_path: Path) -> None:
    async with call(bot.port) as caller:
        video = await watched(caller, 6)
        assert video.size == (512, 512)
        assert video.rate >= 24
        assert video.clock == pytest.approx(1.0, abs=0.01)
        assert video.colours > 1000
        assert video.change > 2
        end = await caller.ask("What is the wifi password?", tmp_path)
        first = await caller.until_loud(end, 3)
        assert first.at - end <= 3
        begin = caller.sounds[-1].at
        await caller.ask("Excuse me, please stop talking.", tmp_path)
        assert await fell_silent(caller, begin, within=1.5) <= 1.5
    await until_alone(bot.process.pid)
    assert "ERROR" not in bot.log.read_text()
