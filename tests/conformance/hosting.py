"""What a page that talks needs around it: an origin, a server that lets it in, a microphone."""

import threading
import wave
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from tests.pipelines.live.conftest import Server, started, stopped

SMALL = ("--llm", "knowledge", "--stt", "pocketsphinx", "--voice", "flite:slt")
"""What a server that runs anywhere thinks, hears and speaks with."""


class Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def hosted(folder: Path) -> Generator[str]:
    """The origin of a folder's pages."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving(origin: str) -> Generator[Server]:
    """A server that lets pages of an origin in."""
    server = started(*SMALL, "--generator", "rules", "--origin", origin)
    try:
        yield server
    finally:
        stopped(server)


def write_microphone(path: Path, said: bytes, rate: int, *, after_s: int) -> None:
    """A WAV of somebody who speaks after a while, in a room that is not quite silent."""
    noise = np.random.default_rng(0).normal(0, 8, rate * 40).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(noise[: 2 * rate * after_s] + said + noise)
