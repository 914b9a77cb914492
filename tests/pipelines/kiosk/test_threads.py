"""Calls in threads that may hang, and outlive whoever waits for them."""

import asyncio
import sys
import threading

import pytest

from pipelines.kiosk.threads import CallEnded, in_thread


def test_results_and_errors_come_back() -> None:
    def fails() -> None:
        raise LookupError("no")

    async def story() -> None:
        assert await in_thread(threading.get_ident, "one") != threading.get_ident()
        with pytest.raises(LookupError, match="no"):
            await in_thread(fails, "two")
        with pytest.raises(CallEnded, match="SystemExit"):
            await in_thread(sys.exit, "three")
        with pytest.raises(CallEnded, match="StopIteration"):
            await in_thread(lambda: next(iter(())), "four")

    asyncio.run(story())


def test_nobody_waits_for_what_hangs() -> None:
    released = threading.Event()
    threads: list[threading.Thread] = []

    def hangs() -> None:
        threads.append(threading.current_thread())
        released.wait(10)

    async def story() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await in_thread(hangs, "hangs")

    asyncio.run(story())
    (thread,) = threads
    assert thread.is_alive()
    assert thread.daemon, "it does not keep the program"
    released.set()
    thread.join(5)
    assert not thread.is_alive(), "its result for a loop that is closed is dropped"
