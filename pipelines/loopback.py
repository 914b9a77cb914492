"""A web application of this process that only this machine can reach."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI


class _Guest(uvicorn.Server):
    """Leaves signals to the server that it is a guest of."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def loopback(app: FastAPI) -> AsyncGenerator[str]:
    """Serve `app` on a free port of 127.0.0.1 while the context lasts; gives its address."""
    _spare_proxies()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Guest(uvicorn.Config(app, log_level="warning", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


def _spare_proxies() -> None:
    """Have clients of this process reach this machine directly, whatever proxy it is behind."""
    for name in ("NO_PROXY", "no_proxy"):
        spared = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys((*spared, "127.0.0.1", "localhost")))
