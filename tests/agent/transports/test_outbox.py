"""The writer of a connection, with clients that are quick, slow, stuck and gone."""

import asyncio

import pytest

from agent.transports import outbox
from agent.transports.outbox import Outbox


class Client:
    """Takes messages when its gate is open."""

    def __init__(self) -> None:
        self.got: list[str | bytes] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.gone = False

    async def send_text(self, data: str) -> None:
        await self._take(data)

    async def send_bytes(self, data: bytes) -> None:
        await self._take(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if self.gone:
            raise ConnectionResetError

    async def _take(self, data: str | bytes) -> None:
        await self.gate.wait()
        if self.gone:
            raise ConnectionResetError
        self.got.append(data)


async def settled(box: Outbox) -> asyncio.Task[None]:
    task = asyncio.create_task(box.run())
    await asyncio.sleep(0.05)
    return task


async def test_a_slow_client_loses_pictures_and_nothing_else() -> None:
    client = Client()
    box = Outbox(client, (OSError,))
    task = await settled(box)
    client.gate.clear()
    box.put("first")
    await asyncio.sleep(0.02)
    for i in range(10):
        box.put(f"event {i}")
        box.put(b"sound %d" % i)
        box.show(lambda i=i: [b"picture %d" % i])
    client.gate.set()
    await asyncio.sleep(0.1)
    task.cancel()
    assert client.got == [
        "first",
        *(message for i in range(10) for message in (f"event {i}", b"sound %d" % i)),
        b"picture 9",
    ]
    assert (box.take_sent(), box.take_sent()) == (1, 0)


async def test_a_client_that_is_gone_ends_the_writing() -> None:
    client = Client()
    client.gone = True
    box = Outbox(client, (OSError,))
    box.put("hello")
    await asyncio.wait_for(box.run(), 1)
    await box.end(1000, "")


async def test_a_client_that_is_stuck_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PATIENCE_S", 0.05)
    client = Client()
    client.gate.clear()
    box = Outbox(client, (OSError,))
    box.put("hello")
    await asyncio.wait_for(box.run(), 1)
    assert client.got == []
