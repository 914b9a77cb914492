"""Who may come in: the token, the page's origin, and room for one more session."""

import asyncio
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

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


class Admission:
    """Counts the sessions and checks who asks for one."""

    def __init__(self, config: ServeConfig) -> None:
        self._config = config
        self._sessions = 0
        self.reasons: tuple[str, ...] = ("the server is starting",)
        self.opened = asyncio.Event()

    @property
    def sessions(self) -> int:
        """Sessions that are open."""
        return self._sessions

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

    def refuse(self, headers: Mapping[str, str]) -> Refusal | None:
        """Why a request with these headers may not have a session; None when it may."""
        if (refusal := self.stranger(headers)) is not None:
            return refusal
        if self.reasons:
            return Refusal(503, "not_ready", "; ".join(self.reasons))
        if self._sessions >= self._config.most_sessions:
            return Refusal(
                503, "server_full", f"all {self._config.most_sessions} sessions are taken"
            )
        return None

    @contextmanager
    def session(self) -> Generator[None]:
        """Holds a place for as long as a session lasts."""
        self._sessions += 1
        try:
            yield
        finally:
            self._sessions -= 1

    def _knows_token(self, headers: Mapping[str, str]) -> bool:
        token = self._config.token
        if token is None:
            return True
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        given = [bearer] if scheme.lower() == "bearer" else []
        offered = headers.get("sec-websocket-protocol", "").split(",")
        given += [
            name.strip().removeprefix(KEY_PROTOCOL)
            for name in offered
            if name.strip().startswith(KEY_PROTOCOL)
        ]
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
