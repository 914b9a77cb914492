"""An event loop whose time passes only when nothing is left to do: a day takes seconds."""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any


class _Skip(selectors.DefaultSelector):
    """Does not wait for a timer: it says that the timer's time has come."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready and timeout > 0:
            self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Its `time` passes from one timer to the next, as fast as the machine can.

    What is given to an executor is done at once and takes no time.
    """

    def __init__(self) -> None:
        self._skip = _Skip()
        super().__init__(self._skip)

    def time(self) -> float:
        """Seconds since it began."""
        return self._skip.now

    def run_in_executor(
        self,
        executor: Executor | None,  # noqa: ARG002 - it is the name that asyncio calls it by
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        """Do it now."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - as an executor does: it is raised where it is awaited
            future.set_exception(error)
        return future
