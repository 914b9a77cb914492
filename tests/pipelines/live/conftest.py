"""A real server in a process of its own, for all tests of this folder."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass

import psutil
import pytest

from tests.pipelines.live import ROOT

WORKER = "pocketsphinx_worker"


@dataclass(frozen=True)
class Server:
    """Where it listens, its process, and what it wrote so far."""

    port: int
    process: subprocess.Popen[str]
    lines: list[str]
    reading: threading.Thread

    @property
    def recognisers(self) -> list[int]:
        """Process ids of its speech recognisers, the oldest first."""
        seen = [
            each.info for each in psutil.process_iter(["pid", "ppid", "cmdline", "create_time"])
        ]
        children = [info for info in seen if info["ppid"] == self.process.pid]
        ears = [info for info in children if WORKER in " ".join(info["cmdline"] or ())]
        return [info["pid"] for info in sorted(ears, key=lambda info: info["create_time"])]


def started(*options: str, verb: str = "serve", **environment: str) -> Server:
    """Start `visavis serve`, or another verb, on a free port and wait until it is ready."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "pipelines", verb, "--port", "0", *options],
        cwd=ROOT,
        env={**known, "COLUMNS": "200", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    assert process.stdout is not None
    reading = threading.Thread(target=lines.extend, args=(process.stdout,), daemon=True)
    reading.start()
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        for line in lines:
            if found := re.search(r"ready: open https?://\S+:(\d+)", line):
                return Server(int(found[1]), process, lines, reading)
        time.sleep(0.05)
    process.kill()
    pytest.fail("the server did not become ready:\n" + "".join(lines))


def stopped(server: Server) -> int:
    """End a server as an operator does; its exit status."""
    with server.process as process:
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            server.reading.join(5)
    return status


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    """One server for all tests."""
    running = started(
        "--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt", "--resume", "0"
    )
    yield running
    stopped(running)
