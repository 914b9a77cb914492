"""Webhooks: signed, tried again, bounded, and never sent elsewhere."""

import asyncio
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

import pytest
from loguru import logger

from pipelines.configuration import ConfigurationError
from pipelines.kiosk.config import WebhookConfig
from pipelines.kiosk.webhook import (
    LARGEST_ANSWER,
    LONGEST_RETRY_AFTER_S,
    WebhookError,
    check_webhook,
    post,
    retry_after,
    shown,
)
from tests.pipelines.kiosk.receiver import (
    Answers,
    Receiver,
    drips,
    floods,
    hangs,
    hangs_up,
    receiving,
    says,
)

NOW = 1_800_000_000.0
SECRET = {"HOOK_SECRET": "correct horse"}
BODY = {"kiosk": "Empfang", "reason": "button"}


class Sender:
    """Sends, and does not wait between attempts."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def send(self, receiver: Receiver, *, once: bool = False, **settings: Any) -> bytes:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        config = WebhookConfig(url=receiver.url, **settings)
        return await post(
            config, "kiosk.hand_off", BODY,
            once=once, sleep=sleep, clock=lambda: NOW, environment=SECRET,
        )  # fmt: skip


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, level="TRACE", format="{message}")
    yield lines
    logger.remove(sink)


async def test_a_receiver_can_tell_who_sent_it(sender: Sender, logged: list[str]) -> None:
    async with receiving(says(200, b'{"ok": true}')) as receiver:
        assert await sender.send(receiver, secret_from="HOOK_SECRET") == b'{"ok": true}'
    (request,) = receiver.requests
    timestamp = request.headers["visavis-timestamp"]
    signed = hmac.new(b"correct horse", f"{timestamp}.".encode() + request.body, sha256)
    assert request.headers["visavis-signature"] == f"v1={signed.hexdigest()}"
    assert float(timestamp) == NOW
    assert request.headers["visavis-event"] == "kiosk.hand_off"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == BODY
    assert not logged


async def test_without_a_secret_nothing_is_signed(sender: Sender) -> None:
    async with receiving(says(204)) as receiver:
        await sender.send(receiver)
    assert "visavis-signature" not in receiver.requests[0].headers


@pytest.mark.parametrize("failure", [says(500), says(503), hangs_up])
async def test_what_fails_is_sent_again_as_the_same(sender: Sender, failure: Answers) -> None:
    async with receiving(failure, failure, failure, says(200)) as receiver:
        await sender.send(receiver)
    assert sender.waits == [0.5, 1.0, 2.0]
    assert len(receiver.requests) == 4
    assert len({request.headers["visavis-id"] for request in receiver.requests}) == 1
    async with receiving(says(200)) as another:
        await sender.send(another)
    assert another.requests[0].headers["visavis-id"] != receiver.requests[0].headers["visavis-id"]


async def test_it_gives_up_and_says_why(sender: Sender) -> None:
    async with receiving(says(500)) as receiver:
        with pytest.raises(WebhookError, match=r"/hook answered with status 500"):
            await sender.send(receiver, attempts=2)
    assert (len(receiver.requests), sender.waits) == (2, [0.5])


async def test_waits_grow_to_a_bound(sender: Sender) -> None:
    async with receiving(says(502)) as receiver:
        with pytest.raises(WebhookError):
            await sender.send(receiver, attempts=8)
    assert sender.waits == [0.5, 1, 2, 4, 8, 8, 8]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
async def test_a_refusal_is_final(sender: Sender, status: int) -> None:
    async with receiving(says(status)) as receiver:
        with pytest.raises(WebhookError, match=str(status)):
            await sender.send(receiver)
    assert (len(receiver.requests), sender.waits) == (1, [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_it_does_not_follow_elsewhere(sender: Sender, status: int) -> None:
    async with (
        receiving(says(200)) as elsewhere,
        receiving(says(status, location=f"{elsewhere.url}?token=x")) as receiver,
    ):
        with pytest.raises(WebhookError) as failed:
            await sender.send(receiver, secret_from="HOOK_SECRET")
    assert (len(receiver.requests), elsewhere.requests) == (1, [])
    assert receiver.url in str(failed.value)
    assert f"{elsewhere.url} (status" in str(failed.value)
    assert "token" not in str(failed.value)


async def test_an_address_that_hangs_or_drips_ends_in_time(sender: Sender) -> None:
    begin = asyncio.get_running_loop().time()
    for slow in (hangs, drips):
        async with receiving(slow) as receiver:
            with pytest.raises(WebhookError, match=r"did not answer within 0\.1 s"):
                await sender.send(receiver, timeout_s=0.1, attempts=2)
        assert len(receiver.requests) == 2
    assert asyncio.get_running_loop().time() - begin < 3


async def test_an_endless_answer_is_read_to_a_bound(sender: Sender) -> None:
    async with receiving(floods) as receiver:
        assert len(await sender.send(receiver)) == LARGEST_ANSWER


async def test_nobody_listens(sender: Sender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = Receiver([], url=f"http://127.0.0.1:{port}/hook")
    with pytest.raises(WebhookError, match="cannot be reached"):
        await sender.send(nobody, once=True, attempts=3)
    assert len(sender.waits) == 2, "nobody can have acted on it"


@pytest.mark.parametrize("failure", [says(500), hangs, hangs_up])
async def test_what_may_have_been_done_is_not_sent_twice(sender: Sender, failure: Answers) -> None:
    async with receiving(failure, says(200)) as receiver:
        with pytest.raises(WebhookError):
            await sender.send(receiver, once=True, timeout_s=0.2)
    assert len(receiver.requests) == 1


async def test_a_busy_address_says_when(sender: Sender) -> None:
    later = format_datetime(datetime.fromtimestamp(NOW + 7, UTC))
    busy = [says(429, retry_after="3"), says(503, retry_after=later), says(429, retry_after="9999")]
    async with receiving(*busy, says(200)) as receiver:
        await sender.send(receiver)
    assert sender.waits == [3, 7, LONGEST_RETRY_AFTER_S]
    async with receiving(says(429, retry_after="2"), says(200)) as receiver:
        await sender.send(receiver, once=True)
    assert len(receiver.requests) == 2


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [("0", 0), (" 5 ", 5), ("-5", None), ("soon", None), ("", None), ("1e9", None)],
)
def test_how_retry_after_is_read(told: str, wait_s: float | None) -> None:
    assert retry_after(told, NOW) == wait_s


def test_a_missing_secret_is_an_error_at_the_start() -> None:
    config = WebhookConfig(url="https://desk.example/hook", secret_from="HOOK_SECRET")
    check_webhook(config, "kiosk.hand_off.webhook", SECRET)
    for environment in ({}, {"HOOK_SECRET": ""}):
        with pytest.raises(ConfigurationError, match=r"kiosk\.hand_off\.webhook.*HOOK_SECRET"):
            check_webhook(config, "kiosk.hand_off.webhook", environment)


def test_messages_hold_nothing_secret() -> None:
    assert (
        shown("https://user:pass@desk.example:8443/a/b?key=1#c") == "https://desk.example:8443/a/b"
    )
