"""Putting a kiosk together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI

from agent.knowledge.unanswered import UnansweredLog
from agent.protocol.events.kiosk import KioskPage
from pipelines.admission import Admission
from pipelines.build.cast import Cast
from pipelines.capabilities import chosen_parts
from pipelines.config import ServeConfig
from pipelines.kiosk.actions import load_actions
from pipelines.kiosk.admin import Operations, add_admin
from pipelines.kiosk.config import KioskConfig
from pipelines.kiosk.hand_off import HandOff
from pipelines.kiosk.heartbeat import keep_telling
from pipelines.kiosk.house import House
from pipelines.kiosk.licences import licences_of, require_commercial
from pipelines.kiosk.routes import add_kiosk
from pipelines.telemetry import Telemetry, add_metrics


def build_house(config: ServeConfig, cast: Cast, admission: Admission) -> House:
    """What a kiosk's conversations share.

    Raises ConfigurationError for a way to call a person or a tool that cannot work, LicenceRefused
    for a part that may not be used in a business.
    """
    kiosk = config.kiosk or KioskConfig()
    require_commercial(licences_of(cast), kiosk.licence_rights)
    return House(
        config=config,
        admission=admission,
        telemetry=Telemetry(),
        hand_off=HandOff(kiosk.hand_off),
        actions=load_actions(kiosk.tools),
        unanswered=UnansweredLog(
            lambda: datetime.now().astimezone(),
            kiosk.unanswered.file if kiosk.unanswered.keep else None,
        ),
    )


def add_house(app: FastAPI, house: House, cast: Cast) -> None:
    """Add the kiosk's routes. `app.state.departure` is set by whoever serves it."""
    parts = chosen_parts(cast)

    async def reload() -> None:
        await house.orders.give(KioskPage(reload=True))

    async def restart() -> None:
        app.state.departure.begin(restart=True)

    async def reset() -> None:
        await house.orders.give("reset")

    async def volume(level: float) -> None:
        house.volume = level
        await house.orders.give(KioskPage(volume=level))

    operations = Operations(lambda: house.admin(parts), reload, restart, reset, volume)
    add_admin(app, house.kiosk.admin, operations)
    add_kiosk(app, house.pictures, house.screen)
    add_metrics(app, house.config, house.admission, house.telemetry)


@asynccontextmanager
async def kept(house: House) -> AsyncGenerator[None]:
    """Do what a kiosk does beside its conversations, while the context lasts."""
    tasks: list[asyncio.Task[None]] = []
    if house.kiosk.heartbeat is not None:
        tasks.append(asyncio.create_task(keep_telling(house.kiosk.heartbeat, house.facts)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await house.hand_off.close()
