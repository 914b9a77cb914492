"""The clients among the examples, as somebody would start them."""

import asyncio
import re
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from agent.client import Session, connect
from agent.protocol.media import MediaFlag, MediaFrame, MediaKind
from avatar.media import Recording
from tests.pipelines.live.conftest import ROOT, Server, server

__all__ = ["server"]

pytestmark = pytest.mark.realtime

EXAMPLES = ROOT / "examples"


def shown(program: str, *arguments: str, folder: Path) -> str:
    """What an example prints."""
    command = [sys.executable, "-W", "ignore", str(EXAMPLES / program), *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_websocket_client_keeps_words_sound_and_a_face(server: Server, tmp_path: Path) -> None:
    address = f"ws://127.0.0.1:{server.port}/v1/realtime"
    said = shown("04_websocket_client.py", "Where can I park my car?", address, folder=tmp_path)
    assert "Mill Lane" in said
    assert (tmp_path / "out" / "answer.wav").stat().st_size > 2 * 24_000 * 3
    assert (tmp_path / "out" / "face.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_the_openai_client_is_answered(server: Server, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{server.port}/v1"
    program = "06_openai_realtime_client/talk.py"
    assert "Monday" in shown(program, "When are you open?", address, folder=tmp_path)


def listens(port: int) -> None:
    """Wait until somebody does."""
    limit = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < limit
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="module")
def line() -> Generator[str]:
    """A telepresence that listens on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(EXAMPLES / "08_telepresence.py"), "0"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        found = re.search(r"http://\S+?:(\d+)", process.stdout.readline())
        assert found is not None
        listens(int(found[1]))
        yield f"ws://127.0.0.1:{found[1]}/v1/realtime"
        process.terminate()


async def spoken(session: Session, seen: list[MediaFrame]) -> None:
    async for happening in session:
        seen += [happening] if isinstance(happening, MediaFrame) else []


async def test_what_one_person_says_the_others_avatar_speaks(
    line: str, question: Recording
) -> None:
    async with connect(line) as one, connect(line) as other:
        seen: tuple[list[MediaFrame], list[MediaFrame]] = ([], [])
        listening = [
            asyncio.create_task(spoken(session, frames))
            for session, frames in zip((one, other), seen, strict=True)
        ]
        await asyncio.sleep(0.5)
        for at in range(0, len(question.pcm) - 320, 320):
            await one.send_audio(question.pcm[at : at + 320].astype("<i2").tobytes())
            await other.send_audio(bytes(640))
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    mine, theirs = seen
    heard = [frame for frame in theirs if frame.kind == MediaKind.AVATAR_AUDIO]
    assert len(heard) * 0.04 > 0.6 * len(question.pcm) / 16_000
    speaking = [frame for frame in theirs if frame.flags & MediaFlag.SPEAKING]
    assert {frame.kind for frame in speaking} == {MediaKind.AVATAR_AUDIO, MediaKind.AVATAR_PICTURE}
    assert [frame for frame in mine if frame.kind == MediaKind.AVATAR_AUDIO] == []
    assert len([frame for frame in mine if frame.kind == MediaKind.AVATAR_PICTURE]) > 50
