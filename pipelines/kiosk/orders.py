"""What whoever looks after a kiosk wants of its conversations."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Literal, TypeAlias

from agent.protocol.events.kiosk import KioskPage

Order: TypeAlias = Literal["reset"] | KioskPage
"""Forget the visitor; or something that the page is told."""

Obey: TypeAlias = Callable[[Order], Awaitable[None]]


class Orders:
    """Hands orders to all conversations that are open."""

    def __init__(self) -> None:
        self._obeying: list[Obey] = []

    @contextmanager
    def obeyed(self, obey: Obey) -> Generator[None]:
        """While it lasts, orders go to this conversation, too."""
        self._obeying.append(obey)
        try:
            yield
        finally:
            self._obeying.remove(obey)

    async def give(self, order: Order) -> None:
        """Have all of them do it."""
        for obey in list(self._obeying):
            await obey(order)
