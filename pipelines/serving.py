"""What every server of visavis has in common: its socket, and how uvicorn is told to behave."""

import socket
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import uvicorn

from avatar.errors import VisavisError
from pipelines.tls import Certificate, machine_addresses

LARGEST_MESSAGE = 1 << 14
"""Bytes of one message of a client that only steers."""

GRACE_S = 3
"""Seconds that open connections have when the server stops."""


class ServeError(VisavisError):
    """The server cannot start."""


def listening(host: str, port: int) -> socket.socket:
    """A socket on that address; port 0 takes a free one. Raises ServeError when it is taken."""
    with ExitStack() as opened:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = opened.enter_context(socket.socket(family))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
        except OSError as error:
            raise ServeError(
                f"cannot listen on {host}, port {port}: {error.strerror or error}; "
                "choose another with --port or --host"
            ) from error
        opened.pop_all()
        return listener


def addresses(
    listener: socket.socket, host: str, page: str = "", *, secure: bool = False
) -> list[str]:
    """Where a browser finds a page: first on this machine, then on the network when that can be."""
    hosts = [host]
    if host in ("127.0.0.1", "::1"):
        hosts = ["localhost"]
    elif host in ("0.0.0.0", "::"):
        hosts = ["localhost", *machine_addresses()]
    scheme = "https" if secure else "http"
    port = listener.getsockname()[1]
    return [f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}{page}" for name in hosts]


def fragment(token: str | None) -> str:
    """What of an address only the page reads: the token that it must show."""
    return f"#token={quote(token, safe='')}" if token else ""


def web_server(
    app: Any, *, largest_message: int = LARGEST_MESSAGE, certificate: Certificate | None = None
) -> uvicorn.Server:
    """A quiet server; `largest_message` bounds what a websocket's client may send, in bytes."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_max_size=largest_message,
            ws_per_message_deflate=False,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=None if certificate is None else certificate.certificate,
            ssl_keyfile=None if certificate is None else certificate.key,
        )
    )
