"""Receptionists are tested in virtual time; what speaks with real servers is not."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from pipelines.simulation.virtual_time import VirtualTimeLoop

VIRTUAL = ("test_receptionist", "test_forgetting", "test_understanding")


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.path.stem in VIRTUAL:
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.new_event_loop}
