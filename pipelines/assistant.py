"""The voice assistant: a conversation over a page, from a configuration to the last goodbye."""

import asyncio
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI

from avatar.errors import PartUnavailable
from avatar.parts import Part
from pipelines.admission import Admission
from pipelines.build import share_interpreter, share_memory
from pipelines.capabilities import chosen_parts
from pipelines.config import ServeConfig
from pipelines.kiosk.house import House
from pipelines.kiosk.watchdog import DrainingServer, Watchdog, this_service_manager
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
    share_memory()
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
        dog = None
        if (house := app.state.house) is not None:
            server, dog = _guarded(server, app.state.admission, house)
            app.state.departure = server.departure
        ready = f"ready: open {' or '.join(pages)}"
        local = _local(app, config, listener, secure=secure) if microphone else None
        beside = [_when_ready(app.state.admission, lambda: tell(ready), local)]
        if dog is not None:
            beside.append(dog.watch(app.state.admission))
        asyncio.run(_serve(server, listener, beside))
    if isinstance(server, DrainingServer) and server.departure.code:
        sys.exit(server.departure.code)


def _guarded(
    server: uvicorn.Server, admission: Admission, house: House
) -> tuple[DrainingServer, Watchdog]:
    """A server that lets a visit end before it does, and what says that it is well."""
    manager = this_service_manager()
    draining = DrainingServer(server.config, admission, lambda: house.visiting, manager)
    return draining, Watchdog(manager, house.liveness)


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
    listener: socket.socket,
    beside: Sequence[Coroutine[Any, Any, None]],
) -> None:
    tasks = [asyncio.create_task(one) for one in beside]
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _when_ready(
    admission: Admission,
    announce: Callable[[], None],
    local: Callable[[], Coroutine[Any, Any, None]] | None,
) -> None:
    await admission.opened.wait()
    announce()
    if local is not None:
        await local()
