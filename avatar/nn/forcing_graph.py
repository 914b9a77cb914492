"""CUDA graphs of functions of tensors."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

WARM_UPS = 3
"""Calls before a capture, in which libraries choose their kernels and tables are made."""

Function = Callable[..., tuple[Tensor, ...]]


class _Graph(NamedTuple):
    graph: torch.cuda.CUDAGraph
    given: tuple[Tensor, ...]
    made: tuple[Tensor, ...]


class Captured:
    """Calls a function of tensors by replaying a CUDA graph, captured for each set of shapes.

    The function may depend on nothing but its tensors' numbers, and may not wait for the device.
    Where the tensors are not on a CUDA device it is just called. The capture itself could not be
    tested here, for want of such a device.
    """

    def __init__(self, function: Function) -> None:
        self._function = function
        self._graphs: dict[tuple[torch.Size, ...], _Graph] = {}

    def __call__(self, *given: Tensor) -> tuple[Tensor, ...]:
        """What the function makes of the tensors, in memory of its own."""
        if given[0].device.type != "cuda":
            return self._function(*given)
        shapes = tuple(x.shape for x in given)
        if shapes not in self._graphs:
            self._graphs[shapes] = self._captured(given)
        graph, inputs, made = self._graphs[shapes]
        for held, x in zip(inputs, given, strict=True):
            held.copy_(x)
        graph.replay()
        return tuple(x.clone() for x in made)

    def _captured(self, given: tuple[Tensor, ...]) -> _Graph:
        inputs = tuple(x.clone(memory_format=torch.contiguous_format) for x in given)
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                self._function(*inputs)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Other threads may draw or see meanwhile.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            made = self._function(*inputs)
        return _Graph(graph, inputs, made)
