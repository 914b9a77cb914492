"""The heartbeat: how the kiosk is, regularly, and nothing of its visitors."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from loguru import logger

from pipelines.kiosk.config import HeartbeatConfig, WebhookConfig
from pipelines.kiosk.heartbeat import Facts, keep_telling
from pipelines.kiosk.webhook import WebhookError
from pipelines.simulation.virtual_time import VirtualTimeLoop
from tests.pipelines.kiosk.receiver import receiving, says

HOOK = WebhookConfig(url="https://watch.example/alive")


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, level="TRACE", format="{message}")
    yield lines
    logger.remove(sink)


def told_during(seconds: float, fails: range) -> list[tuple[float, dict[str, Any]]]:
    """What comes when, of which some cannot be told."""
    told: list[tuple[float, dict[str, Any]]] = []

    async def tell(config: WebhookConfig, event: str, facts: dict[str, Any]) -> None:
        assert (config, event) == (HOOK, "kiosk.heartbeat")
        told.append((asyncio.get_running_loop().time(), facts))
        if len(told) in fails:
            raise WebhookError("https://watch.example/alive answered with status 500")

    async def story() -> None:
        begin = asyncio.get_running_loop().time()
        facts = lambda: Facts("Lobby", "0.1.0", asyncio.get_running_loop().time() - begin)  # noqa: E731
        config = HeartbeatConfig(webhook=HOOK, every_s=60)
        telling = asyncio.create_task(keep_telling(config, facts, tell=tell))
        await asyncio.sleep(seconds)
        telling.cancel()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(story())
    return told


def test_it_tells_at_once_and_then_regularly(logged: list[str]) -> None:
    told = told_during(200, range(0))
    assert [at for at, _ in told] == [0, 60, 120, 180]
    assert [facts["uptime_s"] for _, facts in told] == [0, 60, 120, 180]
    assert told[0][1] == {
        "kiosk": "Lobby", "version": "0.1.0", "uptime_s": 0, "state": None, "sessions": None,
        "faults": None, "rung": None, "last_seen_s": None,
    }  # fmt: skip
    assert not logged


def test_an_outage_is_logged_once_and_its_end_once(logged: list[str]) -> None:
    assert len(told_during(600, range(2, 8))) == 10
    (begins, ends) = logged
    assert "the heartbeat is not heard: https://watch.example/alive answered" in begins
    assert "heard again" in ends


async def test_it_reaches_a_real_address() -> None:
    async with receiving(says(200)) as receiver:
        hook = WebhookConfig(url=receiver.url)
        facts = Facts("Lobby", "0.1.0", 1.5, "conversing", 1, ("microphone",), 2, 0.0)
        config = HeartbeatConfig(webhook=hook, every_s=60)
        telling = asyncio.create_task(keep_telling(config, lambda: facts))
        async with asyncio.timeout(5):
            await receiver.came.wait()
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    assert b'"faults": ["microphone"], "rung": 2' in receiver.requests[0].body
