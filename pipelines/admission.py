"""Who may come in: the token, the page's origin, and room for one more session."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from agent.protocol.closing import RESUME_PROTOCOL
from pipelines.config import ServeConfig

KEY_PROTOCOL = "openai-insecure-api-key."
"""How a browser, which cannot set headers of a websocket, brings its token."""

RETRY_AFTER_S = 10

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
"""What a server of this machine alone is called. A page of another name, which somebody's DNS
points here, is not ours."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not let in, as an HTTP status and a reason for people."""

    status: int
    code: str
    message: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer."""
        return {"Retry-After": str(RETRY_AFTER_S)} if self.status == 503 else {}

    @property
    def body(self) -> dict[str, dict[str, str]]:
        """The JSON of the answer."""
        return {"error": {"code": self.code, "message": self.message}}


def caller(connection: HTTPConnection) -> str:
    """The address of whoever asks."""
    return "" if connection.client is None else connection.client.host


class Admission:
    """Counts the sessions and checks who asks for one.

    `returns` knows the tokens of those who may come back to theirs.
    """

    def __init__(self, config: ServeConfig) -> None:
        self._config = config
        self._sessions = Counter[str]()
        self.returns: Callable[[str], bool] = lambda _token: False
        self.reasons: tuple[str, ...] = ("the server is starting",)
        self.opened = asyncio.Event()

    @property
    def sessions(self) -> int:
        """Sessions that are open."""
        return self._sessions.total()

    def ready(self) -> None:
        """Sessions may start from now on."""
        self.reasons = ()
        self.opened.set()

    def stranger(self, headers: Mapping[str, str]) -> Refusal | None:
        """Why nothing of a request with these headers is listened to; None when it is."""
        if not self._knows_token(headers):
            return Refusal(401, "invalid_token", "the token is missing or wrong")
        if not self._knows_origin(headers):
            return Refusal(
                403, "origin_not_allowed", f"pages of {headers['origin']} may not connect"
            )
        return None

    def refuse(self, headers: Mapping[str, str], address: str = "") -> Refusal | None:
        """Why a request with these headers may not have a session; None when it may."""
        if (refusal := self.stranger(headers)) is not None:
            return refusal
        if self.reasons:
            return Refusal(503, "not_ready", "; ".join(self.reasons))
        crowd = self.crowded(address)
        if crowd and any(self.returns(token) for token in _offered(headers, RESUME_PROTOCOL)):
            return None
        return crowd

    def crowded(self, address: str = "") -> Refusal | None:
        """Why nobody of this address may begin a session; None when one may."""
        if self.sessions >= self._config.most_sessions:
            return Refusal(
                503, "server_full", f"all {self._config.most_sessions} sessions are taken"
            )
        each = self._config.most_sessions_each
        if each is not None and self._sessions[address] >= each:
            return Refusal(
                503, "too_many_sessions", f"one address may have {each} sessions at a time"
            )
        return None

    @contextmanager
    def session(self, address: str = "") -> Generator[None]:
        """Holds a place for as long as a session lasts."""
        self._sessions[address] += 1
        try:
            yield
        finally:
            self._sessions[address] -= 1
            if not self._sessions[address]:
                del self._sessions[address]

    def _knows_token(self, headers: Mapping[str, str]) -> bool:
        token = self._config.token
        if token is None:
            return True
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        given = [bearer] if scheme.lower() == "bearer" else []
        given += _offered(headers, KEY_PROTOCOL)
        return any(secrets.compare_digest(one.encode(), token.encode()) for one in given)

    def _knows_origin(self, headers: Mapping[str, str]) -> bool:
        """Programs that are no browsers send no origin; a browser's page must be known."""
        origin = headers.get("origin")
        if origin is None or origin in self._config.origins:
            return True
        try:
            page = urlsplit(origin)
            own = page.hostname in LOCAL_NAMES or self._config.host not in LOCAL_NAMES
            return own and page.netloc == headers.get("host")
        except ValueError:
            return False


def _offered(headers: Mapping[str, str], prefix: str) -> list[str]:
    """What stands behind a prefix among the sub-protocols that are offered."""
    offered = [name.strip() for name in headers.get("sec-websocket-protocol", "").split(",")]
    return [name.removeprefix(prefix) for name in offered if name.startswith(prefix)]
