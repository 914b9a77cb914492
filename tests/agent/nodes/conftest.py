"""Nodes are tested in virtual time."""

from collections.abc import Callable, Mapping

from pipelines.simulation.virtual_time import VirtualTimeLoop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], VirtualTimeLoop]]:
    return {"virtual": VirtualTimeLoop}
