"""The pipe between a program and its worker processes: what is written, and the worker's side.

A message is one line of JSON and then as many bytes as the line's `bytes` names. Every message of
a request carries its `id`; `kind` is `request` and `cancel` one way, `reply`, `done` and `error`
the other way. Workers import this module, so it needs the standard library only.
"""

import json
import os
import select
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from avatar.errors import VisavisError, WorkerError

PIECE = 1 << 16
"""Bytes to read from a pipe at once: what a pipe of Linux holds."""

LONGEST_HEADER = 1 << 20
"""Bytes of a header line beyond which the stream is taken for something else."""


@dataclass(frozen=True, slots=True)
class Message:
    """A header of JSON values and bytes that belong to it."""

    header: Mapping[str, Any]
    payload: bytes = b""


def encode(message: Message) -> bytes:
    """A message as it is written to a pipe."""
    header = {**message.header, "bytes": len(message.payload)}
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + message.payload


@dataclass(slots=True)
class Inbox:
    """Messages out of a stream of bytes that comes in pieces of any size."""

    _waiting: bytearray = field(default_factory=bytearray)
    _header: dict[str, Any] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is left, not even a part of a message."""
        return self._header is None and not self._waiting

    def feed(self, piece: bytes) -> None:
        """Add what was read."""
        self._waiting += piece

    def take(self) -> Message | None:
        """The next whole message, or None. Raises WorkerError when the stream is not ours."""
        if self._header is None:
            end = self._waiting.find(b"\n")
            if end < 0 and len(self._waiting) <= LONGEST_HEADER:
                return None
            self._header = _parse_header(bytes(self._waiting[:end]))
            del self._waiting[: end + 1]
        size = self._header["bytes"]
        if len(self._waiting) < size:
            return None
        message = Message(self._header, bytes(self._waiting[:size]))
        del self._waiting[:size]
        self._header = None
        return message


def _parse_header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or not isinstance(header.get("bytes"), int):
        raise WorkerError(
            f"a header of JSON with `bytes` was expected between program and worker, "
            f"{line[:60]!r} came: only `serve` may write to the worker's pipe"
        )
    return header


class Requests:
    """The messages that reach a worker."""

    def __init__(self, pipe: int) -> None:
        """Read from a file descriptor."""
        self._pipe = pipe
        self._inbox = Inbox()

    def waiting(self) -> bool:
        """Whether something has come that was not taken yet, be it the end."""
        return not self._inbox.empty or bool(select.select([self._pipe], [], [], 0)[0])

    def take(self) -> Message | None:
        """Wait for the next message; None when there will be no more."""
        while (message := self._inbox.take()) is None:
            piece = os.read(self._pipe, PIECE)
            if not piece:
                return None
            self._inbox.feed(piece)
        return message


class Replies:
    """Where a handler sends what it has for one request."""

    def __init__(self, request_id: int, requests: Requests, pipe: int) -> None:
        """Write to a file descriptor until something new is asked of `requests`."""
        self._id = request_id
        self._requests = requests
        self._pipe = pipe

    def wanted(self) -> bool:
        """False once the program asks for something else, cancels or is gone."""
        return not self._requests.waiting()

    def send(self, header: Mapping[str, Any], payload: bytes = b"") -> bool:
        """Send one reply. False when no more are wanted: the handler should return."""
        return self.wanted() and self.write("reply", header, payload)

    def write(self, kind: str, header: Mapping[str, Any], payload: bytes = b"") -> bool:
        """Send a message of any kind, wanted or not. False when the program is gone."""
        message = encode(Message({**header, "kind": kind, "id": self._id}, payload))
        try:
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(self._pipe, rest) :]
        except BrokenPipeError:
            return False
        return True


Handler: TypeAlias = Callable[[Message, Replies], None]
"""Answers one request. A VisavisError that it raises reaches the program; any other ends it."""


def serve(handler: Handler) -> None:
    """Answer requests from standard input until it ends; the main loop of a worker process.

    The protocol moves to file descriptors of its own: what a library prints goes to standard
    error and what it reads is empty. Interrupts are left to the program, whose end ends the
    worker.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    inbox = Requests(requests)
    while (message := inbox.take()) is not None:
        if message.header["kind"] == "request":
            _answer(handler, message, Replies(message.header["id"], inbox, replies))


def _answer(handler: Handler, message: Message, replies: Replies) -> None:
    try:
        handler(message, replies)
    except VisavisError as error:
        replies.write("error", {"error": type(error).__name__, "message": str(error)})
    else:
        replies.write("done", {})
