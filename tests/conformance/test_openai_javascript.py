"""OpenAI's own JavaScript client, as npm gives it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pipelines.live.conftest import Server

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node"),
]

TALK = Path(__file__).parent / "talk.mjs"


def test_it_types_and_speaks_and_is_answered_aloud(
    server: Server, packages: Path, question: bytes, tmp_path: Path
) -> None:
    pcm = tmp_path / "question.pcm"
    pcm.write_bytes(question)
    script = shutil.copy(TALK, packages)
    command = ["node", str(script), str(server.port), str(pcm)]
    done = subprocess.run(command, cwd=packages, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])

    assert seen["errors"] == []
    assert seen["typed"]["status"] == seen["spoken"]["status"] == "completed"
    assert "Station Square" in seen["typed"]["transcript"]
    assert 2 < seen["typed"]["seconds"] < 15
    assert seen["heard"]["usage"]["type"] == "duration"
    assert 0.5 < seen["heard"]["usage"]["seconds"] < 5
    assert seen["spoken"]["transcript"]
    assert seen["spoken"]["seconds"] > 1
    assert seen["types"]["response.created"] == seen["types"]["response.done"] == 2
    assert seen["types"]["input_audio_buffer.speech_started"] == 1
