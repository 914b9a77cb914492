"""Calling a person: by an address, a mail and a command, and what is told on the way."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from loguru import logger

from pipelines.configuration import ConfigurationError
from pipelines.kiosk.config import HandOffConfig, MailConfig, WebhookConfig
from pipelines.kiosk.hand_off import (
    APART_S,
    HandOff,
    HandOffRequest,
)
from pipelines.kiosk.webhook import WebhookError
from pipelines.simulation.virtual_time import VirtualTimeLoop

REQUEST = HandOffRequest("Empfang Süd", "de", "button", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))
HOOK = WebhookConfig(url="https://desk.example/hook", secret_from="HOOK_SECRET")
SECRET = {"HOOK_SECRET": "s", "PATH": "/usr/bin:/bin"}


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, level="TRACE", format="{message}")
    yield lines
    logger.remove(sink)


class Desk:
    """Takes what it is told, after a while."""

    def __init__(self, *, fails: bool = False) -> None:
        self.told: list[Mapping[str, str]] = []
        self._fails = fails

    async def tell(self, config: WebhookConfig, event: str, facts: Mapping[str, str]) -> bytes:
        assert event == "kiosk.hand_off"
        self.told.append(facts)
        if not self._fails:
            await asyncio.sleep(1)
        else:
            raise WebhookError(f"{config.url} answered with status 500")
        return b""

    def hand_off(self, **ways: Any) -> HandOff:
        config = HandOffConfig(webhook=HOOK, **ways)
        return HandOff(config, tell=self.tell, environment=SECRET)


def in_virtual_time(story: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(story)


def test_who_is_called_learns_where_why_and_when() -> None:
    desk = Desk()

    async def story() -> None:
        assert await desk.hand_off().call(REQUEST) == "called"

    in_virtual_time(story())
    assert desk.told == [
        {"kiosk": "Empfang Süd", "language": "de", "reason": "button",
         "at": "2026-03-04T05:06:07+00:00"}
    ]  # fmt: skip


def test_a_visitor_who_presses_everything_calls_once() -> None:
    desk = Desk()

    async def story() -> None:
        hands_off = desk.hand_off()
        assert (
            await asyncio.gather(*(hands_off.call(REQUEST) for _ in range(20))) == ["called"] * 20
        )
        assert len(desk.told) == 1
        await asyncio.sleep(APART_S - 2)
        assert await hands_off.call(REQUEST) == "called"
        assert len(desk.told) == 1
        await asyncio.sleep(2)
        await hands_off.call(REQUEST)
        assert len(desk.told) == 2

    in_virtual_time(story())


def test_who_stops_waiting_does_not_stop_the_call() -> None:
    desk = Desk()

    async def story() -> None:
        hands_off = desk.hand_off()
        first = asyncio.create_task(hands_off.call(REQUEST))
        await asyncio.sleep(0.5)
        first.cancel()
        assert await hands_off.call(REQUEST) == "called"

    in_virtual_time(story())
    assert len(desk.told) == 1


def test_one_way_that_works_is_enough(logged: list[str]) -> None:
    async def story() -> None:
        outcome = await Desk(fails=True).hand_off(command=("true",)).call(REQUEST)
        assert outcome == "called"

    asyncio.run(story())
    (line,) = logged
    assert "https://desk.example/hook answered with status 500" in line


def test_when_no_way_works_it_failed(logged: list[str]) -> None:
    async def story() -> None:
        assert await Desk(fails=True).hand_off(command=("false",)).call(REQUEST) == "failed"

    asyncio.run(story())
    assert len(logged) == 2
    assert not [line for line in logged if "Empfang" in line]


def test_without_a_way_nobody_can_be_called() -> None:
    assert not HandOff(HandOffConfig()).can_call
    assert Desk().hand_off().can_call


@pytest.mark.parametrize(
    ("config", "environment", "names"),
    [
        ({"webhook": HOOK}, {}, "HOOK_SECRET"),
        ({"command": ("no-such-program-here",)}, {}, "no-such-program-here"),
        ({"mail": {"user_from": "U", "password_from": "P"}}, {"U": "me"}, "P was expected"),
        ({"mail": {"user_from": "U"}}, {"U": "me"}, "belong together"),
        (
            {"mail": {"user_from": "U", "password_from": "P", "server": "mail.example"}},
            {"U": "me", "P": "secret"},
            "in the clear",
        ),
    ],
)
def test_what_will_fail_is_said_at_the_start(
    config: dict[str, Any], environment: dict[str, str], names: str
) -> None:
    if "mail" in config:
        addresses = {"to": "desk@house.example", "sender": "kiosk@house.example"}
        config = {"mail": MailConfig(**addresses, **config["mail"])}
    with pytest.raises(ConfigurationError, match=names) as failed:
        HandOff(HandOffConfig(**config), environment=environment)
    assert str(failed.value).startswith("kiosk.hand_off.")
    assert "secret" not in environment.get("P", "") or "secret" not in str(failed.value)
