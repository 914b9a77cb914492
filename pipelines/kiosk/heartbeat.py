"""Tells somebody regularly that the kiosk is well, or what is wrong: the operator's far eye."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from loguru import logger

from agent.protocol.events.kiosk import Fault, VisitState
from pipelines.kiosk.config import HeartbeatConfig, WebhookConfig
from pipelines.kiosk.webhook import WebhookError, post

EVENT = "kiosk.heartbeat"


@dataclass(frozen=True, slots=True)
class Facts:
    """How a kiosk is, without anything of its visitors. None is unknown.

    `rung` is how far down the ladder of load the picture is, `last_seen_s` how many seconds ago
    somebody was there.
    """

    kiosk: str
    version: str
    uptime_s: float
    state: VisitState | None = None
    sessions: int | None = None
    faults: tuple[Fault, ...] | None = None
    rung: int | None = None
    last_seen_s: float | None = None


async def keep_telling(
    config: HeartbeatConfig,
    facts: Callable[[], Facts],
    *,
    tell: Callable[[WebhookConfig, str, dict[str, Any]], Awaitable[object]] = post,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Tell at once and then every so often, until cancelled.

    An outage of the address is logged once when it begins and once when it is over.
    """
    reached = True
    while True:
        try:
            await tell(config.webhook, EVENT, asdict(facts()))
        except WebhookError as error:
            if reached:
                logger.warning(f"the heartbeat is not heard: {error}")
            reached = False
        else:
            if not reached:
                logger.warning("the heartbeat is heard again")
            reached = True
        await sleep(config.every_s)
