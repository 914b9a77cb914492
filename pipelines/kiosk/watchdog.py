"""Being well, saying so, and leaving in good order: for what starts the kiosk and starts it again.

Liveness is apart from readiness: a kiosk that is full or degraded lives, one whose conversation
stands still does not, and is started anew.
"""

import asyncio
import faulthandler
import math
import os
import signal
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import uvicorn
from loguru import logger

from pipelines.admission import Admission

STUCK_AFTER_S = 15.0
"""Seconds without a tick after which a conversation stands still; there are 25 a second."""

LOOP_STUCK_S = 60.0
"""Seconds without a beat after which the process ends itself, where no systemd does it."""

BEAT_S = 5.0
"""Seconds between two beats at most."""

DRAIN_S = 60.0
"""Seconds that visits may go on when the kiosk stops; units wait longer (TimeoutStopSec)."""

LOOKED_EVERY_S = 0.2
"""How often it is looked whether a visit has ended."""

RESTART_CODE = 75
"""The code of a process that wants to be started again: EX_TEMPFAIL."""

DRAINING = "the kiosk is stopping; a visit that began may end"


@dataclass(eq=False)
class Pulse:
    """A conversation's last sign of life, None before its first tick."""

    beaten: float | None = None


class Liveness:
    """Knows whether the conversations go on. One that has not begun cannot stand still."""

    def __init__(self, clock: Callable[[], float], stuck_after_s: float = STUCK_AFTER_S) -> None:
        self._clock, self._stuck_after_s = clock, stuck_after_s
        self._pulses: set[Pulse] = set()

    @contextmanager
    def conversation(self) -> Generator[Callable[[], None]]:
        """While it lasts, what is given is to be called at each tick."""
        pulse = Pulse()

        def beat() -> None:
            pulse.beaten = self._clock()

        self._pulses.add(pulse)
        try:
            yield beat
        finally:
            self._pulses.discard(pulse)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a new start would help; nothing while all is well."""
        now = self._clock()
        silences = [now - pulse.beaten for pulse in self._pulses if pulse.beaten is not None]
        return tuple(
            f"a conversation has stood still for {silence:.0f} s"
            for silence in sorted(silences)
            if silence > self._stuck_after_s
        )


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """What systemd, or whatever understands its protocol, is told; nobody without an `address`.

    `every_s` is how often it wants to hear that all is well, None when it does not ask.
    """

    address: str | None = None
    every_s: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str], process: int) -> "ServiceManager":
        """Whom NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of this process name."""
        address = environment.get("NOTIFY_SOCKET") or None
        asked = environment.get("WATCHDOG_USEC", "")
        other = environment.get("WATCHDOG_PID", str(process)) != str(process)
        if not asked.isdecimal() or int(asked) == 0 or other:
            return cls(address)
        return cls(address, int(asked) / 2e6)

    def tell(self, message: str) -> None:
        """Send a message such as READY=1; one that nobody takes is lost, and is no error."""
        if self.address is None:
            return
        abstract = self.address.startswith("@")
        address = f"\0{self.address[1:]}" if abstract else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
                told.setblocking(False)
                told.sendto(message.encode(), address)
        except OSError as error:
            logger.warning(f"systemd was not told {message}: {error.strerror or error}")


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Says that all is well as long as it is, from inside the event loop.

    When the loop stands still or a conversation does, nothing is said: systemd starts the kiosk
    anew. Where there is none, as in a container, the process ends itself after `stuck_s` and tells
    where it stood; None leaves that out.
    """

    manager: ServiceManager
    liveness: Liveness
    stuck_s: float | None = LOOP_STUCK_S

    async def watch(self, admission: Admission) -> None:
        """Until it is cancelled; tells that the kiosk has started once `admission` is open."""
        starting = asyncio.create_task(self._announce(admission))
        patience_s = (self.manager.every_s, self.stuck_s and self.stuck_s / 4, BEAT_S)
        every_s = min(seconds for seconds in patience_s if seconds is not None)
        well = True
        try:
            while True:
                reasons = self.liveness.reasons
                if not reasons:
                    self._all_is_well()
                elif well:
                    logger.error("; ".join(reasons))
                well = not reasons
                await asyncio.sleep(every_s)
        finally:
            faulthandler.cancel_dump_traceback_later()
            starting.cancel()

    def _all_is_well(self) -> None:
        self.manager.tell("WATCHDOG=1")
        if self.stuck_s is not None:
            faulthandler.dump_traceback_later(self.stuck_s, exit=True)

    async def _announce(self, admission: Admission) -> None:
        await admission.opened.wait()
        self.manager.tell("READY=1")


@dataclass(slots=True)
class Departure:
    """Lets a visit end, for `within_s` at most, and then the server by `end`.

    `visiting` says whether somebody is being talked with: a page that waits for visitors is not.
    """

    admission: Admission
    visiting: Callable[[], bool]
    end: Callable[[], None]
    manager: ServiceManager = field(default_factory=ServiceManager)
    within_s: float = DRAIN_S
    code: int = 0
    _leaving: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether it was asked to leave."""
        return self._leaving is not None

    def begin(self, *, restart: bool = False) -> None:
        """Admit nobody any more. A second call ends the visit, too.

        `restart` sets the code that the process ends with. To be called in the event loop.
        """
        if self._leaving is not None:
            self.end()
            return
        if restart:
            self.code = RESTART_CODE
        self.admission.reasons = (DRAINING,)
        self.manager.tell("STOPPING=1")
        self._leaving = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        for _ in range(math.ceil(self.within_s / LOOKED_EVERY_S)):
            if not self.visiting():
                break
            await asyncio.sleep(LOOKED_EVERY_S)
        self.end()


class DrainingServer(uvicorn.Server):
    """A server that lets a visit end before it does: once, when it is told to by SIGTERM.

    `web_server(...).config` says how it serves; `departure.begin` is for whoever wants it to end.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        admission: Admission,
        visiting: Callable[[], bool],
        manager: ServiceManager,
    ) -> None:
        super().__init__(config)
        self.departure = Departure(admission, visiting, self._leave, manager)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What uvicorn does at a signal, but later."""
        if self.departure.begun or sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
            return
        self._captured_signals.append(sig)
        asyncio.get_running_loop().call_soon_threadsafe(self.departure.begin)

    def _leave(self) -> None:
        self.should_exit = True


def this_service_manager() -> ServiceManager:
    """Whoever started this process."""
    return ServiceManager.of(os.environ, os.getpid())
