"""Calling a person: an address, a mail and a command, all that are configured and at once.

Who is called learns which kiosk asks, in which language, why by kind, and when. What a visitor said
is never among it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from loguru import logger

from agent.nodes.pacing import loop_time
from pipelines.kiosk.command import CommandError, check_command, run_command
from pipelines.kiosk.config import HandOffConfig, WebhookConfig
from pipelines.kiosk.mail import MailError, check_mail, send_mail
from pipelines.kiosk.webhook import WebhookError, check_webhook, post

Reason: TypeAlias = Literal["button", "phrase", "tool", "not_understood"]
Outcome: TypeAlias = Literal["called", "failed"]

EVENT = "kiosk.hand_off"

APART_S = 20.0
"""Seconds between two calls: whoever presses again meanwhile has called already."""


@dataclass(frozen=True, slots=True)
class HandOffRequest:
    """What whoever is called learns."""

    kiosk: str
    language: str
    reason: Reason
    at: datetime

    def facts(self) -> dict[str, str]:
        """As texts."""
        return {
            "kiosk": self.kiosk,
            "language": self.language,
            "reason": self.reason,
            "at": self.at.isoformat(timespec="seconds"),
        }


class HandOff:
    """Calls a person for all conversations of a kiosk.

    One call runs at a time, and the next one not before `APART_S`; who calls meanwhile shares its
    outcome.

    Raises:
        ConfigurationError: A way cannot work: a variable of the environment or a command is
            missing, or a password would be sent to another machine in the clear.
    """

    def __init__(
        self,
        config: HandOffConfig,
        *,
        tell: Callable[[WebhookConfig, str, Mapping[str, str]], Awaitable[object]] = post,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = loop_time,
    ) -> None:
        _check(config, environment)
        self._config, self._tell, self._environment = config, tell, environment
        self._clock = clock
        self._call: asyncio.Task[Outcome] | None = None
        self._called_s = 0.0

    @property
    def can_call(self) -> bool:
        """Whether there is anybody to be called."""
        config = self._config
        return any(way is not None for way in (config.webhook, config.mail, config.command))

    async def call(self, request: HandOffRequest) -> Outcome:
        """Call somebody; `called` where one way worked. Failures are logged, without content."""
        now = self._clock()
        running = self._call is not None and not self._call.done()
        if self._call is None or not (running or now - self._called_s < APART_S):
            self._call = asyncio.create_task(self._by_all_ways(request.facts()))
            self._called_s = now
        return await asyncio.shield(self._call)

    async def close(self) -> None:
        """Give up a call that is under way."""
        if self._call is not None:
            self._call.cancel()
            await asyncio.wait({self._call})

    async def _by_all_ways(self, facts: Mapping[str, str]) -> Outcome:
        config = self._config
        ways: list[Awaitable[object]] = []
        if config.webhook is not None:
            ways.append(self._tell(config.webhook, EVENT, facts))
        if config.mail is not None:
            subject = f"{facts['kiosk']}: a visitor asks for a person"
            text = "\n".join(f"{name}: {value}" for name, value in facts.items())
            ways.append(send_mail(config.mail, subject, text, self._environment))
        if config.command is not None:
            told = {f"VISAVIS_{name.upper()}": value for name, value in facts.items()}
            ways.append(run_command(config.command, told, self._environment))
        results = await asyncio.gather(*ways, return_exceptions=True)
        for result in results:
            if isinstance(result, WebhookError | MailError | CommandError):
                logger.warning(f"calling a person: {result}")
            elif isinstance(result, BaseException):
                logger.error(f"calling a person: {type(result).__name__}")
        worked = any(not isinstance(result, BaseException) for result in results)
        return "called" if worked else "failed"


def _check(config: HandOffConfig, environment: Mapping[str, str]) -> None:
    where = "kiosk.hand_off"
    if config.webhook is not None:
        check_webhook(config.webhook, f"{where}.webhook", environment)
    if config.mail is not None:
        check_mail(config.mail, f"{where}.mail", environment)
    if config.command is not None:
        check_command(config.command, f"{where}.command")
