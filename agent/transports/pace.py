"""How much a client may ask for: how often, how fast, and how far ahead of the avatar's mouth."""

from collections.abc import Callable

from agent.protocol.errors import ProtocolError

MESSAGE_S = 0.001
"""Seconds that a message costs. Sound, motion and pictures together are 210 messages a second."""

BYTE_S = 1 / (4 << 20)
"""Seconds that a byte costs: a minute of sound in one event costs one."""

BURST_S = 1.0
"""Seconds that can be saved up."""

SPOKEN_PER_S = 15.0
"""Characters that are said in a second."""

MOST_AHEAD = 1800
"""Characters that may wait to be said: two minutes, which is what a timeline holds."""

ANSWER = 300
"""Characters that an answer is taken for before it is known."""


class Pace:
    """Keeps a client that sends too fast waiting, by reading no more; the network does the rest."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._free_s = clock() - BURST_S

    def wait_s(self, size: int) -> float:
        """Seconds to wait after a message of so many bytes before the next is read."""
        now = self._clock()
        self._free_s = max(self._free_s, now - BURST_S) + MESSAGE_S + size * BYTE_S
        return max(0.0, self._free_s - now)


class RateLimit:
    """How often something may come; says so once a second, and is silent about the rest."""

    def __init__(self, what: str, per_second: int, clock: Callable[[], float]) -> None:
        self._what, self._most, self._clock = what, per_second, clock
        self._since, self._count = clock(), 0

    def admit(self) -> bool:
        """Whether this one may pass. Raises ProtocolError for the first too many of a second."""
        now = self._clock()
        if now - self._since >= 1.0:
            self._since, self._count = now, 0
        self._count += 1
        if self._count == self._most + 1:
            raise ProtocolError(
                "rate_limited", f"at most {self._most} {self._what} a second are taken"
            )
        return self._count <= self._most


class SpeechAhead:
    """Estimates how much waits to be said, so that a client cannot ask for hours of speech."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since, self._waiting = clock(), 0.0

    def ask(self, characters: int) -> None:
        """Add some. Raises ProtocolError when too much would wait; nothing is added."""
        now = self._clock()
        self._waiting = max(0.0, self._waiting - SPOKEN_PER_S * (now - self._since))
        self._since = now
        if self._waiting + characters > MOST_AHEAD:
            raise ProtocolError(
                "rate_limited",
                f"{self._waiting:.0f} characters wait to be said, at most {MOST_AHEAD} may: wait, "
                "or interrupt",
            )
        self._waiting += characters

    def interrupt(self) -> None:
        """Nothing waits any more."""
        self._waiting = 0.0
