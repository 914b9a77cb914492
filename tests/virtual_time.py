"""No waiting, and no luck."""

from pipelines.simulation.virtual_time import VirtualTimeLoop

__all__ = ["VirtualTimeLoop"]
