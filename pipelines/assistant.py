"""The voice assistant: a conversation over a page, from a configuration to the last goodbye."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from fastapi import FastAPI

from avatar.errors import PartUnavailable
from avatar.parts import Part
from pipelines.admission import Admission
from pipelines.build import share_interpreter
from pipelines.capabilities import chosen_parts
from pipelines.config import ServeConfig
from pipelines.local import LocalTalk
from pipelines.readiness import chosen_cast
from pipelines.server import create_app
from pipelines.serving import ServeError, addresses, fragment, listening, web_server
from pipelines.tls import Certificate

LARGEST_MESSAGE = 8 << 20
"""Bytes of one message of a client: a minute of sound in an event fits."""


def run_assistant(
    config: ServeConfig,
    *,
    certificate: Certificate | None = None,
    microphone: bool = False,
    introduce: Callable[[tuple[Part, ...]], None] | None = None,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve until it is stopped. `introduce` is shown what the conversation is made of, `tell` told
    where to open it. With a `microphone` it talks with whoever sits at this machine.

    Raises ServeError when the address is taken, PartUnavailable when OpenTelemetry is wanted and
    not installed, and what `chosen_cast` raises.
    """
    share_interpreter()
    if config.tracing:
        _trace(None if config.tracing is True else config.tracing)
    with listening(config.host, config.port) as listener:
        cast = chosen_cast(config)
        if introduce is not None:
            introduce(chosen_parts(cast))
        app = create_app(config, cast)
        place = "" if config.kiosk is None else "kiosk"
        page, secure = f"/{place}{fragment(config.token)}", certificate is not None
        pages = addresses(listener, config.host, page, secure=secure)
        server = web_server(app, largest_message=LARGEST_MESSAGE, certificate=certificate)
        ready = f"ready: open {' or '.join(pages)}"
        local = _local(app, config, listener, secure=secure) if microphone else None
        asyncio.run(_serve(server, app.state.admission, listener, lambda: tell(ready), local))


def _trace(endpoint: str | None) -> None:
    try:
        from pipelines.tracing import trace_to

        trace_to(endpoint)
    except ImportError as error:
        raise PartUnavailable(
            f"tracing needs OpenTelemetry: pip install 'visavis[tracing]' ({error})"
        ) from error


def _local(
    app: FastAPI, config: ServeConfig, listener: socket.socket, *, secure: bool
) -> Callable[[], Coroutine[Any, Any, None]]:
    """A conversation with the microphone and the loudspeaker of this machine, and its window."""
    if secure:
        raise ServeError("a microphone of this machine needs no certificate: leave out --tls")
    talk = LocalTalk()
    talk.add_window(app)
    port = listener.getsockname()[1]
    return lambda: talk.run(f"ws://127.0.0.1:{port}/v1/realtime", config.token)


async def _serve(
    server: uvicorn.Server,
    admission: Admission,
    listener: socket.socket,
    announce: Callable[[], None],
    local: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    beside = asyncio.create_task(_when_ready(admission, announce, local))
    try:
        await server.serve(sockets=[listener])
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)


async def _when_ready(
    admission: Admission,
    announce: Callable[[], None],
    local: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    await admission.opened.wait()
    announce()
    if local is not None:
        await local()
