"""Calls that may hang, in threads that nobody waits for when the program ends."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class CallEnded(Exception):
    """The call wanted to end the program, or an iteration that is not its own."""


async def in_thread(call: Callable[[], T], name: str) -> T:
    """What a call returns or raises, from a daemon thread of its own.

    Whoever gives up waiting leaves the thread behind: asyncio's own would keep the program alive.
    Raises CallEnded where the call asks for the end of more than itself.
    """
    loop = asyncio.get_running_loop()
    returned: asyncio.Future[T] = loop.create_future()

    def settle(result: Callable[[], T]) -> None:
        if returned.done():
            return
        try:
            returned.set_result(result())
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            returned.set_exception(error)

    def run() -> None:
        result = _outcome(call)
        # The loop may be closed by now.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await returned


def _outcome(call: Callable[[], T]) -> Callable[[], T]:
    try:
        value = call()
    except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
        ends = isinstance(error, StopIteration) or not isinstance(error, Exception)
        raised = CallEnded(type(error).__name__) if ends else error
        return lambda: _raise(raised)
    return lambda: value


def _raise(error: BaseException) -> T:  # pyright: ignore[reportInvalidTypeVarUse]
    raise error
