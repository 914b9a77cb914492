"""Tells an address of something by a signed POST, again and again until it is taken.

A receiver who knows the secret checks `visavis-signature` over `visavis-timestamp`, a full stop and
the body, refuses a timestamp that is minutes old, and takes each `visavis-id` once: all attempts
have the same.
"""

import asyncio
import hmac
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from hashlib import sha256
from ssl import SSLContext
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx2

from avatar.errors import VisavisError
from pipelines.configuration import ConfigurationError
from pipelines.kiosk.config import WebhookConfig

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
"""Before the second attempt, and at most; each wait is twice the one before."""

LONGEST_RETRY_AFTER_S = 30.0
"""What an address may ask for."""

LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read, whatever comes."""

SAID = 80
"""Characters of somebody else's text in a message."""

_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


class WebhookError(VisavisError):
    """An address could not be told."""


class _Refused(WebhookError):
    """This attempt failed; another may succeed. `acted` where the address may have done it."""

    def __init__(self, message: str, *, acted: bool, after_s: float | None = None) -> None:
        super().__init__(message)
        self.acted, self.after_s = acted, after_s


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: its `identity` is the same in all attempts."""

    event: str
    body: bytes
    identity: str

    def headers(self, secret: str | None, timestamp: str) -> dict[str, str]:
        """The headers of an attempt at a time, in seconds since 1970."""
        signed = {} if secret is None else {"visavis-signature": sign(secret, timestamp, self.body)}
        return {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "visavis",
            "visavis-event": self.event,
            "visavis-id": self.identity,
            "visavis-timestamp": timestamp,
            **signed,
        }


def wall_clock() -> float:
    """Seconds since 1970."""
    return datetime.now(UTC).timestamp()


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body at a time; receivers compare it with `hmac.compare_digest`."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256)
    return f"v1={signed.hexdigest()}"


def check_webhook(
    config: WebhookConfig, setting: str, environment: Mapping[str, str] = os.environ
) -> None:
    """Raises ConfigurationError when the variable of its secret is not set."""
    if config.secret_from is not None and not environment.get(config.secret_from):
        raise ConfigurationError(
            f"{setting}: the environment variable {config.secret_from} was expected to hold the "
            "secret and is not set; set it, or leave secret_from out"
        )


async def post(
    config: WebhookConfig,
    event: str,
    body: Mapping[str, Any],
    *,
    once: bool = False,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = wall_clock,
    environment: Mapping[str, str] = os.environ,
) -> bytes:
    """Tell the address; returns its answer, of which at most `LARGEST_ANSWER` bytes are read.

    What failed by the connection, the time, the server's fault or its load is tried again. With
    `once` it is so only where nobody can have acted on it.

    Raises WebhookError, which says what came; neither body nor secret is in it.
    """
    secret = None if config.secret_from is None else environment.get(config.secret_from)
    message = Message(event, json.dumps(body).encode(), uuid4().hex)
    wait_s = FIRST_WAIT_S
    for left in reversed(range(config.attempts)):
        try:
            return await _attempt(config, message, secret, clock)
        except _Refused as error:
            if not left or (once and error.acted):
                raise WebhookError(str(error)) from error
            await sleep(wait_s if error.after_s is None else error.after_s)
            wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
    raise AssertionError("there is at least one attempt")


async def _attempt(
    config: WebhookConfig, message: Message, secret: str | None, clock: Callable[[], float]
) -> bytes:
    address = shown(config.url)
    headers = message.headers(secret, str(int(clock())))
    try:
        async with asyncio.timeout(config.timeout_s):
            return await _sent(config.url, message.body, headers, clock)
    except TimeoutError as error:
        text = f"{address} did not answer within {config.timeout_s:g} s"
        raise _Refused(text, acted=True) from error
    except httpx2.HTTPError as error:
        text = f"{address} cannot be reached ({type(error).__name__}: {str(error)[:SAID]})"
        raise _Refused(text, acted=not isinstance(error, _UNSENT)) from error
    except httpx2.InvalidURL as error:
        raise WebhookError(f"{address} is no address: {error}") from error


async def _sent(
    url: str, body: bytes, headers: Mapping[str, str], clock: Callable[[], float]
) -> bytes:
    # Loading the certificates would stop the event loop for a picture or two.
    secure = url.startswith("https:")
    context = await asyncio.to_thread(_certificates) if secure else False
    async with (
        httpx2.AsyncClient(verify=context, timeout=None) as client,
        client.stream("POST", url, content=body, headers=headers) as answer,
    ):
        _judge(url, answer, clock)
        return await _read(answer)


@cache
def _certificates() -> SSLContext:
    return httpx2.create_ssl_context()


def _judge(url: str, answer: httpx2.Response, clock: Callable[[], float]) -> None:
    """Raises for everything but success."""
    status, address = answer.status_code, shown(url)
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        elsewhere = shown(urljoin(url, answer.headers.get("location", "")))
        raise WebhookError(
            f"{address} redirects to {elsewhere} (status {status}), which is not followed: "
            "configure the address that it is to go to"
        )
    text = f"{address} answered with status {status}"
    if status == 429 or status >= 500:
        told = answer.headers.get("retry-after")
        after_s = None if told is None else retry_after(told, clock())
        raise _Refused(text, acted=status != 429, after_s=after_s)
    raise WebhookError(text)


async def _read(answer: httpx2.Response) -> bytes:
    read = b""
    async for piece in answer.aiter_raw():
        read += piece
        if len(read) >= LARGEST_ANSWER:
            break
    return read[:LARGEST_ANSWER]


def retry_after(told: str, now: float) -> float | None:
    """Seconds to wait by a Retry-After header, which has seconds or a date; None for neither."""
    try:
        wait_s = float(told) if told.strip().isdigit() else _until(told, now)
    except ValueError:
        return None
    return min(LONGEST_RETRY_AFTER_S, max(0.0, wait_s))


def _until(told: str, now: float) -> float:
    return parsedate_to_datetime(told).timestamp() - now


def shown(url: str) -> str:
    """An address without what may be secret in it: user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:SAID]
