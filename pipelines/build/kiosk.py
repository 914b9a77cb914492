"""Putting a kiosk together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI

from agent.knowledge.unanswered import UnansweredLog
from pipelines.admission import Admission
from pipelines.build.cast import Cast
from pipelines.config import ServeConfig
from pipelines.kiosk.actions import load_actions
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


def add_house(app: FastAPI, house: House) -> None:
    """Add the kiosk's routes."""
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
