"""Worker processes for parts that may not run in the serving process.

Such parts hold the interpreter's lock for long or are under another licence. A worker is a module
that calls `avatar.worker_protocol.serve`; `Worker` runs it in a Python process of its own and
speaks with it over two pipes. All calls block; a caller with an event loop runs them elsewhere,
one at a time.
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any

import avatar.errors
from avatar.errors import VisavisError, WorkerDied, WorkerError
from avatar.worker_protocol import PIECE, Inbox, Message, encode

LAST_WORDS_LINES = 12
"""Lines of a worker's standard error that are shown when it dies."""

JOURNAL_BYTES = 1 << 20
"""A worker's standard error is emptied between requests when it is longer."""

END_S = 2.0
"""Seconds that a worker has to end by itself once its pipes are closed."""


class Worker:
    """A worker process, started when it is needed and again after it has died.

    Use it as a context manager or call `close`. One thread at a time may use it.
    """

    def __init__(self, module: str, *, name: str, patience_s: float = 10.0) -> None:
        """A worker that runs `module`; `name` is for messages to people.

        A worker that says nothing for `patience_s` seconds while a reply is awaited is killed.
        """
        self.name = name
        self._module = module
        self._patience_s = patience_s
        self._process: _Process | None = None
        self._last_id = 0

    def __enter__(self) -> "Worker":
        """Nothing is started before the first request."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id, or None while no process runs."""
        alive = self._process is not None and self._process.alive
        return self._process.pid if self._process is not None and alive else None

    def request(
        self, header: Mapping[str, Any], payload: bytes = b""
    ) -> Generator[Message, None, None]:
        """Ask for something and give the replies as they come.

        Closing the iterator cancels the request, a new request cancels an open one: the worker
        stops and what it had still sent is never seen. The header's keys `kind`, `id` and `bytes`
        belong to the protocol.

        Raises:
            WorkerDied: the process ended; the next request starts another.
            WorkerError: the worker was silent for too long, or a newer request took its place.
            VisavisError: the worker's own error, in its class.
        """
        process = self._running()
        self._last_id += 1
        message = Message({**header, "kind": "request", "id": self._last_id}, payload)
        self._send(process, message)
        return self._replies(process, self._last_id)

    def close(self) -> None:
        """End the process. The worker can be used again: a request starts another."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _running(self) -> "_Process":
        if self._process is not None and not self._process.alive:
            self.close()
        if self._process is None:
            self._process = _Process(self._module, self.name)
        self._process.trim_journal()
        return self._process

    def _send(self, process: "_Process", message: Message) -> None:
        sent = False
        try:
            process.send(encode(message), self._patience_s)
            sent = True
        finally:
            if not sent:
                self.close()

    def _replies(self, process: "_Process", request_id: int) -> Generator[Message, None, None]:
        finished = False
        try:
            while True:
                message = self._receive(process, request_id)
                if message.header["kind"] != "reply":
                    finished = True
                    _raise_reported(message)
                    return
                yield message
        finally:
            newest = process is self._process and request_id == self._last_id
            if newest and not finished:
                with suppress(WorkerError):
                    self._send(process, Message({"kind": "cancel", "id": request_id}))

    def _receive(self, process: "_Process", request_id: int) -> Message:
        """The next message of a request; those of cancelled ones are dropped."""
        while True:
            if process is not self._process or request_id != self._last_id:
                raise WorkerError(
                    f"{self.name} has been given another request or was closed: its earlier "
                    "replies can no longer be read"
                )
            try:
                message = process.receive(self._patience_s)
            except WorkerError:
                self.close()
                raise
            if message.header["id"] == request_id:
                return message


class _Process:
    """One process: its pipes and its standard error, which goes to a file and cannot block it."""

    def __init__(self, module: str, name: str) -> None:
        self._name = name
        with ExitStack() as stack:
            self._journal = stack.enter_context(tempfile.TemporaryFile())
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", module],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._journal,
                    bufsize=0,
                    env={**os.environ, "PYTHONPATH": _module_path()},
                )
            except OSError as error:
                raise WorkerError(f"{name} cannot be started: {error}") from error
            self._open = stack.pop_all()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = (self._process.stdin, self._process.stdout)
        self._to, self._from = (pipe.fileno() for pipe in self._pipes)
        os.set_blocking(self._to, False)
        self._inbox = Inbox()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, data: bytes, patience_s: float) -> None:
        """Write, reading at the same time: neither side may wait for the other's full pipe."""
        rest = memoryview(data)
        while rest:
            ready = self._wait({self._to: select.POLLOUT, self._from: select.POLLIN}, patience_s)
            if self._from in ready:
                self._read()
            if self._to in ready:
                try:
                    rest = rest[os.write(self._to, rest) :]
                except BrokenPipeError:
                    raise self._death() from None

    def receive(self, patience_s: float) -> Message:
        while (message := self._inbox.take()) is None:
            self._wait({self._from: select.POLLIN}, patience_s)
            self._read()
        return message

    def trim_journal(self) -> None:
        if os.fstat(self._journal.fileno()).st_size > JOURNAL_BYTES:
            os.ftruncate(self._journal.fileno(), 0)
            os.lseek(self._journal.fileno(), 0, os.SEEK_SET)

    def end(self) -> None:
        for pipe in self._pipes:
            pipe.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._kill()
        self._open.close()

    def _wait(self, events: Mapping[int, int], patience_s: float) -> set[int]:
        poll = select.poll()
        for descriptor, event in events.items():
            poll.register(descriptor, event)
        ready = {descriptor for descriptor, _ in poll.poll(patience_s * 1000)}
        if not ready:
            self._kill()
            raise WorkerError(
                f"{self._name} said nothing for {patience_s:g} s and was stopped; "
                f"try again: it starts anew{self._last_words()}"
            )
        return ready

    def _read(self) -> None:
        piece = os.read(self._from, PIECE)
        if not piece:
            raise self._death()
        self._inbox.feed(piece)

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _death(self) -> WorkerDied:
        try:
            status = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._kill()
            status = self._process.returncode
        return WorkerDied(
            f"{self._name} ended in the middle of its work with {_status(status)}; "
            f"try again: it starts anew{self._last_words()}"
        )

    def _last_words(self) -> str:
        descriptor = self._journal.fileno()
        size = os.fstat(descriptor).st_size
        text = os.pread(descriptor, PIECE, max(0, size - PIECE)).decode("utf-8", "replace")
        lines = text.strip("\0\n ").splitlines()[-LAST_WORDS_LINES:]
        return ". Its last words:\n" + "\n".join(lines) if lines else ""


def _module_path() -> str:
    """The worker finds modules where this process does, and nothing in its working directory."""
    return os.pathsep.join(entry or os.getcwd() for entry in sys.path)


def _status(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    names = {number.value: number.name for number in signal.Signals}
    return f"signal {names.get(-status, -status)}"


def _raise_reported(message: Message) -> None:
    """Raise what the worker reported, in the class of `avatar.errors` that it named."""
    if message.header["kind"] != "error":
        return
    kind = getattr(avatar.errors, message.header["error"], WorkerError)
    known = isinstance(kind, type) and issubclass(kind, VisavisError)
    raise (kind if known else WorkerError)(message.header["message"])
