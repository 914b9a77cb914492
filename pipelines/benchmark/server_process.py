"""A server in a process of its own, with what it uses of the machine."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep

import psutil

from avatar.errors import VisavisError

PATIENCE_S = 60.0


class ServerDied(VisavisError):
    """A server did not start."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that is ready. `ready_s` is the time from its start until then."""

    port: int
    ready_s: float
    process: psutil.Process

    @property
    def cpu_s(self) -> float:
        """Seconds of computing so far, of the server and its workers, those that ended included."""
        times = [process.cpu_times() for process in self._family()]
        own = times[0]
        return sum(t.user + t.system for t in times) + own.children_user + own.children_system

    @property
    def memory_mb(self) -> float:
        """Megabytes of the server and its workers; what they share counts once."""
        return sum(process.memory_full_info().pss for process in self._family()) / 1e6

    @property
    def alone_mb(self) -> float:
        """Megabytes of the server and the largest of its workers, however many there are."""
        own, *workers = (each.memory_full_info().pss for each in self._family())
        return (own + max(workers, default=0)) / 1e6

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def running_server(
    *options: str, verb: str = "serve", environment: Mapping[str, str] | None = None
) -> Generator[ServerProcess]:
    """`visavis serve`, or another verb, on a free port while the context lasts.

    `environment` is added to our own. Raises ServerDied.
    """
    command = [sys.executable, "-m", "pipelines", verb, "--port", "0", *options]
    with tempfile.TemporaryFile("w+") as output:
        begin = monotonic()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        try:
            port = _ready(process, output.fileno())
            yield ServerProcess(port, monotonic() - begin, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(15)


def _ready(process: subprocess.Popen[bytes], output: int) -> int:
    """The port that a server says it is ready on."""
    limit = monotonic() + PATIENCE_S
    written = ""
    while monotonic() < limit and process.poll() is None:
        with open(f"/proc/self/fd/{output}") as reader:
            written = reader.read()
        if found := re.search(r"ready: open http\S+:(\d+)", written):
            return int(found[1])
        sleep(0.02)
    raise ServerDied(f"the server did not become ready; it wrote:\n{written}")
