"""Who may look after the kiosk: a passcode that cannot be guessed at, and passes that run out."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE_S = 900.0
"""Seconds without a request after which a pass is worth nothing."""

MOST_PASSES = 8
"""Browsers that are let in at a time; the one that was idle longest goes first."""

LONGEST_LOCK_S = 3600.0
"""Seconds that a lock lasts at most, however often it was guessed."""


class Lock:
    """Knows a passcode, and after `attempts` wrong ones nobody for a while, the right one included.

    One lock for the whole kiosk: a guesser has many addresses. Each further lock lasts twice as
    long, until somebody has come in.
    """

    def __init__(
        self, passcode: str, attempts: int, locked_s: float, clock: Callable[[], float]
    ) -> None:
        self._salt = secrets.token_bytes(32)
        self._known = self._digest(passcode)
        self._attempts, self._locked_s, self._clock = attempts, locked_s, clock
        self._wrong = self._locks = 0
        self._until = clock()

    @property
    def shut_s(self) -> float:
        """Seconds until it can be tried again, 0 when it can now."""
        return max(0.0, self._until - self._clock())

    def opens(self, passcode: str) -> bool:
        """Whether this is the passcode. While it is shut, nothing is."""
        if self.shut_s > 0:
            return False
        if hmac.compare_digest(self._digest(passcode), self._known):
            self._wrong = self._locks = 0
            return True
        self._wrong += 1
        if self._wrong >= self._attempts:
            self._until = self._clock() + min(self._locked_s * 2**self._locks, LONGEST_LOCK_S)
            self._wrong, self._locks = 0, min(self._locks + 1, 16)
        return False

    def _digest(self, passcode: str) -> bytes:
        """Of one length, whatever the passcode's is."""
        return hmac.digest(self._salt, passcode.encode("utf-8", "surrogatepass"), hashlib.sha256)


@dataclass(slots=True)
class Passes:
    """The secrets of those who came in; in memory only, so that a restart sends everybody out."""

    clock: Callable[[], float]
    _used: dict[str, float] = field(default_factory=dict[str, float])

    def give(self) -> str:
        """A new one."""
        if len(self._used) >= MOST_PASSES:
            del self._used[min(self._used, key=lambda token: self._used[token])]
        token = secrets.token_urlsafe(32)
        self._used[token] = self.clock()
        return token

    def knows(self, token: str | None) -> bool:
        """Whether it is good; using it keeps it so."""
        used = None if token is None else self._used.get(token)
        if token is None or used is None:
            return False
        if self.clock() - used > IDLE_S:
            del self._used[token]
            return False
        self._used[token] = self.clock()
        return True

    def take_back(self, token: str | None) -> None:
        """It is worth nothing any more."""
        self._used.pop(token or "", None)
